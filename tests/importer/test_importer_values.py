"""Values are sent, or named with the reason: phone numbers, private keys, values that the API refuses."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyntui.importer import ColumnMap, Mapper, Mapping, SourceError, SourceRow, open_source, propose_mapping
from dyntui.importer.fields import field_for
from dyntui.importer.invalid_values import ACTIONS
from dyntui.importer.phones import read_phone, spell_on_keypad
from dyntui.importer.secrets import REMOVED, SecretFilter, is_private_key
from dyntui.importer.validation_context import ValidationContext
from dyntui.importer.wallet_columns import is_wallet_column, wallet_chain


@pytest.mark.parametrize(
    ("text", "region", "number", "code"),
    [
        ("+491712345678.0", None, "+491712345678", None),
        ("491712345678", "DE", "+491712345678", "phone_country_code"),
        ("491712345678.0", "DE", "+491712345678", "phone_country_code"),
        ("447911123456", "GB", "+447911123456", "phone_country_code"),
        ("15551234567", "US", "+15551234567", None),
        ("393491234567", "IT", "+393491234567", "phone_country_code"),
        ("491712345678", "+", "+491712345678", None),
        ("0041 79 123 45 67", None, "+41791234567", None),
        ("01141791234567", "US", "+41791234567", None),
        ("+49 (0)171 2345678", None, "+491712345678", None),
        ("(+49) 171 2345678", None, "+491712345678", None),
        ("tel:+49-171-2345678", None, "+491712345678", None),
        ("\u202a+49 171 2345678\u202c", None, "+491712345678", None),
        ("٠١٧١٢٣٤٥٦٧٨", "DE", "+491712345678", None),
        ("011 15-1234-5678", "AR", "+5491112345678", "phone_digits_changed"),
        ("+44 7911 12345O", None, None, "phone_letters"),
        ("+917878787xyz", None, None, "phone_letters"),
        ("1-800-FLOWERS", "US", None, "phone_letters"),
        ("+1 555 123 4567x12", None, None, "phone_extension"),
        ("+33 6 12 34 56 78 poste 12", None, None, "phone_extension"),
        ("+491712345678 / +491729999999", None, None, "phone_characters"),
        ("0171 2345678; 0172 1111111", "DE", None, "phone_characters"),
        ("4.91712E+11", None, None, "excel_scientific"),
        ("+4,91712e11", None, None, "excel_scientific"),
        ("491712345678", None, None, "phone_needs_region"),
        ("491712345678.5", "DE", None, "phone_characters"),
        ("+49 171 2345678 x12", None, None, "phone_extension"),
        ("5550123", "US", None, "phone_impossible"),
        ("011491712345678", "DE", None, "phone_impossible"),
        ("+49171234567812345", None, None, "phone_impossible"),
        ("hello", "DE", None, "phone_impossible"),
    ],
)
def test_a_phone_number_is_understood_as_a_whole(
    text: str, region: str | None, number: str | None, code: str | None
) -> None:
    reading = read_phone(text, "phoneNumber", ValidationContext(region))
    assert reading.number == number
    assert (reading.problem.code if reading.problem else None) == code


@given(st.text(alphabet="0123456789+ ()-./xOaE,;#", max_size=24), st.sampled_from([None, "DE", "US", "+"]))
def test_the_digits_that_are_sent_are_those_of_the_text_or_a_problem_says_so(text: str, region: str | None) -> None:
    reading = read_phone(text, "phoneNumber", ValidationContext(region))
    assert reading.number is not None or (reading.problem is not None and reading.problem.severity == "error")
    if reading.number is not None and reading.problem is None:
        digits = "".join(char for char in text.removesuffix(".0") if char.isdigit())
        assert digits.lstrip("0")[-6:] in reading.number or digits.rstrip("0")[-6:] in reading.number


def test_a_vanity_number_is_spelled_on_request() -> None:
    assert spell_on_keypad("1-800-FLOWERS") == "1-800-3569377"


WORDS = "legal winner thank year wave sausage worth useful legal winner thank yellow"


@pytest.mark.parametrize(
    "text",
    [
        WORDS,
        " ".join(f"{n}. {word}" for n, word in enumerate(WORDS.split(), 1)),
        "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ",
        "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
        "-----BEGIN EC PRIVATE KEY-----\nMHQCAQEEIB0123456789abcdef",
        "SCZANGBA5YHTNYVVV4C3U252E2B6P6F5T3U6MM63WBSBZATAQI3EBTQ4",
        str([17] * 64),
    ],
)
def test_keys_and_phrases_are_recognized_anywhere(text: str) -> None:
    assert is_private_key(text)
    row = SecretFilter(["email", "remark"]).apply(SourceRow(1, ("a@x.org", text)))
    assert row.cells == ("a@x.org", REMOVED)
    assert [(problem.code, problem.field) for problem in row.problems] == [("private_key", "remark")]


KEY = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("metadata", '{"a": {"privateKey": "0x' + KEY + '"}}'),
        ("notes", "pk:0x" + KEY),
        ("notes", '"0x' + KEY + '"'),
        ("bio", "my key is " + KEY),
        ("backup", KEY),
        ("sk", KEY),
        ("notes", "0x" + KEY[:30] + "\u200b" + KEY[30:]),
        ("notes", "".join(chr(ord(char) + 0xFEE0) for char in KEY)),
        ("notes", WORDS.replace(" ", "-")),
        ("notes", WORDS.replace(" ", "|")),
        ("notes", {"0x" + KEY: 1}),
        ("privateKey", int(KEY, 16)),
        ("data", {str(place): word for place, word in enumerate(WORDS.split())}),
        (
            "file",
            '{"crypto": {"ciphertext": "d172bf743a674da9cdad04534d56926e", "kdf": "scrypt"}}',
        ),
    ],
)
def test_keys_are_recognized_in_any_spelling(column: str, cell: Any) -> None:
    assert SecretFilter([column]).apply(SourceRow(1, (cell,))).cells == (REMOVED,)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("notes", "https://etherscan.io/tx/0x" + KEY),
        ("notes", "hash " + KEY),
        ("external_id", KEY),
        ("avatar", "https://gravatar.com/avatar/" + KEY),
        ("metadata", '{"hash": "0x' + KEY + '"}'),
        ("sui_wallet", "0x" + KEY),
    ],
)
def test_hashes_are_no_keys(column: str, cell: str) -> None:
    assert SecretFilter([column]).apply(SourceRow(1, (cell,))).cells == (cell,)


def test_a_phrase_in_one_column_for_each_word_is_recognized() -> None:
    words = WORDS.split()
    columns = ["email", *(f"word {place}" for place in range(1, 13))]
    row = SecretFilter(columns).apply(SourceRow(1, ("a@x.org", *words)))
    assert row.cells == ("a@x.org", *[REMOVED] * 12)


@pytest.mark.parametrize("key", ["0x" + KEY, WORDS])
def test_a_key_is_not_shown_as_a_name_or_in_a_note(key: str) -> None:
    with pytest.raises(SourceError) as error:
        open_source(io.BytesIO(f'[{{"email": "a@x.org", "{key}": 1}}]'.encode()))
    assert key not in str(error.value)
    text = f"{key},\nemail,name\na@x.org,Jos\u00e9 {key}\n"
    with open_source(io.BytesIO(text.encode())) as source:
        assert key[:40] not in source.info.to_json()


def test_keys_inside_objects_are_recognized() -> None:
    cells: Any = ({"wallets": [{"address": "0x" + "ab" * 20, "privateKey": "0x" + "cd" * 32}]}, "k:" + "ab" * 32)
    row = SecretFilter(["data", "kadena account"]).apply(SourceRow(1, cells))
    assert row.cells == (REMOVED, "k:" + "ab" * 32)


@pytest.mark.parametrize(
    ("column", "chain"),
    [
        ("solana_wallet", "SOL"),
        ("ETH Address", "EVM"),
        ("walletSolana", "SOL"),
        ("TRC20 address", "TRON"),
        ("sui_address", "SUI"),
    ],
)
def test_the_name_of_a_column_states_the_chain(column: str, chain: str) -> None:
    assert is_wallet_column(column) and wallet_chain(column) == chain


@pytest.mark.parametrize("column", ["address", "wallet", "method", "flow", "solution", "consolidated address"])
def test_other_columns_state_no_chain(column: str) -> None:
    assert not is_wallet_column(column)


FIELDS = (
    *("email", "phoneNumber", "username", "firstName", "alias", "country", "btcWallet"),
    *("wallets.0.publicWalletAddress", "oauthAccounts.0.accountId"),
)
TEXTS = (
    *(
        "",
        "a@x.org",
        "nope",
        "+4740612345",
        "12",
        "+47406123x",
        "nora",
        "nora.quist",
        "Ann (HR)",
        "Nora",
        "NO",
        "Atlantis",
    ),
    *("0x" + "ab" * 20, "0x12", "vitalik.eth", "So11111111111111111111111111111111111111112", "bc1qx", "1" * 300, "🙂"),
)
CONSTANTS = {
    "emailVerifiedAt": "unverified",
    "wallets.N.walletName": "metamask",
    "wallets.N.walletProvider": "browserExtension",
    "oauthAccounts.0.provider": "google",
}
ON_INVALID = st.dictionaries(
    st.sampled_from(("username", "firstName", "phoneNumber", "wallets", "oauthAccounts", "btcWallet")),
    st.sampled_from(sorted(ACTIONS)),
)


@given(st.lists(st.sampled_from(TEXTS), min_size=len(FIELDS), max_size=len(FIELDS)), ON_INVALID)
def test_every_value_is_sent_or_named_in_a_problem(cells: list[str], on_invalid: dict[str, str]) -> None:
    columns = tuple(ColumnMap(name, name, "", field_for(name).transforms) for name in FIELDS)
    mapped = Mapper(Mapping(columns, FIELDS, CONSTANTS, on_invalid=on_invalid), region="NO").map(
        SourceRow(1, tuple(cells))
    )
    named = {problem.field for problem in mapped.problems}
    for name, cell in zip(FIELDS, cells, strict=True):
        first, _, rest = name.partition(".")
        value: Any = mapped.user.get(first)
        if isinstance(value, list):
            value = value[0].get(rest.partition(".")[2]) if value else None
        if cell and value != cell and value is None and not mapped.needs_review:
            assert any(field.startswith(first) for field in named), (name, cell, mapped)
    if mapped.ok and not any(problem.code == "no_identity" for problem in mapped.problems):
        assert mapped.user.keys() & {"email", "phoneNumber", "username", "wallets", "oauthAccounts"}
    assert not mapped.needs_review or not mapped.ok


EVM, SOL = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045", "DYw8jCTfwHNRJhhmFcbXvVDTqWMEVFBX6ZKUmG5CNSKK"
WALLET = {"wallets.N.walletName": "metamask", "wallets.N.walletProvider": "browserExtension"}


def wallets_mapper(field: str) -> Mapper:
    mapping = Mapping((ColumnMap("email"), ColumnMap("wallet")), ("email", "wallet"))
    mapping = mapping.with_column("email", "email").with_column("wallet", field)
    for name, value in {"emailVerifiedAt": "unverified", **WALLET}.items():
        mapping = mapping.with_constant(name, value)
    return Mapper(mapping)


@pytest.mark.parametrize(
    "cell",
    [
        f"{EVM}, {SOL}",
        f"{EVM}\n{SOL}",
        [EVM, SOL],
        f'["{EVM}", "{SOL}"]',
        {"ethereum": EVM, "solana": SOL},
        [{"address": EVM}, SOL],
    ],
)
def test_several_addresses_become_several_wallets(cell: Any) -> None:
    user: Any = wallets_mapper("wallets").map(SourceRow(1, ("a@x.org", cell))).user
    assert [wallet["publicWalletAddress"] for wallet in user["wallets"]] == [EVM, SOL]


@pytest.mark.parametrize("cell", [[5], [{"label": "main"}], [None]])
def test_a_wallet_without_an_address_is_named(cell: Any) -> None:
    mapped = wallets_mapper("wallets").map(SourceRow(1, ("a@x.org", cell)))
    assert "wallets" not in mapped.user and "value_left_out" in [problem.code for problem in mapped.problems]


@pytest.mark.parametrize(
    ("cell", "part", "suggestion"),
    [
        ("vitalik.eth", "is a name, not an address", None),
        (EVM[2:], "lacks the 0x", EVM),
        (EVM[:-2], "but 38", None),
        (f"eip155:1:{EVM}", "other text around", EVM),
        (f"https://etherscan.io/address/{EVM}", "other text around", EVM),
        (f"{EVM}, {EVM[:-1]}6", "has 2 addresses", None),
        ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "BTC: its checksum is wrong", None),
        (EVM[:-1] + "O", "not 0x and 40 hex digits", None),
        ("r9cZA1mLK5R5Am25ArfXFmqgNwjZgnfk59", "", None),
    ],
)
def test_a_wallet_of_an_unknown_chain_says_what_is_wrong_with_the_address(
    cell: str, part: str, suggestion: str | None
) -> None:
    mapped = wallets_mapper("wallets.0.publicWalletAddress").map(SourceRow(1, ("a@x.org", cell)))
    problem = next(problem for problem in mapped.problems if problem.code == "unsendable_left_out")
    assert part in problem.message and problem.suggestion == suggestion


@pytest.mark.parametrize("column", ["manager_email", "referrer_wallet", "invitedBy", "contract address", "tx_hash"])
def test_values_of_somebody_else_are_not_mapped(column: str) -> None:
    value = "m@x.org" if "mail" in column or column == "invitedBy" else EVM
    with open_source(io.BytesIO(f"username,{column}\nnora,{value}\n".encode())) as source:
        mapping = propose_mapping(source.info, source.sample())
    assert [(each.column, bool(each.hint)) for each in mapping.unmapped] == [(column, True)]
