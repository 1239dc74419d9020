"""CSV files that spreadsheets open: no cell of theirs is a formula."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.base.spreadsheets import as_text, csv_response

#: OWASP's list, and its fullwidth forms.
TRIGGERS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"


@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("before", ["", " ", "  ", '"', "'", '""', " ' ", "\u00a0", "\ufeff", "\u200b", "\u201c"])
def test_a_cell_that_might_be_a_formula_begins_with_an_apostrophe(before: str, trigger: str) -> None:
    cell = f"{before}{trigger}SUM(1)"
    assert as_text(cell) == f"'{cell}"


@pytest.mark.parametrize("separator", [",", ";", "|", "\t", "\n", "\r"])
def test_behind_a_separator_that_some_spreadsheets_split_at_too(separator: str) -> None:
    assert as_text(f'Ada{separator} "=1+1') == f"Ada{separator}' \"=1+1"
    assert as_text(f"Ada{separator}Bob") == f"Ada{separator}Bob"


@pytest.mark.parametrize(
    "cell",
    ["", "Ada Lovelace", "Maria-José", "a@b.example", "1 + 1", "2026-05-04 09:00", "O'Hara; Bob", "陳大文", "5=5"],
)
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert as_text(cell) == cell


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from([*TRIGGERS, *" ,;|\"'"]))))
def test_no_cell_begins_like_a_formula_whatever_is_in_it(cell: str) -> None:
    safe = as_text(cell)
    assert safe[:1] not in set(TRIGGERS)
    for separator in ",;|":
        for part in safe.split(separator):
            assert part.lstrip(" ")[:1] not in set("=+-@") or part.startswith("'")
    assert safe.replace("'", "") == cell.replace("'", "")


def content_of(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


def test_the_file_is_utf_8_with_a_mark_quoted_and_for_no_cache(rf: Any) -> None:
    rows = [[("Ada", "=1"), ('Grace "Amazing", Hopper', "x")], [("陳大文", "two\nlines")]]
    response = csv_response(rf.get("/"), filename="people.csv", header=("Name", "Note"), pages=rows)
    content = content_of(response)
    assert content.startswith('\ufeff"Name","Note"\r\n"Ada","\'=1"\r\n')
    found = list(csv.reader(io.StringIO(content.removeprefix("\ufeff"))))
    assert found[2:] == [['Grace "Amazing", Hopper', "x"], ["陳大文", "two\nlines"]]
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="people.csv"'
    assert (response["Cache-Control"], response["X-Content-Type-Options"]) == ("no-store", "nosniff")


def test_pages_are_read_one_at_a_time(rf: Any) -> None:
    read = []

    def pages() -> Any:
        for number in range(3):
            read.append(number)
            yield [(str(number),)]

    pieces = iter(csv_response(rf.get("/"), filename="a.csv", header=("N",), pages=pages()))
    assert read == []
    assert next(pieces).decode().endswith('"N"\r\n')
    assert next(pieces) == b'"0"\r\n'
    assert read == [0]
