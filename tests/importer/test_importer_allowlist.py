"""Allowlist entries: from files, from pasted lines, with exactly one identifier each."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyntui.core.errors import UsageError
from dyntui.importer import (
    AllowlistMapper,
    ColumnMap,
    MappedRow,
    Mapper,
    Mapping,
    SourceError,
    make_mapper,
    open_source,
    pasted_source,
    propose_mapping,
    validate_entry,
)
from dyntui.importer.column_inference import identifier_kind

EVM = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


def pasted(text: str, **options: Any) -> list[MappedRow]:
    with pasted_source(text) as source:
        mapper = AllowlistMapper(propose_mapping(source.info, source.sample(), kind="allowlist"), **options)
        return [mapper.map(row) for row in source.rows()]


def from_file(data: str, **options: Any) -> tuple[Mapping, list[MappedRow]]:
    with open_source(io.BytesIO(data.encode())) as source:
        mapping = propose_mapping(source.info, source.sample(), kind="allowlist")
        mapper = AllowlistMapper(mapping, **options)
        return mapping, [mapper.map(row) for row in source.rows()]


def test_the_kind_of_a_pasted_line_follows_from_its_form() -> None:
    lines = [
        "ada@example.com",
        EVM,
        "+1 202 555 0143",
        "example.org",
        "@example.net",
        "https://example.com",
        "ada#1234",
    ]
    lines += ["TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "So11111111111111111111111111111111111111112"]
    assert [each.user for each in pasted("\n".join(lines))] == [
        {"email": "ada@example.com"},
        {"walletPublicKey": EVM},
        {"phoneNumber": "+12025550143"},
        {"emailDomain": "example.org"},
        {"emailDomain": "example.net"},
        {"emailDomain": "example.com"},
        {"discordUsername": "ada#1234"},
        {"walletPublicKey": "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"},
        {"walletPublicKey": "So11111111111111111111111111111111111111112"},
    ]


@pytest.mark.parametrize("text", ["ada", "@ada", "12345", "3f2a9c1e-0d5b-4c7e-9a51-7d1f0b6c2e11", "Ada Lovelace"])
def test_an_ambiguous_identifier_is_an_error_with_advice(text: str) -> None:
    made = pasted("a@x.com\nb@x.com\nc@x.com\nd@x.com\n" + text)[-1]
    assert [problem.code for problem in made.problems] == ["entry_kind_unclear"] and "--map" in made.problems[0].message


def test_a_line_with_commas_is_several_entries() -> None:
    assert [each.user for each in pasted("a@x.com, b@x.com;c@x.com")] == [{"email": f"{name}@x.com"} for name in "abc"]


def test_columns_are_mapped_by_common_names() -> None:
    mapping, made = from_file("E-Mail;Label\nada@example.com;Ada\n;nobody\n")
    assert {each.column: each.field for each in mapping.columns} == {"E-Mail": "email", "Label": "alias"}
    assert made[0].user == {"email": "ada@example.com", "alias": "Ada"} and made[0].ok
    assert [problem.code for problem in made[1].problems] == ["entry_no_identifier"]


def test_two_identifiers_in_a_row_are_an_error() -> None:
    _, made = from_file(f"email,wallet\na@example.com,{EVM}\n")
    assert [problem.code for problem in made[0].problems] == ["entry_many_identifiers"]


def test_usernames_are_accepted_when_the_column_names_them() -> None:
    _, made = from_file("twitter handle\nada\nbob\n")
    assert [each.user for each in made] == [{"twitterUsername": "ada"}, {"twitterUsername": "bob"}]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"email": "a@"}, "email_invalid"),
        ({"walletPublicKey": "0x1"}, "wallet_address_refused"),
        ({"emailDomain": "no domain"}, "domain_invalid"),
        ({"phoneNumber": "12"}, "phone_needs_region"),
        ({"farcasterFid": "five"}, "fid_invalid"),
        ({"farcasterFid": True}, "fid_invalid"),
        ({"alias": "only"}, "entry_no_identifier"),
        ({"email": "a@x.com", "alias": "y" * 256}, "too_long"),
    ],
)
def test_edited_entries_are_checked_like_mapped_ones(entry: dict[str, Any], code: str) -> None:
    assert code in [problem.code for problem in validate_entry(entry)]


def test_valid_entries_have_no_problems() -> None:
    for entry in (
        {"email": "a@x.com", "alias": "A"},
        {"emailDomain": "xn--bcher-kva.example"},
        {"farcasterFid": 5},
        {"externalUserId": "a"},
    ):
        assert validate_entry(entry) == ()


def test_a_fid_is_sent_as_a_number() -> None:
    assert from_file("fid\n4423\n5\n")[1][0].user == {"farcasterFid": 4423}


def test_user_fields_and_entry_fields_are_separate() -> None:
    mapping, _ = from_file("email\na@x.com\n")
    with pytest.raises(UsageError, match="allowlist"):
        Mapper(mapping)
    with pytest.raises(UsageError, match="users"):
        AllowlistMapper(Mapping((), ()))


def test_each_import_kind_gets_its_mapper() -> None:
    mapping, _ = from_file("email\na@x.com\n")
    assert isinstance(make_mapper(mapping), AllowlistMapper)
    users = Mapping((ColumnMap("email", "email"),), ("email",), {"emailVerifiedAt": "unverified"})
    assert isinstance(make_mapper(users), Mapper)


@given(st.text(max_size=60))
def test_any_pasted_line_is_classified_or_unchanged(text: str) -> None:
    kind = identifier_kind(text)
    assert kind is None or text.strip()


@given(st.text(max_size=80))
def test_any_pasted_text_results_in_entries_problems_or_one_error(text: str) -> None:
    try:
        made = pasted(text)
    except SourceError as error:
        assert error.message and "\n" not in error.message
        return
    for each in made:
        assert each.ok != bool([problem for problem in each.problems if problem.severity == "error"])


EVM = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045"


@pytest.mark.parametrize(
    ("text", "code", "suggestion"),
    [
        (f"https://etherscan.io/address/{EVM}", "wallet_address_refused", EVM),
        (f"eip155:1:{EVM}", "wallet_address_refused", EVM),
        ("0X" + EVM[2:], "wallet_prefix_missing", EVM),
        (EVM[:-1] + "O", "wallet_address_malformed", None),
        ("https://t.me/nora", "domain_invalid", None),
        ("github.com/nora", "domain_invalid", None),
        ("https://www.instagram.com/nora", "domain_invalid", None),
    ],
)
def test_a_page_about_a_person_or_a_wallet_opens_no_domain(text: str, code: str, suggestion: str | None) -> None:
    with pasted_source(text) as source:
        mapper = AllowlistMapper(propose_mapping(source.info, source.sample(), kind="allowlist"))
        (mapped,) = (mapper.map(row) for row in source.rows())
    problem = mapped.problems[0]
    assert (problem.severity, problem.code, problem.suggestion) == ("error", code, suggestion)


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("*@alpha-mail.org", "alpha-mail.org"),
        ("https://www.alpha-mail.org/team?x=1", "alpha-mail.org"),
        ("alpha-mail.org.", "alpha-mail.org"),
        ("b\u00fccher.de", "xn--bcher-kva.de"),
    ],
)
def test_a_domain_is_read_in_the_usual_spellings(text: str, domain: str) -> None:
    with pasted_source(text) as source:
        mapper = AllowlistMapper(propose_mapping(source.info, source.sample(), kind="allowlist"))
        (mapped,) = (mapper.map(row) for row in source.rows())
    assert mapped.user == {"emailDomain": domain} and [each.code for each in mapped.problems] == ["domain_normalized"]
