"""Wallet addresses: known good ones are valid, and one wrong letter is seen wherever a chain has a checksum."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyntui.importer.addresses import CHAIN_FAMILIES, check_address, eip55, family_of, keccak256

# Published examples: EIP-55, BIP-173, BIP-350, SEP-23, vendors' documentation.
CHECKED = [
    ("EVM", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
    ("ETH", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"),
    ("TEMPO", "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB"),
    ("BTC", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    ("BTC", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"),
    ("BTC", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
    ("BTC", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"),
    ("BTC", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"),
    ("LTC", "LaMT348PWRnrqeeWArpwQPbuanpXDZGEUz"),
    ("LTC", "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9"),
    ("DOGE", "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L"),
    ("TRON", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
    ("COSMOS", "cosmos1depk54cuajgkzea6zpgkq36tnjwdzv4afc3d27"),
    ("ALGO", "7777777777777777777777777777777777777777777777777774MSJUVU"),
    ("STELLAR", "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ"),
    ("TON", "EQDtFpEwcFAEcRe5mLVh2N6C0x-_hJEM7W61_JLnSF74p4q2"),
    ("KAS", "kaspa:qpauqsvk7yf9unexwmxsnmg547mhyga37csh0kj53q6xxgl24ydxjsgzthw5j"),
    ("CKB", "ckb1qzda0cr08m85hc8jlnfp3zer7xulejywt49kt2rr0vthywaa50xwsqdnnw7qkdnnclfkg59uzn8umtfd2kwxceqxwquc4"),
    ("ALEO", "aleo1rhgdu77hgyqd3xjj8ucu3jj9r2krwz6mnzyd80gncr5fxcwlh5rsvzp9px"),
    ("SPARK", "spark1pgssy7d7vel0nh9m4326qc54e6rskpczn07dktww9rv4nu5ptvt0s9uc489gg2"),
    ("SPARK", "sp1pgssy7d7vel0nh9m4326qc54e6rskpczn07dktww9rv4nu5ptvt0s9ucez8h3s"),
]
UNCHECKED = [
    ("SOL", "So11111111111111111111111111111111111111112"),
    ("ECLIPSE", "11111111111111111111111111111111"),
    ("FLOW", "0x1654653399040a61"),
    ("SUI", "0x" + "ab" * 32),
    ("APTOS", "0x1"),
    ("STARK", "0x049d36570d4e46f48e99674bd3fcc84644ddd6b96f7c741b1562b82f9e004dc7"),
    ("KDA", "k:" + "0f" * 32),
    ("TON", "0:" + "ab" * 32),
]


@pytest.mark.parametrize(("chain", "address"), CHECKED)
def test_an_address_with_a_right_checksum_is_valid(chain: str, address: str) -> None:
    assert check_address(chain, address).state == "valid"


@pytest.mark.parametrize(("chain", "address"), UNCHECKED)
def test_an_address_of_a_chain_without_a_checksum_is_not_called_valid(chain: str, address: str) -> None:
    assert check_address(chain, address).state == "format"


@pytest.mark.parametrize(("chain", "address"), CHECKED)
@given(data=st.data())
def test_one_changed_letter_is_detected(chain: str, address: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(min_value=len(address) // 2, max_value=len(address) - 1))
    others = [char for char in address if char.casefold() != address[place].casefold() and char.isalnum()]
    changed = address[:place] + data.draw(st.sampled_from(others)) + address[place + 1 :]
    assert check_address(chain, changed).state != "valid"


@pytest.mark.parametrize(("chain", "address"), [*CHECKED, *UNCHECKED])
@pytest.mark.parametrize("spoil", ["{}x!", " {}", "{}é", "", "0x", "{}\n"])
def test_a_damaged_address_is_malformed_or_fails_its_checksum(chain: str, address: str, spoil: str) -> None:
    assert check_address(chain, spoil.format(address)).state in ("malformed", "checksum")


@given(st.sampled_from([*CHAIN_FAMILIES, "MOON"]), st.text(max_size=110))
def test_any_text_is_classified_without_an_exception(chain: str, text: str) -> None:
    assert check_address(chain, text).state in ("valid", "format", "one-case", "checksum", "malformed", "unknown")
    family_of(text)


def test_an_evm_address_in_one_case_has_no_checksum_and_a_wrong_case_is_corrected() -> None:
    address = CHECKED[0][1]
    for same in (address.lower(), "0x" + address[2:].upper()):
        assert check_address("EVM", same).state == "one-case"
    assert check_address("EVM", address.replace("aAeb", "AAeb")).correct == address


def test_an_address_of_another_chain_is_malformed() -> None:
    assert check_address("TRON", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa").state == "malformed"
    assert check_address("DOGE", "LaMT348PWRnrqeeWArpwQPbuanpXDZGEUz").state == "malformed"
    assert check_address("BTC", "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx").state == "malformed"
    assert check_address("BTC", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5").state == "checksum"


def test_the_chain_family_follows_from_the_form_of_the_address() -> None:
    families = {family_of(address) for _, address in CHECKED}
    assert families == {"EVM", "BTC", "TRON", "STELLAR", "ALGO", "TON", "SPARK", "ALEO", None}
    assert {family_of(address) for _, address in UNCHECKED} == {"SOL", None}


def test_keccak_differs_from_sha3() -> None:
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak256(b"abc").hex() == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"
    assert keccak256(b"x" * 136) != hashlib.sha3_256(b"x" * 136).digest()
    assert eip55("0xde709f2102306220921060314715629080e2fb77") == "0xde709f2102306220921060314715629080e2fb77"


def test_at_least_seventeen_families_are_supported() -> None:
    assert len(CHAIN_FAMILIES) >= 17
