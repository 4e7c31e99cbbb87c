"""Recognize files that are not a table of people, and say how to get one."""

from __future__ import annotations

import re

from dyntui.importer.source_types import SourceError

__all__ = ["refuse_binary", "refuse_text"]

_AS_CSV = "Export the data as CSV."
_YAML_ADVICE = "Convert it to JSON: yq -o=json . FILE > users.json"
_SQL_ADVICE = (
    "Export the table as CSV. In psql: \\copy (SELECT * FROM users) TO 'users.csv' CSV HEADER. In MySQL: "
    "mysql --batch -e 'SELECT * FROM users' DATABASE > users.tsv"
)
_EXAMINED = 1 << 16
_BINARY: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x05\x06", "an empty zip file", "Export the data again."),
    (b"Rar!", "a RAR archive", "Unpack it first."),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "Unpack it first."),
    (b"%PDF", "a PDF", _AS_CSV),
    (b"{\\rtf", "an RTF document", _AS_CSV),
    (b"SQLite format 3", "an SQLite database", "Export the table: sqlite3 -csv -header FILE 'SELECT * FROM users'"),
    (b"PGDMP", "a PostgreSQL dump", "Export the table in psql: \\copy (SELECT * FROM users) TO 'users.csv' CSV HEADER"),
    (b"\x89PNG", "a picture", _AS_CSV),
    (b"\xff\xd8\xff", "a picture", _AS_CSV),
    (b"GIF8", "a picture", _AS_CSV),
    (b"PAR1", "a Parquet file", "Export the data as CSV or NDJSON."),
    (b"Obj\x01", "an Avro file", "Export the data as CSV or NDJSON."),
)
"""First bytes of a file, what it is, and what to do."""

_SQL = re.compile(
    r"(?:(?:--[^\n]*|/\*.*?\*/;?)\s*)*"
    r"(?:insert\s+into|create\s+(?:table|database|schema|extension)|drop\s+table|copy\s+[\w.\"]+\s*\(|begin\s*;|"
    r"start\s+transaction|set\s+[\w.@]+\s*(?:=|to\s)|use\s+[`\w]+;|pragma\s+\w+\s*[=;(]|alter\s+table|lock\s+tables|\\restrict|"
    r"select\s+pg_catalog)",
    re.IGNORECASE | re.DOTALL,
)
_SQL_COMMENT = re.compile(r"--\s*(?:PostgreSQL|MySQL|MariaDB|phpMyAdmin|SQLite).*(?:dump|database)", re.IGNORECASE)
_LDIF = re.compile(r"(?:(?:#[^\n]*|version:[ \t]*\d+)?[ \t\r]*\n)*dn::?[ \t]", re.IGNORECASE)
_YAML_LINE = re.compile(r"\s*(?:- +)?(?:[\w.@/+-]+|\"[^\"]*\"|'[^']*'):(?:\s|$)|\s*- +\S|\s*#|\s*-$")
_TEXT: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (
        re.compile(r"BEGIN:VCARD", re.IGNORECASE),
        "a vCard file",
        "Import it into Google Contacts and export it there as “Google CSV”, or export the contacts as CSV.",
    ),
    (re.compile(r"BEGIN:VCALENDAR", re.IGNORECASE), "a calendar", "Export the contacts as CSV."),
    (
        _LDIF,
        "an LDIF file",
        "Export the directory as CSV. In Active Directory: "
        "Get-ADUser -Filter * -Properties mail | Export-Csv users.csv -NoTypeInformation -Encoding UTF8",
    ),
    (_SQL, "a file of SQL statements", _SQL_ADVICE),
    (_SQL_COMMENT, "a file of SQL statements", _SQL_ADVICE),
    (re.compile(r"(?:<!doctype html|<html|<\?xml|<table)", re.IGNORECASE), "a web page or XML", "Save it as CSV."),
    (
        re.compile(r"(?:Received|Return-Path|Delivered-To|MIME-Version|Message-ID): \S", re.IGNORECASE),
        "an email message",
        "Save the attached table, or export the data as CSV.",
    ),
    (re.compile(r"\[\[?[\w.-]+\]\]?[ \t]*\r?\n[\w\".-]+[ \t]*="), "a TOML or INI file", "Convert it to JSON or CSV."),
    (
        re.compile(
            r"(?:(?:export\s+default|(?:(?:const|let|var)\s+)?[\w.$]+\s*=|[\w.$]+\s*\(|\)\]\}'|/\*.*?\*/|(?://|#)[^\n]*\n|\x1e)"
            r"\s*)+(?:\[\s*[\[{\"]|\{\s*[\w\"'])",
            re.DOTALL,
        ),
        "JSON with other text before it",
        "Remove the text before the first [ or { and after the last ] or }.",
    ),
    (re.compile(r"%YAML|---[ \t]*\r?\n"), "a YAML file", _YAML_ADVICE),
)
"""How the text of a file begins, what it is, and what to do."""


def refuse_binary(name: str, head: bytes) -> None:
    """Raise SourceError when the first bytes of the file are not those of a table."""
    if head[257:262] == b"ustar":
        raise SourceError(f"{name} is a tar archive, not a table of people.", hint="Unpack it first.")
    for start, description, advice in _BINARY:
        if head.startswith(start):
            raise SourceError(f"{name} is {description}, not a table of people.", hint=advice)


def refuse_text(name: str, start: str) -> None:
    """Raise SourceError when a text is blank or in a format that is not a table.

    start: the first characters of the file.
    """
    text = start.lstrip("\ufeff \t\r\n")[:_EXAMINED]
    if not re.search(r"[^\s\0,;]", text):
        raise SourceError(f"{name} is blank: it has no text.", hint="Export it again, and open it to check.")
    for pattern, description, advice in _TEXT:
        if pattern.match(text):
            raise SourceError(f"{name} is {description}, not a table of people.", hint=advice)
    if _is_yaml(text):
        raise SourceError(f"{name} is a YAML file, not a table of people.", hint=_YAML_ADVICE)


def _is_yaml(text: str) -> bool:
    """Return whether most lines are `key: value` or list items, and there are keys on several lines."""
    lines = [line for line in text.splitlines()[:60] if line.strip()]
    keys = sum(bool(re.match(r"\s*(?:- +)?[\w.@/+\"'-]+:(?:\s|$)", line)) for line in lines)
    return keys >= 2 and sum(bool(_YAML_LINE.match(line)) for line in lines) >= 0.9 * len(lines)
