"""What is said of a value: the codes, their severity, and what is never said."""

from __future__ import annotations

from typing import Any

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from dyntui.importer import CODES, Problem, validate_user
from dyntui.importer.fields import field_for
from dyntui.importer.validation_context import ValidationContext
from dyntui.importer.validators import PLAIN, make_check


def problems(field: str, value: Any, **options: Any) -> list[Problem]:
    body: Any = value
    for step in reversed(field.split(".")):
        body = [body] if step.isdigit() else {step: body}
    return list(validate_user(body, **options))


def codes(field: str, value: Any, **options: Any) -> list[tuple[str, str]]:
    return [(problem.severity, problem.code) for problem in problems(field, value, **options)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "ada@example.com"),
        ("email", "o'neil+tag@sub.example.co.uk"),
        ("firstName", "Ada-Louise O'Neil, Jr."),
        ("firstName", "李小龙"),
        ("lastName", "Müller"),
        ("username", "ada_lovelace-1"),
        ("phoneNumber", "+4930901820"),
        ("country", "DE"),
        ("policiesConsent", True),
        ("emailNotification", False),
        ("metadata", {"plan": "pro", "n": 1}),
        ("mfaBackupCodeAcknowledgement", "complete"),
        ("btcWallet", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
        ("kasWallet", "kaspa:qpauqsvk7yf9unexwmxsnmg547mhyga37csh0kj53q6xxgl24ydxjsgzthw5j"),
    ],
)
def test_valid_values_have_no_problems(field: str, value: Any) -> None:
    assert problems(field, value) == []


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("email", "ada@", ("error", "email_invalid")),
        ("email", "ada@example", ("error", "email_invalid")),
        ("email", "ada@@example.com", ("error", "email_invalid")),
        ("email", "a b@example.com", ("error", "email_invalid")),
        ("email", 5, ("error", "email_invalid")),
        ("email", "a" * 250 + "@example.com", ("error", "too_long")),
        ("firstName", "x" * 256, ("error", "too_long")),
        ("firstName", "Ada\x00", ("error", "control_character")),
        ("firstName", "Ada\nL", ("error", "control_character")),
        ("firstName", "\x1b]0;x\x07", ("error", "control_character")),
        ("firstName", "Ada (L)", ("error", "odd_character")),
        ("firstName", "Ada 🙂", ("error", "odd_character")),
        ("firstName", " Ada", ("error", "odd_character")),
        ("firstName", {"a": 1}, ("error", "not_text")),
        ("username", "ada lovelace", ("error", "username_refused")),
        ("phoneNumber", "12", ("error", "phone_needs_region")),
        ("phoneNumber", "+1", ("error", "phone_impossible")),
        ("phoneNumber", "+4412", ("error", "phone_impossible")),
        ("phoneNumber", "hello", ("error", "phone_impossible")),
        ("phoneNumber", "+19999999999", ("warning", "phone_unlikely")),
        ("country", "Germany", ("error", "country_unknown")),
        ("country", "de", ("error", "country_unknown")),
        ("country", "ZZ", ("error", "country_unknown")),
        ("policiesConsent", "yes", ("error", "bad_boolean")),
        ("emailVerifiedAt", "yesterday", ("error", "bad_date")),
        ("emailVerifiedAt", "2024-05-31", ("error", "bad_date")),
        ("mfaBackupCodeAcknowledgement", "maybe", ("warning", "unknown_value")),
        ("metadata", "x", ("error", "bad_json")),
        ("metadata", {"x": "y" * 3000}, ("warning", "metadata_large")),
        ("wallets", "x", ("error", "bad_json")),
        ("alias", "1.55512E+10", ("error", "excel_scientific")),
        ("phoneNumber", 12345678901234567890.0, ("error", "phone_impossible")),
        ("username", 12345678901234567890.0, ("error", "excel_precision")),
    ],
)
def test_each_problem_has_its_code_and_severity(field: str, value: Any, expected: tuple[str, str]) -> None:
    assert expected in codes(field, value)
    assert all(problem.code in CODES for problem in problems(field, value))


def test_the_offending_character_is_named_and_a_composed_form_is_offered() -> None:
    assert "“(”" in problems("firstName", "Ada (L)")[0].message
    decomposed = "Be\u0301la"
    problem = problems("firstName", decomposed)[0]
    assert problem.code == "text_composed"


def test_a_verification_in_the_future_or_without_an_email_is_a_warning() -> None:
    found = {problem.code for problem in problems("emailVerifiedAt", "2999-01-01T00:00:00Z")}
    assert found == {"date_in_future", "email_verified_without_email"}


@pytest.mark.parametrize(("kind", "severity"), [("sandbox", "warning"), ("live", "error")])
def test_reserved_domains_warn_in_a_sandbox_and_fail_in_live(kind: str, severity: str) -> None:
    assert codes("email", "ada@corp.test", environment_kind=kind) == [(severity, "email_reserved_domain")]
    assert codes("email", "ada@example.com", environment_kind=kind) == []


@pytest.mark.parametrize(
    ("value", "suggestion"),
    [
        ("mailto:ada@example.com", "ada@example.com"),
        ("Ada <ada@example.com>", "ada@example.com"),
        ("ada@example,com", "ada@example.com"),
        ("ada@example.com.", "ada@example.com"),
        ("MAILTO:ada@example.com?subject=x", "ada@example.com"),
        ("[ada@example.com](mailto:ada@example.com)", "ada@example.com"),
        ('="ada@example.com"', "ada@example.com"),
        ("'ada@example.com", "ada@example.com"),
        ("#ada@example.com", "ada@example.com"),
        ("ada@example.com (work)", "ada@example.com"),
        ("\u201cada@example.com\u201d", "ada@example.com"),
        ("ada\uff20example.com", "ada@example.com"),
        ("ada @ example.com", "ada@example.com"),
        ("o'neil@example.com,", "o'neil@example.com"),
        ("ada@example.com; bob@example.com", None),
        ("ada smith@example.com", None),
        ("ada@example.com,Ada,Lovelace", None),
        ("m\u00fcller@example.com,", None),
    ],
)
def test_a_likely_correction_is_suggested(value: str, suggestion: str | None) -> None:
    assert problems("email", value)[0].suggestion == suggestion


def test_a_plus_is_suggested_for_a_phone_number_without_it() -> None:
    assert problems("phoneNumber", "4930901820")[0].suggestion == "+4930901820"


def test_an_empty_user_is_an_error() -> None:
    assert [problem.code for problem in validate_user({})] == ["empty_row"]
    assert [problem.code for problem in validate_user({"email": ""})][-1:] == ["empty_row"]


@given(st.one_of(st.from_regex(PLAIN["email"], fullmatch=True), st.emails()))
def test_an_email_accepted_by_the_fast_check_is_accepted_by_the_library(address: str) -> None:
    if not PLAIN["email"].fullmatch(address):
        return
    try:
        found = validate_email(address, check_deliverability=False)
    except EmailNotValidError as error:
        raise AssertionError(f"{address}: {error}") from error
    assert found.normalized == address


@given(st.sampled_from(["name", "username", "text"]), st.text(max_size=260))
def test_a_value_accepted_by_the_fast_check_has_no_problem(kind: str, text: str) -> None:
    field = field_for({"name": "firstName", "username": "username", "text": "oauthAccounts.0.photos.0"}[kind])
    if PLAIN[kind].fullmatch(text):
        found: list[Problem] = []
        make_check(field, ValidationContext())(text, found)
        assert found == []


@given(
    st.dictionaries(
        st.sampled_from(["email", "firstName", "phoneNumber", "country", "wallets", "oauthAccounts", "metadata"]),
        st.text() | st.integers() | st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=3))),
    )
)
def test_problems_of_any_body_have_registered_codes(user: dict[str, Any]) -> None:
    before = repr(user)
    assert all(problem.code in CODES for problem in validate_user(user, region="DE"))
    assert repr(user) == before


# Wallets and social accounts.

EVM = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


def wallet(**changes: Any) -> dict[str, Any]:
    return {"publicWalletAddress": EVM, "chain": "EVM", "walletName": "m", "walletProvider": "qrCode", **changes}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"chain": "MOON"}, [("warning", "wallet_chain_unknown")]),
        ({"walletProvider": "pigeon"}, [("warning", "wallet_provider_unknown")]),
        ({"publicWalletAddress": EVM.lower()}, [("info", "wallet_no_checksum")]),
        ({"publicWalletAddress": EVM.replace("5aA", "5AA")}, [("warning", "wallet_checksum")]),
        ({"publicWalletAddress": EVM[:-1]}, [("error", "wallet_address_malformed")]),
        ({"chain": "BTC"}, [("warning", "wallet_chain_mismatch")]),
        (
            {"publicWalletAddress": "So11111111111111111111111111111111111111112", "chain": "SOL"},
            [("info", "wallet_format_ok")],
        ),
        (
            {"publicWalletAddress": "0x12"},
            [("error", "wallet_address_refused"), ("error", "wallet_address_malformed")],
        ),
        ({"walletName": ""}, [("error", "wallet_incomplete")]),
        ({"additionalWalletAddresses": [{"address": "x"}]}, [("error", "wallet_incomplete")]),
        ({"additionalWalletAddresses": [{"address": "bc1q", "type": "ordinals"}]}, []),
    ],
)
def test_problems_of_wallets(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert codes("wallets", [wallet(**changes)]) == expected


def test_the_right_checksum_is_only_suggested() -> None:
    assert problems("wallets", [wallet(publicWalletAddress=EVM.replace("5aA", "5AA"))])[0].suggestion == EVM


@pytest.mark.parametrize(("address", "field"), [("kaspa:" + "q" * 61, "kasWallet"), ("k:" + "0" * 64, "kdaWallet")])
def test_valid_addresses_that_the_api_refuses_are_reported_with_their_field(address: str, field: str) -> None:
    problem = problems("wallets", [wallet(publicWalletAddress=address, chain="MOON")])[0]
    assert problem.code in ("wallet_chain_unknown", "wallet_address_refused")
    refused = [
        each
        for each in problems("wallets", [wallet(publicWalletAddress=address)])
        if each.code == "wallet_address_refused"
    ]
    assert field in refused[0].message


def test_a_ton_address_with_a_dash_is_refused_with_the_reason() -> None:
    address = "EQDtFpEwcFAEcRe5mLVh2N6C0x-_hJEM7W61_JLnSF74p4q2"
    refused = problems("wallets", [wallet(publicWalletAddress=address, chain="TON")])
    assert [each.code for each in refused] == ["wallet_address_refused"] and "TON" in refused[0].message


def test_a_repeated_wallet_or_account_in_a_row_is_an_error() -> None:
    assert ("error", "wallet_duplicate") in codes(
        "wallets", [wallet(), wallet(publicWalletAddress=EVM.lower(), chain="ETH")]
    )
    account = {"provider": "google", "accountId": "1"}
    assert ("error", "oauth_duplicate") in codes("oauthAccounts", [account, account])


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ({"provider": "google", "accountId": "1"}, []),
        ({"provider": "google"}, [("error", "oauth_incomplete")]),
        ({"provider": "myspace", "accountId": "1"}, [("warning", "oauth_provider_unknown")]),
        ({"provider": "sendgrid", "accountId": "1"}, [("warning", "oauth_provider_no_sign_in")]),
        ({"provider": "google", "accountId": "1", "emails": "a@x.com"}, [("error", "bad_json")]),
    ],
)
def test_problems_of_social_accounts(account: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert codes("oauthAccounts", [account]) == expected


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("Bob\u00a0Smith", "Bob Smith"),
        ("Bob\tSmith", "Bob Smith"),
        ("Ren\u00c3\u00a9", "Ren\u00e9"),
        ("M\u00c3\u00bcller", "M\u00fcller"),
        ("Ren\\u00e9", "Ren\u00e9"),
        ("Bob&amp;Co", "Bob&Co"),
        ("Ren\ufffd", None),
    ],
)
def test_a_damaged_name_is_suggested_as_it_was(name: str, suggestion: str | None) -> None:
    assert [problem.suggestion for problem in validate_user({"lastName": name})][-1] == suggestion


@pytest.mark.parametrize("name", ["\u00c2ngela", "\u00c3rico", "S\u00e3o \u00c3lvaro"])
def test_an_accent_alone_is_no_damage(name: str) -> None:
    assert not validate_user({"email": "a@example.com", "lastName": name})


@pytest.mark.parametrize(
    ("username", "reason"), [("@nora", "has \u201c@\u201d"), ("no", "has 2 characters"), ("n", "has 1 character;")]
)
def test_the_reason_of_a_refused_username(username: str, reason: str) -> None:
    assert any(reason in problem.message for problem in validate_user({"username": username}))
