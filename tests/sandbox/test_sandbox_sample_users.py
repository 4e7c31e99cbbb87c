"""The sample users: reproducible by seed and valid by the rules of the API."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import orjson
import phonenumbers
import pytest
from email_validator import validate_email

from dyntui.api.catalog import catalog
from dyntui.sandbox import sample_names
from dyntui.sandbox.addresses import ADDRESS, wallet_key
from dyntui.sandbox.clock import Clock
from dyntui.sandbox.ids import Ids
from dyntui.sandbox.sample_users import SampleUsers
from dyntui.sandbox.schema_validation import body_violations
from dyntui.sandbox.store import Store
from dyntui.sandbox.user_record import to_row, unique_keys
from dyntui.sandbox.user_repository import UserFilter, UserRepository

pytestmark = pytest.mark.usefixtures("created_sandboxes")

NEWEST = 1_795_000_000_000


def test_a_user_depends_on_seed_and_position_only() -> None:
    people = SampleUsers(Ids(1), 300, NEWEST)
    assert people.make_record(7) == SampleUsers(Ids(1), 300, NEWEST).make_record(7)
    assert people.make_record(7) != SampleUsers(Ids(2), 300, NEWEST).make_record(7)
    assert orjson.loads(orjson.dumps(people.make_record(9))) == people.make_record(9)


def test_search_values_match_the_record() -> None:
    people = SampleUsers(Ids(1), 300, NEWEST)
    for position, (row, keys) in enumerate(people.make_rows(1, 301), 1):
        record = people.make_record(position)
        assert row == to_row(record, position, doc=None)
        assert keys == unique_keys(record)


def test_keys_and_ids_are_unique() -> None:
    people = SampleUsers(Ids(5), 30_000, NEWEST)
    ids: set[str] = set()
    keys: set[str] = set()
    count = 0
    for row, own in people.make_rows(1, 30_001):
        ids.add(row[1])
        keys.update(own)
        count += len(own)
    assert (len(ids), len(keys)) == (30_000, count)


def test_sample_users_are_valid_import_rows() -> None:
    people = SampleUsers(Ids(1), 600, NEWEST)
    rows = []
    for position in range(1, 601):
        record = people.make_record(position)
        wallets = [
            {
                "publicWalletAddress": w["address"],
                "chain": w["chain"],
                "walletName": w["name"],
                "walletProvider": w["provider"],
            }
            for w in record["wallets"]
        ]
        repository = [
            {
                "provider": a["provider"],
                "accountId": a["accountId"],
                "displayName": a["displayName"],
                "username": a["username"],
            }
            for a in record["oauth"]
        ]
        rows.append({**record["profile"], "wallets": wallets, "oauthAccounts": repository})
        for violation in body_violations(catalog().get("bulkCreateUser"), rows[-1:], strict=True):
            raise AssertionError((violation.message, rows[-1]))
        if "email" in record["profile"]:
            validate_email(record["profile"]["email"], check_deliverability=False)
        if "phoneNumber" in record["profile"]:
            assert phonenumbers.is_possible_number(phonenumbers.parse(record["profile"]["phoneNumber"]))
    assert sum("email" in row for row in rows) > 500
    assert {w["chain"] for row in rows for w in row["wallets"]} >= {"EVM", "SOL", "BTC", "SUI", "COSMOS"}


def test_sample_users_have_names_in_many_scripts() -> None:
    assert len(sample_names.NAME_SETS) >= 20
    spelt = [(first[1], last[1]) for c in sample_names.NAME_SETS for first in c.first for last in c.last]
    assert len(set(spelt)) == len(spelt) == len(sample_names.NAME_SETS) * 100
    assert all(re.fullmatch("[a-z]+", word) for pair in spelt for word in pair)
    people = SampleUsers(Ids(1), 400, NEWEST)
    names = [people.make_record(position)["profile"].get("firstName", "") for position in range(1, 401)]
    assert sum(not name.isascii() for name in names) > 100


def test_times_are_in_order() -> None:
    people = SampleUsers(Ids(1), 500, NEWEST)
    created = []
    for position in range(1, 501):
        record = people.make_record(position)
        created.append(record["createdAt"])
        assert record["createdAt"] == record["firstVisit"] <= record["lastVisit"] + 1000
        assert record["lastVisit"] <= NEWEST + 1000
        for wallet in record["wallets"]:
            assert record["createdAt"] - 1000 <= wallet["createdAt"] <= wallet["updatedAt"] <= NEWEST + 1000
        for session in record["sessions"]:
            assert record["createdAt"] - 1000 <= session["createdAt"] <= record["lastVisit"] + 1000
        if record["emailVerifiedAt"]:
            datetime.fromisoformat(record["emailVerifiedAt"])
    assert created == sorted(created)
    assert NEWEST - created[-1] < 2 * 86_400_000 < 300 * 86_400_000 < NEWEST - created[0]


def test_addresses_are_valid_for_their_chains() -> None:
    program = bytes.fromhex("751e76e8199196d454941c45d1b3a323f1433bd6")  # the example of BIP 173
    assert ADDRESS["BTC"](program + bytes(12)) == "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    for n in range(300):
        number = 0
        for char in ADDRESS["SOL"](Ids(n).digest("x", 32)):
            number = number * 58 + alphabet.index(char)
        assert 1 << 248 <= number < 1 << 256
    assert all(re.fullmatch("[A-Za-z0-9_]{18,100}", make(bytes(range(32)))) for make in ADDRESS.values())
    assert wallet_key("ETH", "0xAB") == wallet_key("EVM", "0xab") != wallet_key("SOL", "0xab")
    assert wallet_key("SOL", "Ab") != wallet_key("SOL", "aB")


@pytest.mark.parametrize("position", [1, 2, 77, 1_000_000, 2**32 - 1])
def test_the_id_of_a_child_decodes_to_its_owner(position: int) -> None:
    ids = Ids(1)
    for name in ("session 0", "wallet 1", "oauth"):
        child = ids.child(position, name)
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", child)
        assert ids.owner(child) == position
    assert len({ids.child(position, f"session {n}")[:8] for n in range(50)}) > 40


@pytest.mark.parametrize("users", [0, 1, 2, 7])
async def test_few_users_work(make_api: Any, users: int) -> None:
    api = make_api(users=users)
    assert (await api.get("ENV/users"))["count"] == users
    await api.create(email="a@example.com")


@pytest.mark.slow
def test_a_million_users_are_made_and_paged() -> None:
    store = Store()
    repository = UserRepository(store, SampleUsers(Ids(1), 1_000_000, NEWEST), Clock())
    with store.write():
        repository.insert_sample_users()
    store.make_indexes()
    page = repository.page(UserFilter(), "createdAt-asc", 990_000, 100)
    assert page == (1_000_000, list(range(990_001, 990_101)))


@pytest.mark.slow
def test_users_made_in_several_processes_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from dyntui.sandbox import parallel_seed

    people = SampleUsers(Ids(4), 41_000, NEWEST)
    alone = list(parallel_seed.make_chunks(people))
    monkeypatch.setattr(parallel_seed, "_PARALLEL_FROM", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert list(parallel_seed.make_chunks(people)) == alone
