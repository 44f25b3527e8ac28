"""Finds what directly identifies a person in text that people write.

Pseudonymised data stays so only if nobody writes a telephone number into a note. Found is what
follows a pattern: e-mail addresses, telephone numbers (Chinese and international), Chinese identity
numbers with their check digit, and numbers behind a label that says what they are, in English or
Chinese: hospital and insurance numbers, identity cards, passports, dates of birth.

Names and addresses follow no pattern and are **not** found: training and monitoring keep them out.
A year of birth alone is allowed, and so is a subject's code in the trial.

Decision: a number of a telephone's shape behind the word lot, sample, device or the like, or in
front of a unit, is none: this trial's notes are full of them.

Source: GB 11643-1999 (ISO 7064, MOD 11-2) for the identity number and its check digit.
"""

import re
import unicodedata
from typing import Literal

Identifier = Literal[
    "email_address",
    "telephone_number",
    "identity_number",
    "hospital_number",
    "passport_number",
    "birth_date",
]

_LABELS: dict[Identifier, str] = {
    "telephone_number": (
        "telephone|cellphone|phone|mobile|mob|tel|fax|contact|call|whatsapp|wechat|"
        "电话|手机|联系方式|传真|座机|微信|qq"
    ),
    "identity_number": (
        "identity card|identity number|identity no|national id|citizen id|ssn|social security|"
        "身份证|证件号|社保号|社保卡|居民证"
    ),
    "hospital_number": (
        "mrn|m.r.n|mr no|mr number|uhid|pid|medical record|health record|health card|"
        "hospital number|hospital no|hospital id|hospital #|hosp no|hosp. no|patient number|"
        "patient no|patient id|patient #|chart|file number|file no|case number|case no|"
        "registration number|registration no|admission number|admission no|inpatient number|"
        "inpatient no|outpatient number|outpatient no|nhs number|nhs no|insurance number|"
        "insurance no|id|病历号|病历编号|病案号|住院号|住院编号|门诊号|病例号|就诊号|就诊卡|诊疗卡|"
        "健康卡|登记号|档案号|病人号|病人id|病人编号|患者id|患者编号|患者号|医保号|医保卡|影像号|"
        "检查号|病理号"
    ),
    "passport_number": "passport|护照|通行证|军官证|驾驶证|回乡证",
    "birth_date": "date of birth|birth date|birthdate|birthday|birth|d.o.b|dob|born|出生|生日|生于",
}
_KIND_OF_LABEL: dict[str, Identifier] = {
    label: kind for kind, labels in _LABELS.items() for label in labels.split("|")
}
_LABEL = re.compile("|".join(map(re.escape, sorted(_KIND_OF_LABEL, key=len, reverse=True))))

_FILL = r"[\s:;#=.,*'\"()\[\]<>【】《》-]{0,4}"
_AFTER_LABEL = re.compile(
    rf"{_FILL}(?:(?:(?:numbers?|no|nr|card|id|is|was|on|in|the|of)(?![a-z])"
    rf"|号码|号|码|编号|日期|年月日|年月|为|是|于){_FILL}){{0,4}}"
)

_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_VALUE: dict[Identifier, re.Pattern[str]] = {
    "telephone_number": re.compile(r"\+?\(?[0-9](?:[- ()]{0,2}[0-9]){6,16}"),
    "identity_number": re.compile(r"[a-z]{0,2}[0-9](?:[ -]?[0-9]){4,18}"),
    "hospital_number": re.compile(
        r"[a-z]{0,4}[- ]?[0-9][0-9a-z]{0,19}(?:-[0-9]{1,19}|(?<=[0-9]{3}) [0-9]{3,19}){0,4}"
    ),
    "passport_number": re.compile(r"[a-z]{0,2}[ -]?[0-9][0-9a-z]{5,9}"),
    "birth_date": re.compile(
        r"(?:(?:[0-9]{4}\s?[-/.年]|[0-9]{2}年)\s?[0-9]{1,2}"
        r"|[0-9]{4} [0-9]{1,2} [0-9]{1,2}"
        r"|[0-9]{1,2}\s?[-/. ]\s?[0-9]{1,2}\s?[-/. ]\s?[0-9]{2,4}"
        r"|[0-9]{8}|[0-9]{6}"
        rf"|[0-9]{{1,2}}(?:st|nd|rd|th)?[-/ .]{{0,2}}(?:of )?{_MONTH}[-/ .,]{{0,2}}[0-9]{{2,4}}"
        rf"|{_MONTH}[-/ .]{{0,2}}(?:[0-9]{{1,2}}(?:st|nd|rd|th)?[-/ ,]{{1,2}})?[0-9]{{4}})(?![0-9])"
    ),
}
_FEWEST_DIGITS: dict[Identifier, int] = {
    "telephone_number": 7,
    "identity_number": 5,
    "hospital_number": 4,
    "passport_number": 5,
    "birth_date": 3,
}

_WRITTEN_DATE = re.compile(
    r"(?:(?:19|20)[0-9]{2}(?:[-/.年][0-9]{1,2}|(?:0[1-9]|1[0-2])[0-3][0-9])"
    r"|[0-3]?[0-9][-/.][01]?[0-9][-/.](?:19|20)[0-9]{2})(?![0-9])"
)
_DATE_WITHIN = re.compile(rf"(?<![0-9]){_WRITTEN_DATE.pattern}")
_SUBJECT_CODE = re.compile(r"[0-9a-z]{1,4}-[0-9]{3}(?![0-9-])")
_REGISTRATION = re.compile(r"(?:nct|ctr)[0-9]{8}")
_OTHER_ID = re.compile(
    r"(?:sample|specimen|product|lot|kit|visit|device|assay|protocol|trial|study|subject|scan|"
    r"lesion|tube|vial|bag|batch|record|source|aliquot|instrument|plasmid|clone|donor|event|form|"
    r"query|order|report|test|run|plate|slide|image|样本|标本|产品|受试者|试验|设备|方案|批次|试剂|"
    r"事件|记录)[ -]?\Z"
)

_DIGIT = re.compile("[0-9]")
_EMAIL = re.compile(r"\w(?:@|\s?[(\[]at[)\]]\s?)[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}\.[^\W\d_]{2,}")
_DATE_THEN_BIRTH = re.compile(
    r"[0-9]{4}\s?[-/.年]\s?[0-9]{1,2}\s?(?:[-/.月]\s?[0-9]{0,2}\s?日?)?\s?"
    r"(?:出生|生(?=[,.。;、)\s]|$))"
)
_IDENTITY_NUMBER = re.compile(
    r"[1-9](?<![0-9a-z][1-9])[0-9]{5}[ -]?(?:19|20)[0-9]{2}[ -]?[01][0-9][ -]?[0-3][0-9][ -]?"
    r"[0-9]{3}[0-9x](?![0-9a-z])"
)
_CHECK_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

_RUN_OF_DIGITS = re.compile(r"[0-9+(][0-9+() .-]{7,}")
_TELEPHONE = re.compile(
    r"(?<![0-9a-z.+])(?<![0-9a-z]-)(?:"
    r"(?:(?:\+|00)?86[- ]?)?1[3-9][0-9]{9}"  # a mobile in one piece
    r"|(?<![0-9] )(?:(?:\+|00)?86[- ]?)?1[3-9][0-9](?:[- ]?[0-9]{4}[- ]?|\.[0-9]{4}\.)"
    r"[0-9]{4}(?! [0-9])"
    r"|(?:(?:\+|00)86[- ]?)?\(?0(?:10|2[0-9]|[3-9][0-9]{2})(?:\) ?|[- ]?)"  # area code and
    r"[2-9][0-9]{2,3}[- ]?[0-9]{4}"  # a subscriber's number of 7 or 8 digits
    r"|(?:1[- ])?\(?[2-9][0-9]{2}(?:\) ?|[-.])[0-9]{3}[-.][0-9]{4}"  # North America
    r"|(?:\+[1-9][0-9]{0,2}+|00[1-9][0-9]{0,2}+[- ])(?:[- ]?\(?[0-9]{1,8}+\)?){1,5}"  # abroad
    r")(?![0-9]|\.[0-9])"
)
_NUMBERED_THING = re.compile(
    r"(?:lot|batch|barcode|sample|specimen|aliquot|kit|serial|catalogue|catalog|cat|ref|order|tube|vial|"
    r"bag|product|device|nct|chictr|pmid|批号|批次|批|样本|标本|条码|条形码|产品|试剂|试剂盒|货号|序列|"
    r"细胞袋)[\s:#=.(-]{0,3}(?:(?:numbers?|no|nr|id|code|编号|号码|号|码)[\s:#=.(-]{0,3}){0,2}\Z"
)
_UNIT = re.compile(
    r"\s?(?:copies|cells|cop\b|/[a-zμ]|%|[x\u00d7*] ?10|iu\b|u/|[mnpμ]?g\b|bp\b|个|拷贝)"
)


def suspected_identifier(text: str, *, record_number: bool = False) -> Identifier | None:
    """Name the kind of direct identifier that a text seems to hold; None when it seems clean.

    Takes time in proportion to the length of the text, whatever it holds.

    Args:
        text: what was written.
        record_number: the text is a system's own number of a record, which may have the shape of a
            telephone number or call itself an id.
    """
    plain = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).lower()
    # Plain searches for what a pattern cannot do without spare most texts the pattern.
    if ("@" in plain or "at" in plain) and _EMAIL.search(plain):
        return "email_address"
    if not _DIGIT.search(plain):
        return None
    kind = _labelled(plain, record_number=record_number)
    if kind:
        return kind
    if len(plain) >= 18 and any(
        _has_check_digit(match.group()) for match in _IDENTITY_NUMBER.finditer(plain)
    ):
        return "identity_number"
    if not record_number and _has_telephone_number(plain):
        return "telephone_number"
    return "birth_date" if "生" in plain and _DATE_THEN_BIRTH.search(plain) else None


def _labelled(plain: str, *, record_number: bool) -> Identifier | None:
    """Find a label with its number right behind it."""
    for label in _LABEL.finditer(plain):
        kind = _KIND_OF_LABEL[label.group()]
        if record_number and (kind == "telephone_number" or label.group() == "id"):
            continue
        if _is_part_of_a_word(plain, label):
            continue
        start = label.end()
        if between := _AFTER_LABEL.match(plain, start):
            start = between.end()
        value = _VALUE[kind].match(plain, start)
        if value is None or _digits(value.group()) < _FEWEST_DIGITS[kind]:
            continue
        if kind == "birth_date" or not _is_something_else(plain, label, value, kind):
            return kind
    return None


def _is_part_of_a_word(plain: str, label: re.Match[str]) -> bool:
    """Tell whether Latin letters go on before or behind a Latin label (``id`` in ``acid``)."""
    if not label.group().isascii():
        return False
    before, behind = plain[label.start() - 1 : label.start()], plain[label.end() : label.end() + 1]
    return (before.isascii() and before.isalnum()) or (behind.isascii() and behind.isalpha())


def _is_something_else(
    plain: str, label: re.Match[str], value: re.Match[str], kind: Identifier
) -> bool:
    """Tell whether a labelled number is a date, a subject's code or the number of a thing."""
    written_date = _WRITTEN_DATE.match(plain, value.start())
    if written_date and (kind == "telephone_number" or not written_date.group().isdigit()):
        return True
    if _SUBJECT_CODE.fullmatch(value.group()) or _REGISTRATION.match(value.group()):
        return True
    if label.group() != "id":
        return False
    before = plain[max(0, label.start() - 12) : label.start()]
    return _OTHER_ID.search(before) is not None or _digits(value.group()) < 5


def _has_check_digit(number: str) -> bool:
    """Tell whether an identity number ends in the check digit of the 17 digits before it."""
    digits = number.replace("-", "").replace(" ", "")
    total = sum(
        weight * int(digit) for weight, digit in zip(_CHECK_WEIGHTS, digits[:17], strict=True)
    )
    return "10x98765432"[total % 11] == digits[17]


def _has_telephone_number(plain: str) -> bool:
    """Find a number of a telephone's shape that nothing beside it explains."""
    for run in _RUN_OF_DIGITS.finditer(plain):
        if _digits(run.group()) < 9:
            continue
        for number in _TELEPHONE.finditer(plain, run.start(), run.end()):
            before = plain[max(0, number.start() - 24) : number.start()]
            if (
                _digits(_up_to_a_date(number.group())) >= 9
                and not _NUMBERED_THING.search(before)
                and not _UNIT.match(plain, number.end())
            ):
                return True
    return False


def _up_to_a_date(number: str) -> str:
    """Leave out a date that follows, as in ``protein +1 2026-03-05``."""
    date = _DATE_WITHIN.search(number)
    return number[: date.start()] if date else number


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)
