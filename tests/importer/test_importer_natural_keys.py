"""Natural keys and duplicates inside a file."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyntui.importer import entry_keys, natural_keys

EVM = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


@pytest.mark.parametrize(
    ("user", "keys"),
    [
        ({"email": " Ada@Example.com"}, ("email:ada@example.com",)),
        ({"phoneNumber": "+49 (0) 30-90"}, ("phone:+4903090",)),
        ({"phoneNumber": "0049 3090"}, ("phone:+493090",)),
        ({"username": "Ada"}, ("username:Ada",)),
        ({"wallets": [{"publicWalletAddress": EVM, "chain": "ETH"}]}, (f"wallet:EVM:{EVM.lower()}",)),
        ({"wallets": [{"publicKey": EVM, "chain": "EVM"}]}, (f"wallet:EVM:{EVM.lower()}",)),
        ({"wallets": [{"publicWalletAddress": "AbC1", "chain": "SOL"}]}, ("wallet:SOL:AbC1",)),
        ({"wallets": [{"publicWalletAddress": "0x00aB", "chain": "SUI"}]}, ("wallet:SUI:0xab",)),
        ({"oauthAccounts": [{"provider": "GitHub", "accountId": 123}]}, ("oauth:github:123",)),
        ({"oauthAccounts": [{"provider": "github"}], "wallets": [{}], "email": None}, ()),
        ({"firstName": "Ada"}, ()),
    ],
)
def test_keys_are_normalized(user: dict[str, Any], keys: tuple[str, ...]) -> None:
    assert natural_keys(user) == keys


def test_bech32_keys_ignore_case_and_base58_keys_do_not() -> None:
    def key(address: str) -> tuple[str, ...]:
        return natural_keys({"wallets": [{"publicWalletAddress": address, "chain": "BTC"}]})

    assert key("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4") == key("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")
    assert key("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa") != key("1a1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")


def test_a_repeated_key_of_a_user_is_one_key() -> None:
    wallet = {"publicWalletAddress": EVM, "chain": "EVM"}
    assert len(natural_keys({"wallets": [wallet, {**wallet, "chain": "ETH"}]})) == 1


json_values = st.recursive(
    st.none() | st.integers() | st.text(max_size=8),
    lambda v: (
        st.lists(v, max_size=3)
        | st.dictionaries(
            st.sampled_from(["provider", "accountId", "chain", "publicWalletAddress", "x"]), v, max_size=3
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["email", "phoneNumber", "username", "wallets", "oauthAccounts"]), json_values))
def test_keys_of_any_value_are_single_lines(user: dict[str, Any]) -> None:
    assert all(key and "\n" not in key and "\r" not in key for key in natural_keys(user))


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        ({"email": "Ada@X.com", "alias": "a"}, "entry:email:ada@x.com"),
        ({"walletPublicKey": EVM}, f"entry:walletPublicKey:{EVM.lower()}"),
        ({"emailDomain": "https://Example.org/"}, "entry:emailDomain:example.org"),
        ({"emailDomain": "example.org"}, "entry:emailDomain:example.org"),
        ({"phoneNumber": "+1 202 555 0143"}, "entry:phoneNumber:+12025550143"),
        ({"farcasterFid": 5.0}, "entry:farcasterFid:5"),
        ({"twitterUsername": "Ada"}, "entry:twitterUsername:ada"),
        ({"externalUserId": "Ab"}, "entry:externalUserId:Ab"),
    ],
)
def test_entries_have_normalized_keys(entry: dict[str, Any], key: str) -> None:
    assert entry_keys(entry) == (key,)
