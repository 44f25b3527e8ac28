"""What a docstring of a rule says, part by part."""

from inspect import cleandoc

from app.services.rule_book.docstrings import parse

WHOLE = """Give the grade.

    The higher of two counts.
    Both are known.

    Args:
        value: what was measured.

            And more of it.

    Source: CTCAE 5.0,
    blood disorders. Table 1.
    Decision: none is 0.
    Decision: a range counts low.
    """


def test_it_is_taken_apart() -> None:
    said = parse(cleandoc(WHOLE))
    assert said.title == "Give the grade."
    assert said.text == ("The higher of two counts. Both are known.",)
    assert said.sources == ("CTCAE 5.0, blood disorders. Table 1.",)
    assert said.decisions == ("none is 0.", "a range counts low.")
    assert said.is_a_rule


def test_one_line_without_a_source_is_no_rule() -> None:
    assert not parse("Give the grade.").is_a_rule
