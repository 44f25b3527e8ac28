"""What a docstring of a rule says, in its parts."""

import re
from dataclasses import dataclass

_HEADER = re.compile(r"(Source|Decision|Args|Raises|Attributes|Returns|Yields):\s*(.*)")


@dataclass(frozen=True, slots=True)
class Said:
    """What a docstring says.

    Attributes:
        title: its first sentence, on its first line.
        text: what follows, a paragraph each, without what is about parameters.
        sources: documents that the rule is taken from.
        decisions: what was decided where they are silent.
    """

    title: str
    text: tuple[str, ...]
    sources: tuple[str, ...]
    decisions: tuple[str, ...]

    @property
    def is_a_rule(self) -> bool:
        """Whether it names where it is from, or what was decided."""
        return bool(self.sources or self.decisions)


def parse(docstring: str) -> Said:
    """Take a docstring apart; a part goes on to the next header or to a line that is blank."""
    title, *lines = docstring.strip().splitlines()
    parts: list[tuple[str, list[str]]] = [("Text", [])]
    for line in lines:
        stripped = line.strip()
        header = _HEADER.fullmatch(stripped)
        if header is not None:
            parts.append((header[1], [header[2]] if header[2] else []))
        elif not stripped:
            parts.append(("Text", []))
        elif parts[-1][0] == "Text" and line.startswith(" ") and not parts[-1][1]:
            parts.append(("Args", [stripped]))  # a part about parameters that had a blank line
        else:
            parts[-1][1].append(stripped)

    def of(header: str) -> tuple[str, ...]:
        return tuple(" ".join(words) for name, words in parts if name == header and words)

    return Said(title, of("Text"), of("Source"), of("Decision"))
