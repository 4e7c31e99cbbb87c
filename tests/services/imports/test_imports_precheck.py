"""Before anything is sent: new, exists, conflict; by listing or by looking up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.services.imports.imports_fixtures import ENVIRONMENT, Cut, FakeServer, Reply, cut, job, people, run, states
from tests.store.journal_rows import stored_row

from dyntui.api.client import Client
from dyntui.api.rate_limiter import RateLimiters
from dyntui.importer import describe_key, entry_keys, field_of_key
from dyntui.services.imports.destination import refused_row_outcome
from dyntui.services.imports.precheck import PRECHECKED, PrecheckResult, run_precheck
from dyntui.services.imports.server_reader import make_reader
from dyntui.services.imports.user_destination import UserDestination
from dyntui.store.journal import Journal, WorkRow
from dyntui.store.precheck_matches import found_rows
from dyntui.store.states import RowState

OLD = "2020-01-01T00:00:00.000Z"


async def checked(journal: Journal, server: FakeServer, *, upsert: bool = False) -> PrecheckResult:
    async with Client(
        "http://localhost/api/v0", ENVIRONMENT, "dyn_test", app=server, rate_limiters=RateLimiters(0, 0)
    ) as client:
        return await run_precheck(journal, make_reader(client), UserDestination(upsert=upsert), upsert=upsert)


def crowd(server: FakeServer, count: int) -> None:
    for number in range(count):
        server.add({"email": f"old{number}@example.com", "username": f"old{number}"}, at=OLD)


ROWS: list[dict[str, Any]] = [
    {"email": "new@example.com"},
    {"email": "OLD3@example.com", "firstName": "There"},
    {"email": "old1@example.com", "username": "old2"},
    {"email": "fresh@example.com", "username": "old4"},
    {"firstName": "Nobody"},
]


@pytest.mark.parametrize("existing", [6, 60, 250])
async def test_each_row_is_new_or_matches_one_or_two_users(tmp_path: Path, existing: int) -> None:
    server = FakeServer()
    crowd(server, existing)
    with job(tmp_path, ROWS) as journal:
        found = await checked(journal, server)
        assert states(journal) == ["pending", "exists", "review", "pending", "pending"]
        assert (found.new, found.exists, found.conflict, found.taken) == (2, 1, 1, 1)
        row = stored_row(journal, 2)
        assert row is not None
        assert row.user_id == next(user["id"] for user in server.users if user["email"] == "old3@example.com")
        assert journal.facts[PRECHECKED]["exists"] == 1
        looked_up = any("filter[filterValue]" in query for query in server.lookups)
        assert looked_up is (len(ROWS) <= existing * 0.05)
        assert not server.posts


@pytest.mark.parametrize("existing", [6, 250])
async def test_an_upsert_keeps_the_rows_and_lists_the_changes(tmp_path: Path, existing: int) -> None:
    server = FakeServer()
    crowd(server, existing)
    server.users[0].update(firstName="Same", metadata={"plan": "free", "seat": 1})
    rows: list[dict[str, Any]] = [
        {"email": "old0@example.com", "firstName": "Same", "metadata": {"plan": "pro"}},
        {"email": "old1@example.com"},
        {"email": "old2@example.com", "firstName": "Ada"},
        {"email": "new@example.com", "firstName": "New"},
    ]
    with job(tmp_path, rows) as journal:
        found = await checked(journal, server, upsert=True)
        assert states(journal) == ["pending"] * 4
        assert (found.new, found.exists, found.unchanged) == (1, 3, 1)
        assert dict(found.changes) == {"metadata.plan": 1, "firstName": 1}
        assert [(row, diff) for row, _, diff in sorted(found.samples)] == [
            (1, {"metadata.plan": ("free", "pro")}),
            (3, {"firstName": (None, "Ada")}),
        ]


async def test_a_list_that_shrinks_while_it_is_read_hides_no_user(tmp_path: Path) -> None:
    server = FakeServer()
    crowd(server, 350)
    calls = 0

    def shrink() -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            del server.users[:50]

    server.on_get = lambda: shrink()
    rows = [{"email": f"old{n}@example.com"} for n in range(50, 350)]
    with job(tmp_path, rows) as journal:
        found = await checked(journal, server)
        assert found.exists == 300


async def test_a_user_that_existed_before_is_not_counted_as_created(tmp_path: Path) -> None:
    """Its clock says that the user is new, the check knows better."""
    server = FakeServer()
    server.add({"email": "row1@example.com", "updatedAt": OLD}, at="2099-01-01T00:00:00Z")
    server.script = [cut]
    with job(tmp_path, people(2)) as journal:
        await checked(journal, server, upsert=True)
        await run(journal, server, upsert=True)
        row = stored_row(journal, 1)
        assert row is not None
        assert row.state == "updated"


async def test_an_upsert_with_a_lost_response_is_distinguished_from_later_changes(tmp_path: Path) -> None:
    server = FakeServer()
    for number in range(1, 5):
        server.add({"email": f"row{number}@example.com", "firstName": "Before"}, at=OLD)

    def half(fake: FakeServer, rows: list[dict[str, Any]]) -> Reply:
        fake.apply(rows[:2], upsert=True)
        # Somebody edits row 2 right after; row 3 and 4 are not applied.
        fake.users[1].update(firstName="Edited", updatedAt="2099-01-01T00:00:00Z")
        raise Cut

    server.script = [half]
    with job(tmp_path, people(4)) as journal:
        await checked(journal, server, upsert=True)
        await run(journal, server, upsert=True)
        assert states(journal) == ["updated", "review", "updated", "updated"]
        assert server.users[1]["firstName"] == "Edited"
        assert [len(post) for post in server.posts] == [4, 2]


GITHUB = {"provider": "github", "accountId": "77", "accountUsername": "ada"}
WALLET = {"publicWalletAddress": "0x" + "AB" * 20, "chain": "EVM"}
SHARED: dict[str, tuple[dict[str, Any], str, str]] = {
    "phone": ({"phoneNumber": "+4915112345678"}, "phone +4915112345678", "phoneNumber"),
    "username": ({"username": "ada"}, "username ada", "username"),
    "wallet": ({"wallets": [WALLET]}, "EVM wallet 0x" + "ab" * 20, "wallets"),
    "social account": ({"oauthAccounts": [GITHUB]}, "github account 77", "oauthAccounts"),
}


@pytest.mark.parametrize("name", SHARED)
@pytest.mark.parametrize("existing", [1, 250])
async def test_the_conflicting_value_of_another_user_is_named_instead_of_the_email(
    tmp_path: Path, name: str, existing: int
) -> None:
    shared, words, _ = SHARED[name]
    server = FakeServer()
    crowd(server, existing)
    other = server.add({"email": "other@example.com", **shared}, at=OLD)
    with job(tmp_path, [{"email": "new@example.com", **shared}]) as journal:
        found = await checked(journal, server)
        assert found.taken == 1
        row = found_rows(journal, [1])[1]
        assert [describe_key(key) for key in row.keys] == [words]
        assert row.users == (other["id"],)
        assert found.collisions == [(1, f"{words} is of user {other['id']}")]
        assert journal.facts[PRECHECKED]["collisions"] == [[1, f"{words} is of user {other['id']}"]]


@pytest.mark.parametrize("name", SHARED)
async def test_a_row_that_matches_two_users_names_both_values(tmp_path: Path, name: str) -> None:
    shared, words, field = SHARED[name]
    server = FakeServer()
    first = server.add({"email": "first@example.com"}, at=OLD)
    second = server.add({"email": "second@example.com", **shared}, at=OLD)
    with job(tmp_path, [{"email": "first@example.com", **shared}]) as journal:
        assert (await checked(journal, server)).conflict == 1
        row = stored_row(journal, 1)
        assert row is not None
        assert row.field == field
        assert row.message == (
            f"The row matches 2 on the server: email first@example.com is of user {first['id']}; "
            f"{words} is of user {second['id']}."
        )


@pytest.mark.parametrize("value", [{"email": "a@b.example"}, {"phoneNumber": "+4915112345678"}, {"farcasterFid": 7}])
def test_a_duplicate_entry_is_reported_with_its_field(value: dict[str, Any]) -> None:
    (key,) = entry_keys(value)
    (name,) = value
    assert field_of_key(key) == name
    assert describe_key(key).endswith(str(value[name]))
    assert describe_key(key).split()[0] in name.lower()


@pytest.mark.parametrize(("precheck", "state"), [("taken", RowState.FAILED), ("new", RowState.EXISTS)])
def test_a_refusal_without_a_field_is_not_attributed_to_the_email(precheck: str, state: RowState) -> None:
    row = WorkRow(1, b"{}", "email:new@example.com\x1fphone:+4915112345678", 0, None, "", precheck, 0, "")
    assert refused_row_outcome(row, "duplicate_exists", "it is there").state is state


@pytest.mark.parametrize("filters", ["form", "ignored", "refused"])
async def test_a_filter_that_the_server_does_not_apply_changes_no_match(tmp_path: Path, filters: str) -> None:
    server = FakeServer()
    server.filters = filters
    crowd(server, 250)
    with job(tmp_path, ROWS) as journal:
        found = await checked(journal, server)
        assert states(journal) == ["pending", "exists", "review", "pending", "pending"]
        assert (found.new, found.exists, found.conflict, found.taken) == (2, 1, 1, 1)
        reads_list = any("orderBy" in query for query in server.lookups)
        assert reads_list is (filters != "form"), "the list is read when no filter works"
