"""The visit of a document whose sender named none."""

import pytest

from app.services.derived_visit import names_no_visit, with_visit, with_visit_in_sql

AS_SENT = '{"visit":null,"value":"2.50"}'


@pytest.mark.parametrize(
    ("document", "visit", "given"),
    [
        pytest.param(
            AS_SENT, "M3", '{"visit":"M3","visit_derived":true,"value":"2.50"}', id="one derived"
        ),
        pytest.param(AS_SENT, None, AS_SENT, id="none follows from the date"),
        pytest.param('{"visit":"M6"}', "M3", '{"visit":"M6"}', id="the sender named one"),
        pytest.param(
            '{"note":"\\"visit\\":null"}', "M3", '{"note":"\\"visit\\":null"}', id="words of a text"
        ),
        pytest.param('{"part":{"visit": null}}', "M3", '{"part":{"visit": null}}', id="of a part"),
    ],
)
def test_it_is_put_where_none_was_named(document: str, visit: str | None, given: str) -> None:
    assert with_visit(document, visit) == given
    assert names_no_visit(document) is (document == AS_SENT)


def test_a_statement_puts_it_where_a_document_does() -> None:
    assert (
        with_visit_in_sql("row.document", "$3") == """replace(row.document, '"visit":null', $3)"""
    )
