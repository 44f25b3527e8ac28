"""Direct identifiers in free text."""


def suspected_identifier(text: str) -> str | None:  # noqa: ARG001
    return None
