"""Texts name the key of the user in the console, and the option on the command line."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest

from dyntui.core.interface import by_interface, use_command_line, use_console, with_keys
from dyntui.importer import Mapping, SourceError, SourceRow, UnknownEncoding, open_source
from dyntui.importer.mapper import Mapper
from dyntui.importer.mapping import ColumnMap

_OPTION = re.compile(r"(?<![\w-])--[a-z]|dyntui [a-z]")


def _messages() -> Iterator[str]:
    """Yield messages about files and mappings that name how to read them in another way."""
    with open_source(io.BytesIO(b"ada,user,DE\nbob,user,FR\ncleo,user,IT\n"), name="people.csv") as source:
        yield " ".join(source.info.notes)
    with pytest.raises(UnknownEncoding) as unknown:
        open_source(io.BytesIO("naïve café".encode("cp1252") * 3), name="people.csv")
    yield str(unknown.value)
    with pytest.raises(SourceError) as wrong:
        open_source(io.BytesIO(b'{"users": [{"email": "a@x.com"}]}'), name="people.json", records="people")
    yield str(wrong.value)
    columns = ("phone", "wallet", "born", "username")
    mapping = Mapping(tuple(ColumnMap(column) for column in columns), columns).with_constant("country", "DE")
    fields = ("phoneNumber", "wallets.0.publicWalletAddress", "emailVerifiedAt", "username")
    for column, field in zip(columns, fields, strict=True):
        mapping = mapping.with_column(column, field)
    mapper = Mapper(mapping, now="2026-11-29T00:00:00Z")
    row = mapper.map(SourceRow(1, ("0170 1234567", "0x52908400098527886E0F7030069857D2E4169EE7", "04/05/2024", "a b")))
    yield from (problem.message for problem in row.problems if problem.severity == "error")


def test_messages_name_options_on_the_command_line_and_keys_in_the_console() -> None:
    assert all(_OPTION.search(message) for message in _messages())
    use_console(lambda action_id: {"map.region": "f9"}.get(action_id, "key"))
    try:
        messages = list(_messages())
        assert with_keys("No jobs yet. Press {jobs.new} to import.") == "No jobs yet. Press key to import."
        assert by_interface("--region XX", "{map.region} in the Map step") == "f9 in the Map step"
    finally:
        use_command_line()
    assert len(messages) >= 6 and not any(map(_OPTION.search, messages)), messages
    assert any("Press f9 in the Map step to set the country" in message for message in messages)
    assert any("Parse step" in message for message in messages)
    assert with_keys("No jobs yet. Press {jobs.new} to import.") == "No jobs yet."
    assert by_interface("--region XX", "{map.region}") == "--region XX"
