"""Where the records of a JSON file are, and that every row of any file is read or named as left out."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyntui.importer import Mapper, SourceError, SourceInfo, SourceRow, open_source, propose_mapping
from dyntui.importer.json_stream import BLOCK


def read(data: str, **options: object) -> tuple[SourceInfo, list[SourceRow]]:
    with open_source(io.BytesIO(data.encode()), name="people.json", **options) as source:  # type: ignore[arg-type]
        return source.info, list(source.rows())


def person(number: int) -> dict[str, object]:
    return {"email": f"n{number}@alpha-mail.org", "name": f"Nora {number}"}


A, B = person(1), person(2)
J = json.dumps

FOUND = {
    "pages of an API in an array": (J([{"users": [A], "next": "x"}, {"users": [B], "next": None}]), "*.users", 2),
    "arrays in an array": (J([[A], [B]]), "*.*", 2),
    "pages as lines": (J({"users": [A]}) + "\n" + J({"users": [B]}), "users", 2),
    "documents, one indented": (J(A, indent=2) + "\n" + J(B), ".", 2),
    "arrays in a row": (J([A]) + J([B]), "*", 2),
    "users by id, below a key": (J({"users": {"a": A, "b": B}}), "users.*", 2),
    "a wrapper around one array": (J({"response": {"body": {"items": [A, B]}}}), "response.body.items", 2),
    "a name in another language case": (J({"Users": [A, B], "Groups": [{"name": "x"}]}), "Users", 2),
    "people in a list with another name": (J({"errors": [{"code": 1}], "rows": [A, B]}), "rows", 2),
    "an empty list of users after people": (J({"staff": [A], "users": []}), "staff", 1),
    "identities in a profile": (J({"list": [{"id": 1, "profile": {"login": "nora", "email": "n@x.org"}}]}), "list", 1),
    "a single user with wallets": (J({**A, "wallets": [{"address": "0x1", "email": "w@x.org"}]}), ".", 1),
    "an export with an owner": (J({"owner": "o@x.org", "data": [A, B]}), "data", 2),
    "people after many other objects": (
        J({f"k{n}": {"v": [{"x": 1}]} for n in range(600)} | {"users": [A]}),
        "users",
        1,
    ),
    "SCIM": (J({"schemas": ["urn"], "totalResults": 1, "Resources": [{"userName": "nora"}]}), "Resources", 1),
}


@pytest.mark.parametrize("name", FOUND)
@pytest.mark.parametrize("is_large", [False, True])
def test_the_people_are_found_by_content(name: str, is_large: bool) -> None:
    text, place, count = FOUND[name]
    if is_large:  # longer than what is read at once
        text = text.replace('"n1@alpha-mail.org"', '"n1@alpha-mail.org", "note": "' + "x" * 2 * BLOCK + '"', 1)
    info, rows = read(text)
    assert (info.records, len(rows)) == (place, count)


def test_values_between_records_by_id_are_named() -> None:
    info, rows = read(J({"count": 2, "a": A, "b": B, "next": None}))
    assert len(rows) == 2 and "Not read: 2 values of “*” that are no objects." in info.notes


def test_what_is_not_read_is_named_and_can_be_read() -> None:
    text = J({"users": [A], "archive": {"users": [B, B]}, "groups": [{"name": "staff"}]})
    info, rows = read(text)
    assert len(rows) == 1 and info.other_records == ("archive.users", "groups")
    assert any("archive.users (2 records)" in note for note in info.notes)
    assert len(read(text, records="archive.users")[1]) == 2
    with pytest.raises(SourceError, match="no records in 'nobody'"):
        read(text, records="nobody")


@pytest.mark.parametrize(
    "text",
    ['{"users": [{"email": "a@x.org"}]', '{"users": [{"email": "a@x.org"}], "n": {"x": [1, 2', '[{"email": "a@x.org"}'],
)
def test_a_file_without_its_end_is_refused_when_it_is_opened(text: str) -> None:
    with pytest.raises(SourceError, match="ends early"):
        read(text)


values = st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["", "x", "n@x.org"])
documents = st.recursive(
    values,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["users", "data", "email", "id"]), inner)
    ),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.sampled_from(["users", "data", "admins", "x"]), documents), min_size=1, max_size=3))
def test_every_list_of_people_is_read_or_named(data: list[dict[str, object]]) -> None:
    text = "".join(J(document) for document in data)
    info, rows = read(text, format="json")
    is_keyed = any("The key of each record" in note for note in info.notes)
    place = tuple(step for step in info.records.split(".") if step)
    records = [record for document in data for record in (_at(document, place, is_keyed) if place else [document])]
    assert len(rows) == sum(is_keyed or record != {} for record in records)
    named = {name for note in info.notes if note.startswith("Not read") for name in re.findall(r"(\S+) \(", note)}
    assert set(info.other_records[:5]) <= named


def _at(value: object, place: tuple[str, ...], is_keyed: bool) -> list[object]:
    """Return the records at a place, as `--records` describes it, without the code of the importer."""
    if not place:
        return value if isinstance(value, list) else [value] if isinstance(value, dict) else []
    step, rest = place[0], place[1:]
    if step != "*":
        return _at(value[step], rest, is_keyed) if isinstance(value, dict) and step in value else []
    if is_keyed and not rest:
        return [child for child in value.values() if isinstance(child, dict)] if isinstance(value, dict) else []
    items = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
    return [record for item in items for record in _at(item, rest, is_keyed)] if rest else items


cells = st.text(st.sampled_from("ab@. ,;\"'|\n0NULL"), max_size=8)


@given(st.lists(st.lists(cells, min_size=1, max_size=4), min_size=1, max_size=8), st.sampled_from(",;\t|"))
def test_every_row_of_a_table_is_a_user_or_has_a_reason(table: list[list[str]], delimiter: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["email", "firstName", "phone"])
    writer.writerows(table)
    with open_source(io.BytesIO(out.getvalue().encode()), name="people.csv", delimiter=delimiter) as source:
        mapping = propose_mapping(source.info, source.sample()).with_constant("emailVerifiedAt", "unverified")
        mapper = Mapper(mapping)
        rows = list(source.rows())
    filled = [number for number, row in enumerate(table, start=1) if any(row)]
    assert [row.number for row in rows] == filled
    for row in rows:
        mapped = mapper.map(row)
        problems = [*row.problems, *mapped.problems]
        assert mapped.user or any(problem.severity == "error" for problem in problems)


# The users of three systems with the values of their rules, and which of them are left out.
RULES: dict[str, tuple[dict[str, object], dict[str, dict[object, bool]]]] = {
    "okta": (
        {"profile": {"login": "a@x.org", "email": "a@x.org"}},
        {"status": {"ACTIVE": False, "STAGED": False, "SUSPENDED": True, "DEPROVISIONED": True, "": False}},
    ),
    "keycloak": (
        {"username": "ada_l", "emailVerified": True, "email": "a@x.org", "createdTimestamp": 1},
        {"enabled": {True: False, False: True}, "serviceAccountClientId": {"": False, "shop": True}},
    ),
    "descope": (
        {"loginIds": ["a@x.org"], "userId": "U1", "email": "a@x.org", "verifiedEmail": True},
        {"status": {"enabled": False, "invited": False, "disabled": True}, "test": {True: True, False: False}},
    ),
}
people = st.sampled_from(list(RULES)).flatmap(
    lambda name: st.tuples(
        st.just(name),
        st.lists(
            st.fixed_dictionaries({key: st.sampled_from(list(choices)) for key, choices in RULES[name][1].items()}),
            min_size=1,
            max_size=6,
        ),
        st.sampled_from(["array", "envelope", "NDJSON"]),
    )
)


@given(people)
def test_every_user_of_another_system_is_imported_or_named_as_left_out(
    drawn: tuple[str, list[dict[str, object]], str],
) -> None:
    name, values, form = drawn
    base, choices = RULES[name]
    users = [{**base, **row} for row in values]
    data = "\n".join(map(J, users)) if form == "NDJSON" else J(users if form == "array" else {"users": users})
    with open_source(io.BytesIO(data.encode()), format="ndjson" if form == "NDJSON" else "json") as source:
        mapping = propose_mapping(source.info, source.sample()).with_constant("emailVerifiedAt", "unverified")
        rows = list(source.rows())
    assert source.info.preset == name and len(rows) == len(users)
    everybody = Mapper(mapping.with_included(["all"]))
    for row, value in zip(rows, values, strict=True):
        left_out = Mapper(mapping).map(row).left_out
        assert (left_out is not None) == any(choices[key][value[key]] for key in choices)
        assert left_out is None or left_out.code.endswith("_left_out")
        assert everybody.map(row).left_out is None and everybody.map(row).user["email"] == "a@x.org"
