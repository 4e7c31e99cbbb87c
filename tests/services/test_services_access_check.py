"""Would somebody get in, who would be locked out: with the reasoning, and never surer than lists and gates allow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.services.access_fixtures import SITE_ACCESS_LIST, access_environment

from dyntui.core.errors import UsageError
from dyntui.core.json_types import as_list
from dyntui.services.access.access_policy import AccessPolicy, PolicyKind, read_access
from dyntui.services.access.actions import access_target
from dyntui.services.access.check import (
    AccessMatch,
    AccessVerdict,
    check_access,
    check_user,
    make_answer,
    parse_subject,
)
from dyntui.services.access.impact import with_enabled
from dyntui.services.access.lockout_count import count_affected, known_users
from dyntui.services.access.user_identifiers import entries_for, keys_for
from dyntui.services.actions.resource_actions import write_action
from dyntui.store.cache import RowCache

ENTRY = {"email": "ada@example.com"}


def row(name: str, outcome: str = "siteAccess", *, on: bool = True, **more: Any) -> dict[str, Any]:
    return {"id": name, "name": name, "outcome": outcome, "enabledAt": "2026-01-01" if on else None, **more}


def verdict(access: AccessPolicy, *on: dict[str, Any]) -> AccessVerdict:
    answer = make_answer(access, [AccessMatch(each, ENTRY) for each in on], "ada")
    assert answer.reasons, "there is always a reason"
    return answer.verdict


VIP, BANNED, OFF = row("VIP"), row("Banned", "block"), row("Old", on=False)
NEW = row("New", "unheardOf")
GATE = row("Holders", rules=[{"type": "nft", "address": {"networkId": 1, "contractAddress": "0xab"}}])


@pytest.mark.parametrize(
    ("lists", "gates", "on", "expected"),
    [
        ((), (), (), AccessVerdict.YES),
        ((OFF,), (), (), AccessVerdict.YES),
        ((VIP,), (), (), AccessVerdict.NO),
        ((VIP,), (), (VIP,), AccessVerdict.YES),
        ((VIP, BANNED), (), (VIP, BANNED), AccessVerdict.NO),
        ((BANNED,), (), (), AccessVerdict.YES),
        ((BANNED,), (), (BANNED,), AccessVerdict.NO),
        ((), (GATE,), (), AccessVerdict.DEPENDS),
        ((VIP,), (GATE,), (), AccessVerdict.DEPENDS),
        ((VIP,), (GATE,), (VIP,), AccessVerdict.DEPENDS),
        ((BANNED,), (GATE,), (BANNED,), AccessVerdict.NO),
        ((NEW,), (), (NEW,), AccessVerdict.DEPENDS),
        ((NEW,), (), (), AccessVerdict.DEPENDS),
        ((row("New", "unheardOf", on=False),), (), (), AccessVerdict.YES),
        ((VIP, NEW), (), (VIP,), AccessVerdict.DEPENDS),
        ((VIP, NEW), (), (), AccessVerdict.NO),
        ((BANNED, NEW), (), (BANNED,), AccessVerdict.NO),
        ((), (NEW,), (), AccessVerdict.DEPENDS),
        ((VIP,), (NEW,), (VIP,), AccessVerdict.DEPENDS),
    ],
)
def test_the_verdict_depends_on_lists_and_gates(lists: Any, gates: Any, on: Any, expected: AccessVerdict) -> None:
    assert verdict(AccessPolicy(lists, gates), *on) is expected


def test_an_unknown_outcome_is_named_in_the_answer_and_in_the_policy() -> None:
    access = AccessPolicy((), (NEW,))
    answer = make_answer(access, [], "ada")
    doubt = "Its outcome unheardOf is unknown to this version, and so is what it does to sign-in."
    assert answer.summary == "It depends: this version of dyntui cannot know what “New” does to ada."
    assert answer.reasons[-1] == f"The gate “New” is enabled. {doubt}"
    assert access.summary() == ["No siteAccess list is enabled.", f"“New” is enabled. {doubt}"]


def test_unreadable_gates_make_an_allowed_result_uncertain_only() -> None:
    assert verdict(AccessPolicy((VIP,), (), "Forbidden"), VIP) is AccessVerdict.DEPENDS
    assert verdict(AccessPolicy((VIP,), (), "Forbidden")) is AccessVerdict.NO


def test_the_reasons_name_the_entry_the_list_and_the_scope() -> None:
    beta = row("Beta", "scope", scope="beta")
    domain = {"emailDomain": "example.com"}
    answer = make_answer(
        AccessPolicy((VIP, beta, OFF)),
        [AccessMatch(VIP, domain), AccessMatch(beta, ENTRY), AccessMatch(OFF, ENTRY)],
        "ada",
    )
    assert answer.reasons == (
        "email domain example.com on “VIP”, which allows sign-in.",
        "email ada@example.com on “Old”, which is disabled.",
        "email ada@example.com on “Beta” gives the scope beta.",
    )
    assert answer.scopes == ("beta",)


async def test_an_email_is_allowed_by_itself_or_by_its_domain(tmp_path: Path) -> None:
    async with access_environment(tmp_path, flags={}) as env:
        made = await env.make("Partners", "siteAccess", "ada@example.com")
        await env.add(made, {"emailDomain": "https://partner.example"})
        await env.confirmed(write_action("allowlists.enable"), [access_target(made)])
        access = AccessPolicy(tuple((await read_access(env.client)).lists))
        for text, expected in (
            ("ADA@example.com", AccessVerdict.YES),
            ("anybody@partner.example", AccessVerdict.YES),
            ("anybody@example.com", AccessVerdict.NO),
            ("0x" + "12" * 20, AccessVerdict.NO),
        ):
            answer = await check_access(env.client, parse_subject(text), access=access)
            assert answer.verdict is expected, text


def test_an_ambiguous_subject_is_refused() -> None:
    with pytest.raises(UsageError, match="Cannot tell what"):
        parse_subject("ada")


async def test_a_user_is_checked_by_all_linked_identifiers(tmp_path: Path) -> None:
    async with access_environment(tmp_path, users=120) as env:
        access = await read_access(env.client)
        rows = (await env.client.users.list(limit=100)).rows
        listed = [user for user in rows if user["lists"]]
        assert len(listed) > 10
        for user in [*listed[:15], *[user for user in rows if not user["lists"]][:5]]:
            answer = await check_user(env.client, user, access=access)
            counting = {match.allowlist["name"] for match in answer.matches if match.allowlist["enabledAt"]}
            assert counting == set(as_list(user["lists"]))
            assert " ".join(answer.scopes).split() == str(user["scope"]).split()


def test_identifiers_come_from_the_user_and_from_every_credential() -> None:
    user = {
        "email": "Ada@Example.com",
        "wallets": [{"publicKey": "0x" + "AB" * 20}],
        "verifiedCredentials": [
            {"format": "oauth", "oauth_provider": "discord", "oauth_username": "ada"},
            {"format": "oauth", "oauth_provider": "farcaster", "oauth_username": "ada", "oauth_account_id": "77"},
            {"format": "oauth", "oauth_provider": "github", "oauth_username": "ada"},
            {"format": "phoneNumber", "phoneNumber": "15112345678", "phoneCountryCode": "49"},
            {"format": "externalUser", "public_identifier": "u-1"},
            {"format": "blockchain", "address": "0x" + "ab" * 20},
            "not an object",
        ],
    }
    assert keys_for(user) == {
        "entry:email:ada@example.com",
        "entry:emailDomain:example.com",
        "entry:walletPublicKey:0x" + "ab" * 20,
        "entry:discordUsername:ada",
        "entry:farcasterUsername:ada",
        "entry:farcasterFid:77",
        "entry:phoneNumber:+4915112345678",
        "entry:externalUserId:u-1",
    }
    assert entries_for({}) == []


async def test_users_that_would_be_locked_out_are_counted_with_their_total(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("DYNTUI_HOME", str(tmp_path / "home"))
    async with access_environment(tmp_path, users=250) as env:
        made = await env.make("Guests")
        users = (await env.client.users.list(limit=3)).rows
        await env.add(made, *({"email": user["email"]} for user in users if user.get("email")))
        before = await read_access(env.client)
        after = before.with_change(PolicyKind.LIST, [made["id"]], with_enabled(True))
        lockout = await count_affected(env.connection, before, after)
        blocked = len((await known_users(env.connection)).rows) - lockout.locked_out - 3
        assert lockout.locked_out > 200
        assert 0 <= blocked < 40, "who is on the block list was kept out before, and is not counted again"
        lines = lockout.lines()
        assert lines[0] == "Among all 250 users:"
        assert (
            f"{lockout.locked_out:,} could no longer sign in; {lockout.recently_active:,} of them visited" in lines[1]
        )
        assert lockout.sample[0] in lines[2]
        assert "Not counted: people who have not signed up yet, and identifiers linked later." in lines
        restored = await count_affected(env.connection, after, before)
        assert (restored.let_in, restored.locked_out) == (lockout.locked_out, 0)


async def test_cached_users_are_counted_with_their_age_and_share(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("DYNTUI_HOME", str(tmp_path / "home"))
    async with access_environment(tmp_path, users=250) as env:
        rows = (await env.client.users.list(limit=100)).rows
        cache = RowCache(env.connection.cache_file)
        cache.put("users", "q", 0, rows, 250)
        cache.close()
        few = await known_users(env.connection)
        assert few.source == "server", "a hundred of 250 say little, and the server is asked"
        more = RowCache(env.connection.cache_file)
        more.put("users", "q", 100, (await env.client.users.list(offset=100)).rows, 250)
        more.put("users", "q", 200, (await env.client.users.list(offset=200)).rows, 250)
        more.close()
        cached = await known_users(env.connection)
        assert (cached.source, len(cached.rows)) == ("cache", 250)
        assert cached.description.startswith("250 of 250 users in the row cache of this machine, as of")


async def test_a_missing_cache_of_users_is_reported(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("DYNTUI_HOME", str(tmp_path / "home"))
    async with access_environment(tmp_path, users=0) as env:
        before = await read_access(env.client)
        site_access_list = await env.policy(SITE_ACCESS_LIST)
        lockout = await count_affected(
            env.connection, before, before.with_change(PolicyKind.LIST, [site_access_list["id"]], with_enabled(True))
        )
        assert lockout.lines() == ["No users were counted: there are none, or none could be read."]
