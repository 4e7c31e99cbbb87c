"""Proposing a mapping, changing it, and saving it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyntui.core.errors import UsageError
from dyntui.importer import (
    ColumnMap,
    Mapper,
    Mapping,
    SourceInfo,
    SourceRow,
    open_source,
    parse_assignment,
    parse_column_map,
    propose_mapping,
)
from dyntui.importer.fields import FULL_NAME, USER_FIELDS, field_names
from dyntui.importer.source_types import fingerprint

SAMPLES = Path(__file__).parents[2] / "docs" / "samples"


def proposal(data: str, **options: object) -> Mapping:
    with open_source(io.BytesIO(data.encode())) as source:
        return propose_mapping(source.info, source.sample(), **options)  # type: ignore[arg-type]


def targets(mapping: Mapping) -> dict[str, str]:
    return {each.column: each.field for each in mapping.columns if each.field}


def hints(mapping: Mapping) -> dict[str, str]:
    return {each.column: each.hint for each in mapping.columns if each.hint}


def test_field_names_and_synonyms_in_several_languages_are_mapped() -> None:
    assert targets(
        proposal("email,firstName,Nachname,手机,PAÍS,E-Mail Notifications\na@x.com,A,B,+4915112345678,DE,yes\n")
    ) == {
        "email": "email",
        "firstName": "firstName",
        "Nachname": "lastName",
        "手机": "phoneNumber",
        "PAÍS": "country",
        "E-Mail Notifications": "emailNotification",
    }


def test_a_proposed_mapping_has_a_reason() -> None:
    reasons = {each.column: each.reason for each in proposal("email,Vorname,x\na@x.com,Ada,+4915112345678\n").columns}
    assert reasons["email"] == "name" and reasons["Vorname"] == "synonym" and reasons["x"].startswith("content: phone")


@pytest.mark.parametrize("column", ["Surnam", "usrname", "Mobil phn", "Contry"])
def test_a_name_similar_to_a_field_is_a_hint_and_not_mapped(column: str) -> None:
    mapping = proposal(f"email,{column}\na@x.com,q\n")
    assert targets(mapping) == {"email": "email"} and hints(mapping)[column].startswith("maybe ")


@pytest.mark.parametrize("column", ["Company", "name", "title", "id", "address"])
def test_a_name_with_several_meanings_stays_unmapped(column: str) -> None:
    assert targets(proposal(f"email,{column}\na@x.com,q\n")) == {"email": "email"}


def test_ambiguous_names_are_mapped_by_their_content() -> None:
    mapping = proposal("email,Name\na@x.com,Ada Lovelace\nb@x.com,Ludwig van Beethoven\nc@x.com,O'Neil Shaquille\n")
    assert targets(mapping)["Name"] == FULL_NAME
    assert "Name" not in targets(proposal("email,Name\na@x.com,ada99\nb@x.com,bob\n"))


def test_two_columns_of_addresses_are_ambiguous_and_both_stay_unmapped() -> None:
    mapping = proposal("one,two\na@x.com,b@x.com\nc@x.com,d@x.com\n")
    assert targets(mapping) == {} and "two" in hints(mapping)["one"]


def test_the_second_column_for_a_field_stays_unmapped_with_a_hint() -> None:
    mapping = proposal("email,mail\na@x.com,b@x.com\n")
    assert targets(mapping) == {"email": "email"} and "another column" in hints(mapping)["mail"]


def test_a_field_name_takes_precedence_over_an_earlier_synonym() -> None:
    assert targets(proposal("mail,email\na@x.com,b@x.com\n")) == {"email": "email"}


@pytest.mark.parametrize("column", ["emailVerifiedAt", "email_verified", "policiesConsent", "terms accepted"])
def test_verification_and_consent_are_not_mapped_automatically(column: str) -> None:
    mapping = proposal(f"email,{column}\na@x.com,true\n")
    assert targets(mapping) == {"email": "email"} and "by hand" in hints(mapping)[column]


def test_unknown_columns_are_mapped_to_metadata_only_on_request() -> None:
    mapping = proposal("email,Plan\na@x.com,pro\n")
    assert targets(mapping) == {"email": "email"}
    assert targets(mapping.with_column("Plan", "metadata.plan"))["Plan"] == "metadata.plan"


def test_custom_fields_are_offered_by_key_and_name() -> None:
    fields = [{"key": "k1", "name": "Favourite colour", "enabled": True}]
    mapping = proposal("email,favourite COLOUR\na@x.com,red\n", custom_fields=fields)
    assert hints(mapping)["favourite COLOUR"] == "maybe metadata.k1, a custom field"


def test_a_chain_column_without_an_address_column_stays_unmapped() -> None:
    mapping = proposal("email,provider,chain\na@x.com,google,EVM\n")
    assert targets(mapping) == {"email": "email"} and "first" in hints(mapping)["chain"]


def test_an_address_column_is_mapped_with_a_hint_about_the_other_parts_of_a_wallet() -> None:
    mapping = proposal("email,who\na@x.com,0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed\n")
    assert targets(mapping)["who"] == "wallets.0.publicWalletAddress" and "walletName" in hints(mapping)["who"]


def test_addresses_next_to_a_wallet_column_of_another_chain_become_the_next_wallet() -> None:
    rows = ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "0x123"]
    data = "email,wallet,solana_wallet\n" + "".join(f"a{n}@x.com,{row},\n" for n, row in enumerate(rows))
    assert targets(proposal(data)) == {
        "email": "email",
        "wallet": "wallets.1.publicWalletAddress",
        "solana_wallet": "wallets.0.publicWalletAddress",
    }


def test_a_wallet_column_is_mapped_although_some_addresses_are_wrong() -> None:
    mapping = proposal("email,wallet\na@x.com,0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed\nb@x.com,0x123\n")
    assert targets(mapping)["wallet"] == "wallets.0.publicWalletAddress"
    assert "other" not in targets(proposal("email,other\na@x.com,0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed\nb,0x1\n"))


def test_nested_names_are_mapped() -> None:
    mapping = proposal('[{"profile": {"email": "a@x.com", "given_name": "Ada"}, "x": 1}]')
    assert targets(mapping) == {"profile.email": "email", "profile.given_name": "firstName"}


def test_dot_paths_as_column_names_are_mapped_directly() -> None:
    mapping = proposal("email,metadata.plan,wallets.1.publicWalletAddress,metadata.\na@x.com,pro,0x1,z\n")
    assert targets(mapping) == {
        "email": "email",
        "metadata.plan": "metadata.plan",
        "wallets.1.publicWalletAddress": "wallets.1.publicWalletAddress",
    }


# Changing and keeping.


def test_mapping_a_column_to_a_mapped_field_unmaps_the_other_column() -> None:
    mapping = proposal("email,mail\na@x.com,b@x.com\n").with_column("mail", "email")
    assert targets(mapping) == {"mail": "email"}


def test_columns_and_fields_that_do_not_exist_are_refused() -> None:
    mapping = proposal("email\na@x.com\n")
    with pytest.raises(UsageError, match="no column 'x'"):
        mapping.with_column("x", "email")
    with pytest.raises(UsageError, match="not a field") as caught:
        mapping.with_column("email", "emial")
    assert "email" in caught.value.hint
    with pytest.raises(UsageError, match="not a transform"):
        mapping.with_column("email", "email", ["loud"])


def test_a_mapping_is_read_back_from_json_and_matches_its_file_by_fingerprint() -> None:
    mapping = (
        proposal("E-Mail,Plan\na@x.com,pro\n")
        .with_column("Plan", "metadata.plan", ["lower"])
        .with_constant("country", "DE")
    )
    loaded = Mapping.from_json(mapping.to_json())
    assert loaded.to_json() == mapping.to_json() and loaded.fingerprint == mapping.fingerprint
    assert loaded.fingerprint == fingerprint(["plan ", "e mail"])


def test_a_saved_mapping_applies_to_another_column_order_and_refuses_a_missing_column() -> None:
    mapping = proposal("email,Vorname\na@x.com,Ada\n").with_constant("emailVerifiedAt", "unverified")
    with open_source(io.BytesIO(b"Vorname,x,email\nAda,1,a@x.com\n")) as source:
        bound = mapping.bind(source.info)
        assert Mapper(bound).map(next(source.rows())).user == {"email": "a@x.com", "firstName": "Ada"}
    with open_source(io.BytesIO(b"email,x\na@x.com,1\n")) as source:
        with pytest.raises(UsageError, match="'Vorname'"):
            mapping.bind(source.info)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"dyntui": "mapping", "version": 99}', '{"dyntui": "mapping", "version": 1}']
)
def test_a_file_that_is_not_a_mapping_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        Mapping.from_json(text)


def test_a_mapping_file_with_a_bad_field_or_transform_is_refused() -> None:
    good = proposal("email\na@x.com\n").to_json()
    with pytest.raises(UsageError, match="not a field"):
        Mapping.from_json(good.replace('"field": "email"', '"field": "mails"'))
    with pytest.raises(UsageError, match="not a transform"):
        Mapping.from_json(good.replace('"trim"', '"shout"'))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"field": "email"', '"field": 5', "columns[0].field: input should be a valid string, not 5"),
        ('"kind": "users"', '"kind": "people"', "kind: input should be 'users' or 'allowlist', not 'people'"),
        ('"version": 1', '"version": 0', "version: input should be 1, not 0"),
        ('"version": 1', '"version": 2', " was written by a newer dyntui (format version 2, this one knows 1)"),
        ('"columns"', '"column"', "columns is missing"),
        ('"columns"', '"column"', "there is no key 'column', but there is columns"),
        ('"constants"', '"constant"', "there is no key 'constant', but there is constants"),
        ('"field": "email"', '"field": "mails"', "columns[0]: 'mails' is not a field of a user"),
    ],
)
def test_an_error_in_a_mapping_file_names_the_file_the_key_and_what_is_allowed(
    old: str, new: str, message: str
) -> None:
    good = proposal("email\na@x.com\n").to_json()
    with pytest.raises(UsageError) as caught:
        Mapping.from_json(good.replace(old, new), name="my.json")
    assert caught.value.message.startswith("my.json") and message in caught.value.message


def test_all_errors_of_a_mapping_file_are_reported_together() -> None:
    columns = [{"column": number, "field": "email"} for number in range(25)]
    text = json.dumps({"dyntui": "mapping", "version": 0, "columns": columns})
    with pytest.raises(UsageError) as caught:
        Mapping.from_json(text, name="my.json")
    assert "version: input should be 1, not 0" in caught.value.message
    assert "columns[18].column: input should be a valid string, not 18" in caught.value.message
    assert caught.value.message.endswith("; and 6 more errors.")


def test_assigned_values_are_converted_to_the_type_of_the_field() -> None:
    assert parse_assignment("emailVerifiedAt=now") == ("emailVerifiedAt", "now")
    assert parse_assignment("emailVerifiedAt=unverified") == ("emailVerifiedAt", "unverified")
    assert parse_assignment("emailVerifiedAt=2024-05-31") == ("emailVerifiedAt", "2024-05-31T00:00:00Z")
    assert parse_assignment("policiesConsent=yes") == ("policiesConsent", True)
    assert parse_assignment("metadata.plan=a=b") == ("metadata.plan", "a=b")
    assert parse_assignment('metadata.tags=["a"]') == ("metadata.tags", ["a"])


@pytest.mark.parametrize(
    "text",
    [
        "email",
        "=x",
        "email=",
        "emailVerifiedAt=maybe",
        "policiesConsent=perhaps",
        "nofield=1",
        "metadata={",
        "metadata=x",
    ],
)
def test_invalid_assignments_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_assignment(text)


def test_column_maps_from_the_command_line() -> None:
    assert parse_column_map("E-Mail=email") == ("E-Mail", "email", None)
    assert parse_column_map("a=b=metadata.x") == ("a=b", "metadata.x", None)
    assert parse_column_map("Mail=email|trim|lower") == ("Mail", "email", ("trim", "lower"))
    assert parse_column_map("Plan=") == ("Plan", None, None)
    for bad in ("email", "=email", "Mail=nofield", "Mail=email|shout"):
        with pytest.raises(UsageError):
            parse_column_map(bad)


def test_missing_choices_are_reported() -> None:
    mapping = proposal("email\na@x.com\n")
    assert len(mapping.missing) == 1 and mapping.with_constant("emailVerifiedAt", "now").missing == ()
    assert len(mapping.with_column("email", None).missing) == 2


columns = st.lists(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=10),
    min_size=1,
    max_size=6,
    unique=True,
)


@given(columns, st.data())
def test_any_columns_result_in_a_proposal_without_repeated_fields(names: list[str], data: st.DataObject) -> None:
    names = [name.strip() or "x" for name in names]
    names = list(dict.fromkeys(names))
    info = SourceInfo("f", "csv", "utf-8", ",", "double", 1, tuple(names), fingerprint(names))
    cells = st.one_of(st.text(max_size=8), st.emails(), st.none(), st.integers())
    rows = [SourceRow(1, tuple(data.draw(cells) for _ in names))]
    mapping = propose_mapping(info, rows)
    used = [each.field for each in mapping.columns if each.field]
    assert len(used) == len(set(used)) and [each.column for each in mapping.columns][: len(names)] == names
    assert Mapping.from_json(mapping.to_json()).mapped == tuple(
        ColumnMap(each.column, each.field, each.reason, each.transforms) for each in mapping.mapped
    )


def test_every_offered_field_exists() -> None:
    from dyntui.importer.fields import field_for

    for name in field_names(custom=["k1"]):
        assert field_for(name).name == name
    assert set(USER_FIELDS) < set(field_names())


def test_the_fields_are_those_of_the_api() -> None:
    from dyntui.api.catalog import catalog

    schemas = catalog().schemas
    offered = USER_FIELDS.keys() - {FULL_NAME, "id"}  # an id is sent by createUser, not in a bulk request
    assert offered == set(schemas["InternalUserFields"]["properties"])
    from dyntui.importer.fields import CHAINS, ENTRY_FIELDS, OAUTH_PROVIDERS, WALLET_PROVIDERS

    assert set(ENTRY_FIELDS) - {"identifier"} == set(schemas["PostAllowlistEntriesRequest"]["properties"])
    assert set(schemas["ChainEnum"]["enum"]) <= set(CHAINS)
    assert set(schemas["ProviderEnum"]["enum"]) == set(OAUTH_PROVIDERS)
    assert set(schemas["WalletProviderEnum"]["enum"]) == set(WALLET_PROVIDERS)
