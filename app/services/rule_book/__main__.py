"""Write the rule book anew: ``python -m app.services.rule_book`` in the root of the project."""

from pathlib import Path

from app.services.rule_book.reading import read_rules
from app.services.rule_book.writing import DOCUMENT, KEPT, as_data, as_markdown

if __name__ == "__main__":
    rules = read_rules(Path.cwd())
    KEPT.write_text(as_data(rules), encoding="utf-8")
    DOCUMENT.write_text(as_markdown(rules), encoding="utf-8")
