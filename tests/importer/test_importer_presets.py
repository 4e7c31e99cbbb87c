"""Presets: what they recognize, in every form that an export can have, and what they make of it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest
from tests.importer.preset_samples import PRESET_SAMPLES, SAMPLES

from dyntui.importer import Mapper, Mapping, open_source, propose_mapping
from dyntui.importer.presets import PRESETS

Record = dict[str, object]
Outcome = tuple[dict[str, object], list[str]]
"""The user of a row, and the codes of its errors and of the rules that leave it out."""


def outcomes(data: bytes, name: str) -> tuple[str | None, list[Outcome]]:
    """Return the preset of a file, and what becomes of its rows with the proposed mapping."""
    with open_source(io.BytesIO(data), name=name) as source:
        mapper = Mapper(proposal_of(data, name).with_constant("emailVerifiedAt", "unverified"))
        found: list[Outcome] = []
        for row in source.rows():
            mapped = mapper.map(row)
            codes = [problem.code for problem in mapped.problems if problem.severity == "error"]
            found.append((mapped.user, codes + ([mapped.left_out.code] if mapped.left_out else [])))
        return source.info.preset, found


def proposal_of(data: bytes, name: str) -> Mapping:
    with open_source(io.BytesIO(data), name=name) as source:
        return propose_mapping(source.info, source.sample())


def users_of(records: object, name: str = "users.json") -> list[dict[str, object]]:
    return [user for user, _ in outcomes(json.dumps(records).encode(), name)[1]]


def preset_of(data: str, name: str = "people.csv") -> str | None:
    with open_source(io.BytesIO(data.encode()), name=name) as source:
        return source.info.preset


# The samples


@pytest.mark.parametrize(
    ("sample", "preset"),
    [
        ("auth0.ndjson", "auth0"),
        ("auth0.csv", "auth0"),
        ("clerk.csv", "clerk"),
        ("clerk.json", "clerk"),
        ("firebase.json", "firebase"),
        ("firebase.csv", "firebase"),
        ("privy.json", "privy"),
        ("dynamic.json", "dynamic"),
        ("dyntui-users.csv", "dyntui"),
        ("people.csv", None),
        ("people.xls", None),
        ("emails.txt", None),
    ],
)
def test_each_export_is_recognized_and_every_row_of_its_sample_can_be_sent(sample: str, preset: str | None) -> None:
    with open_source(SAMPLES / sample) as source:
        assert source.info.preset == preset
        mapping = propose_mapping(source.info, source.sample())
        assert not {"emailVerifiedAt", "policiesConsent"} & mapping.targets
        assert not any(target.startswith("metadata") for target in mapping.targets) or preset in ("dyntui", "dynamic")
        if preset:
            mapper = Mapper(mapping.with_constant("emailVerifiedAt", "unverified"))
            mapped = [mapper.map(row) for row in source.rows()]
            assert mapped and all(each.ok for each in mapped)
            assert all(each.user.get("email") or each.user.get("phoneNumber") for each in mapped)


def test_every_preset_has_a_sample() -> None:
    recognized = set()
    for path in SAMPLES.iterdir():
        with open_source(path) as source:
            recognized.add(source.info.preset)
    assert {preset.name for preset in PRESETS} <= recognized


def mapped_samples(name: str) -> list[dict[str, object]]:
    with open_source(SAMPLES / name) as source:
        mapper = Mapper(propose_mapping(source.info, source.sample()).with_constant("emailVerifiedAt", "unverified"))
        return [mapper.map(row).user for row in source.rows()]


def test_auth0_identities_become_social_accounts_and_passwords_do_not() -> None:
    users = mapped_samples("auth0.ndjson")
    assert "oauthAccounts" not in users[0] and "oauthAccounts" not in users[2]
    assert users[1]["oauthAccounts"] == [{"provider": "google", "accountId": "103547991597142817347"}]


def test_the_clerk_preset_uses_the_primary_email() -> None:
    assert mapped_samples("clerk.json")[0]["email"] == "ada@example.com"


def test_the_firebase_preset_without_a_header_row_maps_existing_social_accounts() -> None:
    users = mapped_samples("firebase.csv")
    assert "oauthAccounts" not in users[0]
    assert [account["provider"] for account in users[1]["oauthAccounts"]] == ["google", "github"]  # type: ignore[attr-defined]


def test_the_privy_preset_skips_embedded_wallets() -> None:
    users = mapped_samples("privy.json")
    assert [wallet["walletName"] for wallet in users[0]["wallets"]] == ["metamask"]  # type: ignore[attr-defined]
    assert [account["provider"] for account in users[1]["oauthAccounts"]] == ["google", "farcaster"]  # type: ignore[attr-defined]


# Every form of an export


def as_csv(records: list[Record], columns: list[str] | None = None) -> bytes:
    columns = columns or list(dict.fromkeys(key for record in records for key in record))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for record in records:
        cells = [record.get(column) for column in columns]
        writer.writerow(
            [
                json.dumps(cell) if isinstance(cell, (dict, list, bool)) else "" if cell is None else cell
                for cell in cells
            ]
        )
    return out.getvalue().encode()


def flat(record: Record, prefix: str = "") -> Record:
    """Return a record as programs flatten it for a CSV: `profile.email`."""
    found: Record = {}
    for key, value in record.items():
        found.update(flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value})
    return found


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def camel_keys(value: object) -> object:
    """Return a value with the spelling of keys that JavaScript SDKs use."""
    if isinstance(value, dict):
        return {camel(key): camel_keys(item) for key, item in value.items()}
    return [camel_keys(item) for item in value] if isinstance(value, list) else value


def encode(value: object) -> bytes:
    return json.dumps(value).encode()


def without_empty(record: Record) -> Record:
    return {key: value for key, value in record.items() if value not in (None, "", [], {})}


JSON_FORMS: dict[str, Callable[[list[Record]], bytes]] = {
    "bare array": encode,
    "users envelope": lambda records: encode({"users": records, "total": len(records)}),
    "data envelope": lambda records: encode({"object": "list", "data": records, "next": None}),
    "pages in an array": lambda records: encode([{"users": records[:1]}, {"users": records[1:]}]),
    "NDJSON": lambda records: b"\n".join(map(encode, records)),
    "reversed keys": lambda records: encode([dict(reversed(record.items())) for record in records]),
    "further keys": lambda records: encode([{"zz": 1, **record, "other": {"a": 1}} for record in records]),
    "without empty keys": lambda records: encode([without_empty(record) for record in records]),
    "one odd record": lambda records: encode([*(records * 3), {"email": "odd@example.com"}]),
}
CSV_FORMS: dict[str, Callable[[list[Record]], bytes]] = {
    "reversed columns": lambda records: as_csv(records, list(reversed(records[0]))),
    "further columns": lambda records: as_csv(records, ["x1", *records[0], "notes"]),
    "filled columns only": lambda records: as_csv([without_empty(record) for record in records]),
}
TABLE_FORMS: dict[str, Callable[[list[Record]], bytes]] = {
    "JSON in cells": as_csv,
    "flattened": lambda records: as_csv([flat(record) for record in records]),
}
JSON_SAMPLES = [sample for sample in PRESET_SAMPLES if "json" in sample[1]]
CSV_SAMPLES = [sample for sample in PRESET_SAMPLES if sample[1].endswith(".csv")]
CSV_SAMPLES.remove(("firebase", "firebase.csv"))  # it has no header row


def records_of(sample: str) -> list[Record]:
    with open_source(SAMPLES / sample) as source:
        return [dict(zip(source.info.columns, row.cells, strict=True)) for row in source.rows()]


@pytest.mark.parametrize("form", JSON_FORMS)
@pytest.mark.parametrize(("preset", "sample"), JSON_SAMPLES)
def test_a_json_export_is_the_same_in_every_form(preset: str, sample: str, form: str) -> None:
    expected = outcomes((SAMPLES / sample).read_bytes(), sample)[1]
    found = outcomes(JSON_FORMS[form](records_of(sample)), "export.json")
    assert found[0] == preset
    assert found[1][: len(expected)] == expected


@pytest.mark.parametrize(("preset", "sample"), JSON_SAMPLES)
def test_each_user_alone_is_recognized(preset: str, sample: str) -> None:
    expected = outcomes((SAMPLES / sample).read_bytes(), sample)[1]
    for record, outcome in zip(records_of(sample), expected, strict=True):
        assert outcomes(encode([record]), "one.json") == (preset, [outcome])
        assert outcomes(encode(record), "one.json") == (preset, [outcome])


@pytest.mark.parametrize("form", CSV_FORMS)
@pytest.mark.parametrize(("preset", "sample"), CSV_SAMPLES)
def test_a_csv_export_is_the_same_in_every_form(preset: str, sample: str, form: str) -> None:
    expected = outcomes((SAMPLES / sample).read_bytes(), sample)[1]
    records = records_of(sample)
    assert outcomes(CSV_FORMS[form](records), "export.csv") == (preset, expected)
    assert outcomes(CSV_FORMS[form](records[:1]), "export.csv") == (preset, expected[:1])


@pytest.mark.parametrize("form", TABLE_FORMS)
@pytest.mark.parametrize(("preset", "sample"), JSON_SAMPLES)
def test_a_json_export_as_a_table_gives_the_same_users(preset: str, sample: str, form: str) -> None:
    expected = outcomes((SAMPLES / sample).read_bytes(), sample)[1]
    found = outcomes(TABLE_FORMS[form](records_of(sample)), "export.csv")
    assert found[0] == preset
    for (user, codes), (expected_user, expected_codes) in zip(found[1], expected, strict=True):
        user.pop("metadata", None)  # a column `metadata.plan` has the field's own name
        expected_user.pop("metadata", None)
        assert (user, codes) == (expected_user, expected_codes)


@pytest.mark.parametrize("sample", ["clerk.json", "workos.json", "stytch.json", "privy.json"])
def test_the_spelling_of_javascript_sdks_gives_the_same_users(sample: str) -> None:
    preset, expected = outcomes((SAMPLES / sample).read_bytes(), sample)
    assert outcomes(encode(camel_keys(records_of(sample))), "sdk.json") == (preset, expected)


# What is not an export of another system

ORDINARY_TABLES = {
    "users of a JavaScript app": "id,email,firstName,lastName,createdAt\n1,a@x.org,Ada,Lovelace,2024-01-01\n",
    "users of a Python app": "id,email,nickname,last_login\n1,a@x.org,ada,2024-01-01\n",
    "users with a picture": "user_id,email,nickname,picture,updated_at\n1,a@x.org,ada,http://x.org/a.png,2024-01-01\n",
    "a CRM": "Primary Email Address,Primary Phone Number\na@x.org,+442079460958\n",
    "accounts with a login": "login,email,firstName,lastName,activated,langKey\nada,a@x.org,Ada,Lovelace,true,en\n",
    "registrations of an event": "email,active,registrations\na@x.org,true,3\n",
    "snake case accounts": "username,email,email_verified,enabled\nada,a@x.org,true,true\n",
    "tags with bars": "id,email,tags\n1,a@x.org,red|green\n",
    "contacts": "First Name,Last Name,Email,Phone\nAda,Lovelace,a@x.org,+442079460958\n",
}


@pytest.mark.parametrize("table", ORDINARY_TABLES)
def test_an_ordinary_table_is_not_taken_for_an_export(table: str) -> None:
    assert preset_of(ORDINARY_TABLES[table]) is None
    assert "email" in proposal_of(ORDINARY_TABLES[table].encode(), "people.csv").targets


def test_ids_show_where_a_table_comes_from() -> None:
    assert preset_of("user_id,email\nauth0|5f1,a@x.org\ngoogle-oauth2|103,b@x.org\n") == "auth0"
    assert preset_of("id,email\n00u4pmha1aXfjU6qU5d7,a@x.org\n") == "okta"
    assert preset_of("id,email\nuser_01E4ZCR3C56J083X43JQXF3JK5,a@x.org\n") == "workos"


# What is left out


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("Id,Email,Blocked\nauth0|1,a@x.org,True\n", "disabled_left_out"),
        ("id,primary_email_address,password_digest,banned\n1,a@x.org,x,t\n", "disabled_left_out"),
        ("User Id,Status,Username,Primary email\n00u4pmha1aXfjU6qU5d7,SUSPENDED,a,a@x.org\n", "disabled_left_out"),
        ("email,cognito:username,enabled\na@x.org,a,FALSE\n", "disabled_left_out"),
        ("username,emailVerified,enabled\nservice-account-shop,false,true\n", "service_accounts_left_out"),
        ("email,raw_user_meta_data,deleted_at\na@x.org,{},2024-01-01 00:00:00+00\n", "deleted_left_out"),
    ],
)
def test_a_rule_finds_its_column_and_value_in_any_spelling(data: str, code: str) -> None:
    assert outcomes(data.encode(), "people.csv")[1][0][1] == [code]


def test_a_ban_that_is_over_leaves_no_user_out() -> None:
    data = "email,raw_user_meta_data,banned_until\na@x.org,{},2001-01-01 00:00:00+00\nb@x.org,{},2999-01-01\n"
    assert [codes for _, codes in outcomes(data.encode(), "people.csv")[1]] == [[], ["disabled_left_out"]]


# Wallets and social accounts

ADDRESS = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


def supabase_user(claims: Record) -> Record:
    identity = {"id": "1", "provider": "web3", "identity_data": {"custom_claims": claims, "sub": f"web3:{ADDRESS}"}}
    return {"app_metadata": {}, "user_metadata": {"custom_claims": claims}, "aud": "x", "identities": [identity]}


@pytest.mark.parametrize(
    ("chain", "address", "expected"),
    [("ethereum", ADDRESS, "EVM"), ("solana:mainnet", "7GCihgDB8fe6KNjn2MYtkzZcRjQy3t9GHdC8uHYmW2hr", "SOL")],
)
def test_a_web3_identity_of_supabase_is_a_wallet(chain: str, address: str, expected: str) -> None:
    user = supabase_user({"address": address, "chain": chain, "network": "1"})
    mapping = proposal_of(encode([user]), "users.json")
    assert mapping.missing_wallet_parts == ("walletName", "walletProvider")
    wallet = {"publicWalletAddress": address, "chain": expected}
    assert users_of([user]) == [{"wallets": [wallet]}]
    dump = 'email,raw_user_meta_data\n,"' + json.dumps(user["user_metadata"]).replace('"', '""') + '"\n'
    assert outcomes(dump.encode(), "users.csv")[1][0][0] == {"wallets": [wallet]}


def test_wallets_of_a_list_without_a_name_need_one_choice() -> None:
    records = [{"email": "a@x.org", "wallets": [{"address": ADDRESS, "chain": "EVM"}]}]
    mapping = proposal_of(encode(records), "users.json")
    assert mapping.missing_wallet_parts == ("walletName", "walletProvider")
    assert Mapping.from_json(mapping.to_json()).missing_wallet_parts == ("walletName", "walletProvider")
    named = mapping.with_constant("wallets.N.walletName", "metamask")
    assert named.with_constant("wallets.N.walletProvider", "browserExtension").missing_wallet_parts == ()
    assert mapping.with_column("wallets", None).missing_wallet_parts == ()


def test_a_smart_wallet_of_privy_is_left_out_like_its_embedded_owner() -> None:
    accounts = [
        {"type": "email", "address": "a@x.org"},
        {"type": "smart_wallet", "address": ADDRESS, "smart_wallet_type": "safe"},
    ]
    assert users_of([{"id": "did:privy:1", "linked_accounts": accounts}]) == [{"email": "a@x.org"}]


def test_a_sign_in_through_an_organization_is_left_out_with_a_reason() -> None:
    identities = [{"connection": "corp", "provider": "samlp", "user_id": "corp|1", "isSocial": False}]
    data = encode([{"user_id": "samlp|corp|1", "email": "a@x.org", "identities": identities}])
    with open_source(io.BytesIO(data)) as source:
        mapping = propose_mapping(source.info, source.sample()).with_constant("emailVerifiedAt", "unverified")
        (mapped,) = map(Mapper(mapping).map, source.rows())
    assert source.info.preset == "auth0" and "oauthAccounts" not in mapped.user
    assert [problem.code for problem in mapped.problems] == ["account_left_out"]


def test_fusionauth_prefers_the_number_that_the_user_signs_in_with() -> None:
    user = {"tenantId": "1", "insertInstant": 1, "usernameStatus": "ACTIVE", "identities": [{"type": "email"}]}
    numbers = {"phoneNumber": "+442079460958", "mobilePhone": "+442079460959"}
    assert users_of([{**user, "email": "a@x.org", **numbers}]) == [{"email": "a@x.org", "phoneNumber": "+442079460958"}]


def test_contacts_without_an_email_are_google_contacts() -> None:
    data = "First Name,Last Name,Labels,Phone 1 - Label,Phone 1 - Value\nAda,Lovelace,* x,Mobile,+44 20 7946 0958\n"
    assert outcomes(data.encode(), "contacts.csv") == (
        "google-contacts",
        [({"firstName": "Ada", "lastName": "Lovelace", "phoneNumber": "+442079460958"}, [])],
    )


def test_a_seed_phrase_of_web3auth_is_removed_from_the_row() -> None:
    phrase = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"
    user = {"verifier": "torus", "verifierId": "1", "typeOfLogin": "google", "email": "a@x.org", "dappShare": phrase}
    with open_source(io.BytesIO(encode([user]))) as source:
        (row,) = source.rows()
    assert source.info.preset == "web3auth"
    assert [problem.code for problem in row.problems] == ["private_key"]
    assert phrase not in repr(row)


# Responses of APIs as they come

GOOGLE_USER = {
    "kind": "admin#directory#user",
    "primaryEmail": "a@x.org",
    "name": {"givenName": "Ada", "familyName": "Lovelace", "fullName": "Ada Lovelace"},
    "suspended": False,
    "emails": [{"address": "a@x.org", "primary": True}],
    "phones": [{"value": "+442079460958", "type": "mobile"}],
}
COGNITO_USER = {
    "Username": "1",
    "UserAttributes": [{"Name": "email", "Value": "a@x.org"}, {"Name": "email_verified", "Value": "true"}],
    "Enabled": True,
    "UserStatus": "CONFIRMED",
}
STYTCH_WALLET = {"crypto_wallet_id": "w", "crypto_wallet_address": ADDRESS, "crypto_wallet_type": "ethereum"}
STYTCH_USER = {
    "request_id": "r",
    "user_id": "user-live-1",
    "emails": [{"email_id": "email-1", "email": "a@x.org", "verified": True}],
    "crypto_wallets": [STYTCH_WALLET],
    "status": "active",
}
TELEGRAM = {"type": "telegram", "telegramUserId": "55", "username": "ada", "firstName": "Ada"}
RESPONSES: dict[str, tuple[object, str, Record]] = {
    "Google Directory": (
        {"kind": "admin#directory#users", "users": [GOOGLE_USER]},
        "google-workspace",
        {"email": "a@x.org", "phoneNumber": "+442079460958", "firstName": "Ada", "lastName": "Lovelace"},
    ),
    "Cognito admin-get-user": (COGNITO_USER, "cognito", {"email": "a@x.org"}),
    "Firebase accounts:query": (
        {"recordsCount": "1", "userInfo": [{"localId": "1", "email": "a@x.org", "providerUserInfo": []}]},
        "firebase",
        {"email": "a@x.org"},
    ),
    "Stytch user": (STYTCH_USER, "stytch", {"email": "a@x.org"}),
    "Privy SDK": (
        [{"id": "did:privy:1", "linkedAccounts": [TELEGRAM, {"type": "passkey", "credentialId": "c"}]}],
        "privy",
        {"oauthAccounts": [{"provider": "telegram", "accountId": "55", "username": "ada", "displayName": "Ada"}]},
    ),
}


@pytest.mark.parametrize("response", RESPONSES)
def test_a_response_of_an_api_is_read_as_it_comes(response: str) -> None:
    document, preset, user = RESPONSES[response]
    found = outcomes(encode(document), "response.json")
    assert found[0] == preset and [each for each, _ in found[1]] == [user]


def test_wallets_of_stytch_need_a_name_and_go_with_it() -> None:
    mapping = proposal_of(encode(STYTCH_USER), "users.json")
    assert mapping.missing_wallet_parts == ("walletName", "walletProvider")
    for part, value in (("walletName", "metamask"), ("walletProvider", "browserExtension")):
        mapping = mapping.with_constant(f"wallets.N.{part}", value)
    with open_source(io.BytesIO(encode(STYTCH_USER))) as source:
        mapper = Mapper(mapping.with_constant("emailVerifiedAt", "unverified"))
        (user,) = [mapper.map(row).user for row in source.rows()]
    assert user["wallets"] == [
        {
            "publicWalletAddress": ADDRESS,
            "chain": "EVM",
            "walletName": "metamask",
            "walletProvider": "browserExtension",
        }
    ]
