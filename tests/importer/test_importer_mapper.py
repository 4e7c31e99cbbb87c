"""Rows to user bodies: transforms, nested fields, constants, and what is said on the way."""

from __future__ import annotations

import io
import json
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyntui.core.errors import UsageError
from dyntui.importer import (
    MappedRow,
    Mapper,
    Mapping,
    MissingChoice,
    SourceRow,
    natural_keys,
    open_source,
    propose_mapping,
    validate_user,
)
from dyntui.importer.mapping import ColumnMap
from dyntui.importer.transforms import split_name

NOW = "2026-01-02T03:04:05.000Z"


def user_of(mapped: Any) -> dict[str, Any]:
    """Return the fields of the user that a row was mapped to."""
    return cast(dict[str, Any], mapped.user)


def mapper(
    fields: dict[str, str | tuple[str, tuple[str, ...]]], constants: dict[str, Any] | None = None, **options: Any
) -> Mapper:
    """A mapper for columns named after what they go to: {column: field} or {column: (field, transforms)}."""
    mapping = Mapping(tuple(ColumnMap(column) for column in fields if "[" not in column), tuple(fields))
    for column, target in fields.items():
        field, transforms = target if isinstance(target, tuple) else (target, None)
        mapping = mapping.with_column(column, field, transforms)
    for name, value in {"emailVerifiedAt": "unverified", **(constants or {})}.items():
        mapping = mapping.with_constant(name, value)
    return Mapper(mapping, now=NOW, **options)


def one(field: str, value: Any, transforms: tuple[str, ...] | None = None, **options: Any) -> MappedRow:
    target: Any = (field, transforms) if transforms is not None else field
    return mapper({"c": target}, **options).map(SourceRow(1, (value,)))


def codes(mapped: MappedRow) -> list[str]:
    return [problem.code for problem in mapped.problems]


def test_a_plain_row_becomes_a_body_without_problems() -> None:
    made = mapper({"e": "email", "f": "firstName", "c": "country"}).map(SourceRow(1, ("ada@example.com", "Ada", "DE")))
    assert (
        made.user == {"email": "ada@example.com", "firstName": "Ada", "country": "DE"}
        and made.problems == ()
        and made.ok
    )


def test_a_mapper_needs_the_choice_about_verified_emails() -> None:
    mapping = Mapping((ColumnMap("email", "email"),), ("email",))
    with pytest.raises(MissingChoice) as caught:
        Mapper(mapping)
    for words in ("=now", "=unverified", "--map COLUMN=", "sign in"):
        assert words in caught.value.hint


def test_verified_now_unverified_a_date_and_a_column() -> None:
    row = SourceRow(1, ("ada@example.com",))
    assert "emailVerifiedAt" not in mapper({"e": "email"}).map(row).user
    assert mapper({"e": "email"}, {"emailVerifiedAt": "now"}).map(row).user["emailVerifiedAt"] == NOW
    dated = mapper({"e": "email"}, {"emailVerifiedAt": "2024-05-31T00:00:00Z"})
    assert dated.map(row).user["emailVerifiedAt"] == "2024-05-31T00:00:00Z"
    by_column = mapper({"e": "email", "v": "emailVerifiedAt"})
    assert by_column.map(SourceRow(1, ("a@example.com", "yes"))).user["emailVerifiedAt"] == NOW
    assert "emailVerifiedAt" not in by_column.map(SourceRow(1, ("a@example.com", "false"))).user
    assert (
        by_column.map(SourceRow(1, ("a@example.com", "2024-01-02"))).user["emailVerifiedAt"] == "2024-01-02T00:00:00Z"
    )
    assert codes(by_column.map(SourceRow(1, ("a@example.com", "perhaps")))) == ["bad_date"]


def test_rows_without_an_email_have_no_verification() -> None:
    made = mapper({"e": "email", "f": "firstName"}, {"emailVerifiedAt": "now"}).map(SourceRow(1, ("", "Ada")))
    assert made.user == {"firstName": "Ada"} and codes(made) == ["no_identity"]


def test_consent_is_absent_unless_it_is_mapped() -> None:
    assert "policiesConsent" not in one("email", "a@example.com").user
    made = mapper({"e": "email", "p": "policiesConsent"}).map(SourceRow(1, ("a@example.com", "nein")))
    assert made.user["policiesConsent"] is False


def test_constants_fill_empty_values() -> None:
    made = mapper({"e": "email", "c": "country"}, {"country": "Germany"})
    assert made.map(SourceRow(1, ("a@example.com", ""))).user["country"] == "DE"
    assert made.map(SourceRow(1, ("a@example.com", "FR"))).user["country"] == "FR"
    with pytest.raises(UsageError, match="country"):
        mapper({"e": "email"}, {"country": "Atlantis"})


def test_an_empty_row_is_an_error_and_constants_do_not_fill_it() -> None:
    made = mapper({"e": "email"}, {"country": "DE"}).map(SourceRow(1, ("",)))
    assert codes(made) == ["empty_row"] and not made.ok


@pytest.mark.parametrize(
    ("field", "value", "sent"),
    [
        ("email", " ada@example.com ", "ada@example.com"),
        ("email", "ada@EXAMPLE.com", "ada@example.com"),
        ("firstName", "\u00a0Ada ", "Ada"),
        ("phoneNumber", "+49 (30) 901820", "+4930901820"),
        ("phoneNumber", 15551234567.0, "+15551234567"),
        ("country", "deutschland", "DE"),
        ("country", "USA", "US"),
        ("country", "Côte d’Ivoire", "CI"),
        ("policiesConsent", "Да", True),
        ("policiesConsent", 0, False),
        ("metadata", '{"a": {"b": 1}}', {"a": {"b": 1}}),
        ("metadata.plan", 5.0, 5),
        ("metadata.deep.er", "x", {"er": "x"}),
        ("oauthAccounts.0.emails", "a@x.com; b@x.com", ["a@x.com", "b@x.com"]),
        ("mfaBackupCodeAcknowledgement", "Pending", "pending"),
        ("username", 12345, "12345"),
    ],
)
def test_values_are_sent_in_the_form_of_their_field(field: str, value: Any, sent: Any) -> None:
    made = one(field, value, region="US" if isinstance(value, float) else None)
    found: Any = made.user
    for step in field.split(".")[: 2 if field.startswith("metadata.") else None]:
        found = found[int(step) if step.isdigit() else step]
    assert found == sent and type(found) is type(sent)


@pytest.mark.parametrize(
    ("name", "value", "sent"),
    [
        ("lower", "ADA", "ada"),
        ("upper", "de", "DE"),
        ("number", "1 500.5", 1500.5),
        ("number", "42", 42),
        ("boolean", "no", False),
        ("text", 42.0, "42"),
        ("json", "[1, 2]", [1, 2]),
        ("first", "a|b", "a"),
        ("first", ["x", "y"], "x"),
        ("list", '["a", 1]', ["a", 1]),
        ("date", "2024-05-31T12:00:00+02:00", "2024-05-31T10:00:00Z"),
    ],
)
def test_transforms_are_applied_by_name(name: str, value: Any, sent: Any) -> None:
    made = one("metadata.x", value, (name,))
    assert user_of(made)["metadata"]["x"] == sent and made.ok


@pytest.mark.parametrize(
    ("field", "transforms", "value", "code"),
    [
        ("policiesConsent", None, "perhaps", "bad_boolean"),
        ("metadata", None, "{oops", "bad_json"),
        ("metadata", None, "[1]", "bad_json"),
        ("metadata.n", ("number",), "many", "bad_number"),
        ("metadata.d", ("date",), "03/04/2024", "ambiguous_date"),
        ("emailVerifiedAt", None, "03/04/2024", "ambiguous_date"),
        ("emailVerifiedAt", None, "soon", "bad_date"),
        ("country", None, "Atlantis", "country_unknown"),
        ("firstName", None, ["a"], "not_text"),
        ("phoneNumber", None, "030 901820", "phone_needs_region"),
        ("wallets", None, "[{]", "bad_json"),
    ],
)
def test_a_value_that_a_transform_refuses_is_one_error(field: str, transforms: Any, value: Any, code: str) -> None:
    made = one(field, value, transforms)
    assert [problem.code for problem in made.problems if problem.severity == "error"] == [code]


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("2024-02-29", "2024-02-29T00:00:00Z"),
        ("2024-02-29 13:00", "2024-02-29T13:00:00Z"),
        ("2024/2/9", "2024-02-09T00:00:00Z"),
        ("31.12.2024", "2024-12-31T00:00:00Z"),
        ("31/12/2024 08:30", "2024-12-31T08:30:00Z"),
        ("12/31/2024", "2024-12-31T00:00:00Z"),
        ("5/5/2024", "2024-05-05T00:00:00Z"),
        ("1707671000", "2024-02-11T17:03:20Z"),
        ("1707671000000", "2024-02-11T17:03:20Z"),
        (1707671000, "2024-02-11T17:03:20Z"),
        ("Sun, 11 Feb 2024 17:03:20 GMT", "2024-02-11T17:03:20Z"),
        ("2024-02-11 17:03:20 UTC", "2024-02-11T17:03:20Z"),
        ("2024-02-11T17:03:20.123456+00:00", "2024-02-11T17:03:20.123Z"),
    ],
)
def test_common_date_formats_are_parsed(text: Any, sent: str) -> None:
    made = one("metadata.d", text, ("date",))
    assert user_of(made)["metadata"]["d"] == sent and made.ok


@given(st.one_of(st.text(max_size=30), st.integers(), st.floats(), st.from_regex(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}")))
def test_any_value_as_a_date_is_rfc3339_or_a_problem(value: Any) -> None:
    made = one("emailVerifiedAt", value, ("date",))
    errors = [problem for problem in made.problems if problem.severity == "error"]
    assert errors or "emailVerifiedAt" not in made.user or user_of(made)["emailVerifiedAt"].endswith("Z")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ada Lovelace", ("Ada", "Lovelace")),
        ("Lovelace, Ada", ("Ada", "Lovelace")),
        ("Ludwig van Beethoven", ("Ludwig", "van Beethoven")),
        ("Juan Carlos de la Cruz", ("Juan Carlos", "de la Cruz")),
        ("Cher", ("Cher", "")),
        ("李小龙", ("李小龙", "")),
        ("van Gogh", ("van", "Gogh")),
    ],
)
def test_full_names_are_split(text: str, names: tuple[str, str]) -> None:
    assert split_name(text) == names
    made = one("firstName+lastName", text)
    assert (made.user["firstName"], made.user.get("lastName", "")) == names


def test_separate_name_columns_override_a_split_full_name() -> None:
    made = mapper({"n": "firstName+lastName", "f": "firstName"}).map(SourceRow(1, ("Ada Lovelace", "Augusta")))
    assert made.user == {"firstName": "Augusta", "lastName": "Lovelace"}


# Nested fields.

EVM = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
WALLET = {"a": "wallets.0.publicWalletAddress", "c": "wallets.0.chain"}
WALLET_CONSTANTS = {"wallets.0.walletName": "metamask", "wallets.0.walletProvider": "browserextension"}


def test_a_wallet_is_built_from_columns_and_constants() -> None:
    made = mapper({"e": "email", **WALLET}, WALLET_CONSTANTS)
    wallet = {
        "publicWalletAddress": EVM,
        "chain": "EVM",
        "walletName": "metamask",
        "walletProvider": "browserExtension",
    }
    assert made.map(SourceRow(1, ("a@example.com", EVM, "ethereum"))).user["wallets"] == [wallet]
    assert "wallets" not in made.map(SourceRow(1, ("a@example.com", "", ""))).user


def test_a_second_wallet_without_a_first_is_the_first() -> None:
    fields: dict[str, str | tuple[str, tuple[str, ...]]] = {
        f"{name}{n}": f"wallets.{n}.{name}"
        for n in (0, 3)
        for name in ("publicWalletAddress", "chain", "walletName", "walletProvider")
    }
    made = mapper(fields).map(SourceRow(1, ("", "", "", "", EVM, "EVM", "w", "qrCode")))
    assert len(user_of(made)["wallets"]) == 1 and made.ok


def test_the_chain_is_inferred_from_an_unambiguous_address() -> None:
    made = mapper({"a": "wallets.0.publicWalletAddress"}, WALLET_CONSTANTS)
    assert user_of(made.map(SourceRow(1, (EVM,))))["wallets"][0]["chain"] == "EVM"
    solana = made.map(SourceRow(1, ("So11111111111111111111111111111111111111112",)))
    assert user_of(solana)["wallets"][0]["chain"] == "SOL"
    assert "wallet_chain_missing" in codes(made.map(SourceRow(1, ("0x" + "ab" * 8 + "ff",))))


def test_an_incomplete_wallet_is_one_error_with_advice() -> None:
    made = mapper({"a": "wallets.0.publicWalletAddress"}).map(SourceRow(1, (EVM,)))
    problem = next(problem for problem in made.problems if problem.severity == "error")
    assert problem.code == "wallet_incomplete" and "--wallet-name" in problem.message


def test_whole_lists_and_single_parts_are_combined() -> None:
    made = mapper({"all": "wallets", **WALLET}, WALLET_CONSTANTS)
    solana = "So11111111111111111111111111111111111111112"
    cell = json.dumps([{"address": solana, "chain": "solana", "name": "phantom", "connector_type": "phantom"}])
    wallets = user_of(made.map(SourceRow(1, (cell, EVM, "EVM"))))["wallets"]
    assert [(wallet["chain"], wallet["walletName"]) for wallet in wallets] == [("SOL", "phantom"), ("EVM", "metamask")]


def test_social_accounts_need_provider_and_id() -> None:
    made = mapper({"p": "oauthAccounts.0.provider", "i": "oauthAccounts.0.accountId"})
    assert made.map(SourceRow(1, ("Google", 123.0))).user["oauthAccounts"] == [
        {"provider": "google", "accountId": "123"}
    ]
    assert codes(made.map(SourceRow(1, ("google", "")))) == ["oauth_incomplete"]


def test_metadata_is_merged_and_conflicts_are_reported() -> None:
    made = mapper({"m": "metadata", "p": "metadata.plan", "d": "metadata.a.b"}, {"metadata.source": "import"})
    assert made.map(SourceRow(1, ('{"x": 1}', "pro", "deep"))).user["metadata"] == {
        "x": 1,
        "plan": "pro",
        "a": {"b": "deep"},
        "source": "import",
    }
    assert "metadata_conflict" in codes(made.map(SourceRow(1, ('{"plan": 1}', "pro", ""))))
    assert "metadata_conflict" in codes(made.map(SourceRow(1, ('{"a": 1}', "pro", "deep"))))


def test_bodies_of_rows_share_no_objects() -> None:
    made = mapper({"e": "email"}, {"metadata.tags": ["a"], "metadata.x": {"y": 1}})
    first = user_of(made.map(SourceRow(1, ("a@example.com",))))
    first["metadata"]["x"]["y"] = 2
    first["metadata"]["tags"].append("b")
    assert made.map(SourceRow(2, ("b@example.com",))).user["metadata"] == {"tags": ["a"], "x": {"y": 1}}


def test_mapping_does_not_change_cells_that_are_lists() -> None:
    cell: list[object] = [{"publicWalletAddress": EVM, "chain": "", "walletName": 5, "walletProvider": "qrCode"}]
    before = json.dumps(cell)
    mapper({"w": ("wallets", ())}).map(SourceRow(1, (cell,)))
    assert json.dumps(cell) == before


def test_paths_select_values_inside_json_cells() -> None:
    made = mapper({"j": ("metadata.x", ())})
    mapping = made.mapping.with_column("j.profile.email", "email").with_column("j.tags.1", "alias")
    made = Mapper(mapping.with_column("j", None), now=NOW)
    assert made.map(SourceRow(1, ('{"profile": {"email": "a@example.com"}, "tags": ["a", "b"]}',))).user == {
        "email": "a@example.com",
        "alias": "b",
    }
    assert codes(made.map(SourceRow(1, ("no json",)))) == ["value_left_out", "empty_row"]
    assert codes(made.map(SourceRow(1, ('{"broken": ',)))) == ["value_left_out", "empty_row"]
    assert codes(made.map(SourceRow(1, ("{}",)))) == ["empty_row"]


@pytest.mark.parametrize("value", ["\ud800", ["\ud800"], {"a": {"b": 2**70}}, 2**70])
def test_a_value_that_json_cannot_represent_is_an_error(value: Any) -> None:
    assert "not_sendable" in codes(one("metadata.x", value, ()))


def test_a_lone_surrogate_in_a_name_is_an_error() -> None:
    assert codes(one("firstName", "A\ud800"))[0] == "control_character"


def test_regions_are_checked() -> None:
    assert one("phoneNumber", "030 901820", region="de").user["phoneNumber"] == "+4930901820"
    with pytest.raises(UsageError, match="not a region"):
        one("phoneNumber", "1", region="XX")


def test_custom_field_rules_are_warnings() -> None:
    fields = [
        {
            "key": "size",
            "name": "Size",
            "enabled": True,
            "required": True,
            "validationRules": {"validOptions": [{"label": "S"}, {"label": "M"}]},
        },
        {"key": "code", "name": "Code", "enabled": True, "required": False, "validationRules": {"regex": "^[A-Z]{2}$"}},
        {"key": "evil", "name": "Evil", "enabled": True, "required": False, "validationRules": {"regex": "^(a+)+$"}},
    ]
    made = mapper(
        {"e": "email", "s": "metadata.size", "c": "metadata.code", "x": "metadata.evil"}, custom_fields=fields
    )
    assert codes(made.map(SourceRow(1, ("a@example.com", "m", "ab", "a" * 60 + "!")))) == [
        "custom_field_option",
        "custom_field_pattern",
    ]
    assert codes(made.map(SourceRow(1, ("a@example.com", "", "", "")))) == ["custom_field_required"]
    assert made.map(SourceRow(1, ("a@example.com", "M", "AB", ""))).problems == ()


cell = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.emails(),
    st.just(EVM),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=2),
    st.sampled_from(['{"a": 1}', "[]", "[{}]", '[{"address": 1}]', "1E+10", "'=x", "2024-01-01", "yes"]),
)
ANY_FIELDS = [
    "email",
    "firstName",
    "username",
    "phoneNumber",
    "country",
    "policiesConsent",
    "emailVerifiedAt",
    "metadata",
]
ANY_FIELDS += [
    "metadata.x",
    "wallets",
    "oauthAccounts",
    "wallets.0.publicWalletAddress",
    "wallets.0.chain",
    "firstName+lastName",
]
ANY_FIELDS += ["oauthAccounts.1.emails", "oauthAccounts.0.accountId", "mfaBackupCodeAcknowledgement", "btcWallet"]


@given(st.lists(cell, min_size=len(ANY_FIELDS), max_size=len(ANY_FIELDS)))
def test_any_cells_result_in_a_body_or_problems_and_validation_agrees(cells: list[Any]) -> None:
    made = mapper({f"c{n}": field for n, field in enumerate(ANY_FIELDS)}, region="DE").map(SourceRow(1, tuple(cells)))
    json.dumps(made.user)
    natural_keys(made.user)
    if made.ok:
        problems = validate_user(made.user, region="DE", now=NOW)
        assert not [problem for problem in problems if problem.severity == "error"]


def test_a_file_is_mapped_from_bytes_to_bodies() -> None:
    data = "sep=;\nE-Mail;Vorname;Land\nada@example.com;Ada;Deutschland\nbad@;B;DE\n"
    with open_source(io.BytesIO(data.encode())) as source:
        made = Mapper(propose_mapping(source.info, source.sample()).with_constant("emailVerifiedAt", "unverified"))
        results = [made.map(row) for row in source.rows()]
    assert results[0].user == {"email": "ada@example.com", "firstName": "Ada", "country": "DE"}
    assert [problem.code for problem in results[1].problems] == ["email_invalid"]


@pytest.mark.parametrize("table", ["free=>a;free=>b", '{"free": "a", "free": "b"}'])
def test_a_lookup_table_has_one_new_value_for_each(table: str) -> None:
    with pytest.raises(UsageError, match="free"):
        one("metadata.plan", "free", (f"lookup:{table}",))
