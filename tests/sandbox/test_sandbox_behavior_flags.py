"""Every behavior flag has the effect that its help describes: one test for each."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tests.sandbox import flag_cases_streams  # noqa: F401 it registers its cases
from tests.sandbox.flag_cases import CASES, flag_case

from dyntui.core.errors import UsageError
from dyntui.sandbox.behavior_flags import BEHAVIOR_FLAGS, BehaviorFlags, parse_flags
from dyntui.sandbox.options import RateLimit


def pairs() -> list[tuple[str, str]]:
    return [(name, value) for name, (_, expected) in CASES.items() for value in expected]


def wallet(letter: str) -> dict[str, Any]:
    return {"publicWalletAddress": "0x" + letter * 40, "chain": "EVM", "walletName": "x", "walletProvider": "qrCode"}


async def upserted(api: Any, before: dict[str, Any], row: dict[str, Any]) -> Any:
    made = await api.create(**before)
    await api.bulk(row, upsert=True)
    return (await api.get(f"ENV/users/{made['id']}"))["user"]


@flag_case(sandbox="sandbox", live="live")
async def environment_name(api: Any, _: str) -> Any:
    return (await api.get("ENV"))["settings"]["environmentName"]


@flag_case(yes=200, no=404)
async def newer_operations(api: Any, _: str) -> Any:
    user = (await api.users(limit=1))[0]
    return (await api("GET", f"ENV/users/{user['id']}/sessions")).status_code


@flag_case(_0=0, _60000=1)
async def accepted_delay_ms(api: Any, _: str) -> Any:
    user = next(each for each in await api.users(includeSessions="true") if each["sessions"])
    assert (await api("POST", "ENV/users/sessions/revoke")).status_code == 202
    rows = (await api.get(f"ENV/users/{user['id']}/sessions?limit=1&revoked=false"))["sessions"]
    return len(rows)


@flag_case(off=(201, 204, 0), destructive=(201, 202, 1), all=(202, 202, 0), denied=(202, 202, 0))
async def approvals(api: Any, _: str) -> Any:
    made = await api("POST", "ENV/users", {"alias": "held"})
    user_id = made.json().get("user", {}).get("id", "00000000-0000-4000-8000-000000000000")
    deleted = await api("DELETE", f"ENV/users/{user_id}")
    query = {"filter[filterValue]": "held", "filter[filterColumn]": "alias"}
    return made.status_code, deleted.status_code, len(await api.users(**query))


@flag_case(yes=200, no=404)
async def tokens_me(api: Any, _: str) -> Any:
    return (await api("GET", "/tokens/me")).status_code


@flag_case(any=(201, 201, 201), documented=(400, 400, 201))
async def field_patterns(api: Any, _: str) -> Any:
    rows = [{"alias": "Bob (admin) [x]"}, {"username": "nora.quist"}, {"username": "_Zoë-3"}]
    replies = [await api("POST", "ENV/users/bulk", [row]) for row in rows]
    assert not any(reply.json().get("failed") for reply in replies)
    return tuple(reply.status_code for reply in replies)


@flag_case(remove=(None, None, None), store=("", "", ""))
async def empty_text(api: Any, _: str) -> Any:
    made = await api.create(email="", username="", alias="Ada")
    await api("PUT", f"ENV/users/{made['id']}", {"alias": ""})
    user = (await api.get(f"ENV/users/{made['id']}"))["user"]
    return user["email"], user["username"], user["alias"]


@flag_case(yes=200, no=403)
async def organization_access(api: Any, _: str) -> Any:
    return (await api("GET", "/organizations")).status_code


@flag_case(_2="too_many_api_tokens", _3=None, _0=None)
async def max_tokens(api: Any, _: str) -> Any:
    return (await api("POST", "ENV/tokens", {"note": "x"})).json().get("code")


@flag_case(_404=404, _400=400)
async def malformed_id(api: Any, _: str) -> Any:
    return (await api("GET", "ENV/users/nobody")).status_code


@flag_case(null=True, omit=False)
async def null_fields(api: Any, _: str) -> Any:
    return "email" in await api.create(alias="x")


async def found(api: Any) -> list[str]:
    await api.create(alias="Needle")
    await api.create(alias="Needle two")
    await api.create(alias="a Needle")
    query = {"filter[filterValue]": "needle", "filter[filterColumn]": "alias", "orderBy": "alias-asc"}
    return [user["alias"] for user in await api.users(**query)]


@flag_case(contains=["a Needle", "Needle", "Needle two"], prefix=["Needle", "Needle two"], exact=["Needle"])
async def filter_match(api: Any, _: str) -> Any:
    return await found(api)


@flag_case(deep__object=[3, 43], form=[43, 3], both=[3, 3], ignored=[43, 43], refused=[400, 400])
async def filter_encoding(api: Any, _: str) -> Any:
    for alias in ("Needle", "Needle two", "a Needle"):
        await api.create(alias=alias)
    queries = ("filter[filterValue]=needle&filter[filterColumn]=alias", "filterValue=needle&filterColumn=alias")
    replies = [await api("GET", f"ENV/users?{query}") for query in queries]
    return [reply.json()["count"] if reply.status_code == 200 else reply.status_code for reply in replies]


@flag_case(total=40, page=5)
async def users_count(api: Any, _: str) -> Any:
    return (await api.get("ENV/users", limit=5))["count"]


@flag_case(createdAt__desc=True, createdAt__asc=False)
async def default_order(api: Any, _: str) -> Any:
    users = await api.users(limit=2)
    return users[0]["createdAt"] > users[1]["createdAt"]


@flag_case(reject=400, ignore=200)
async def unknown_order(api: Any, _: str) -> Any:
    return (await api("GET", "ENV/users", orderBy="shoeSize-asc")).status_code


@flag_case(reject=400, clamp=200)
async def limit_above_maximum(api: Any, _: str) -> Any:
    return (await api("GET", "ENV/users", limit=101)).status_code


@flag_case(yes=True, no=False)
async def sessions_on_get(api: Any, _: str) -> Any:
    id = (await api.users(limit=1))[0]["id"]
    return "sessions" in (await api.get(f"ENV/users/{id}"))["user"]


@flag_case(yes=True, no=False)
async def sessions_on_list(api: Any, _: str) -> Any:
    return "sessions" in (await api.users(limit=1, includeSessions="true"))[0]


@flag_case(yes=True, no=False)
async def deleted_wallets_listed(api: Any, _: str) -> Any:
    return any(wallet["deletedAt"] for wallet in (await api.get("ENV/wallets", limit=100))["wallets"])


@flag_case(any=1, email=0)
async def upsert_match(api: Any, _: str) -> Any:
    await api.create(username="ana")
    return len((await api.bulk({"username": "ana", "alias": "x"}, upsert=True))["updated"])


@flag_case(merge={"a": 1, "b": 2}, replace={"b": 2})
async def upsert_metadata(api: Any, _: str) -> Any:
    return (await upserted(api, {"username": "ana", "metadata": {"a": 1}}, {"username": "ana", "metadata": {"b": 2}}))[
        "metadata"
    ]


@flag_case(merge=2, replace=1)
async def upsert_wallets(api: Any, _: str) -> Any:
    return len(
        (
            await upserted(
                api, {"username": "ana", "wallets": [wallet("a")]}, {"username": "ana", "wallets": [wallet("b")]}
            )
        )["wallets"]
    )


@flag_case(merge=2, replace=1)
async def upsert_oauth(api: Any, _: str) -> Any:
    before = {"username": "ana", "oauthAccounts": [{"provider": "google", "accountId": "1"}]}
    return len(
        (await upserted(api, before, {"username": "ana", "oauthAccounts": [{"provider": "line", "accountId": "1"}]}))[
            "oauthAccounts"
        ]
    )


@flag_case(keep="a@example.com", change="b@example.com")
async def upsert_email(api: Any, _: str) -> Any:
    return (
        await upserted(
            api, {"username": "ana", "email": "a@example.com"}, {"username": "ana", "email": "b@example.com"}
        )
    )["email"]


@flag_case(change=True, keep=False)
async def upsert_email_verified(api: Any, _: str) -> Any:
    user = await upserted(
        api, {"email": "a@example.com"}, {"email": "a@example.com", "emailVerifiedAt": "2026-01-01T00:00:00Z"}
    )
    return user["verifiedCredentials"][0]["signInEnabled"]


@flag_case(replace={"b": 2}, merge={"a": 1, "b": 2})
async def update_metadata(api: Any, _: str) -> Any:
    made = await api.create(metadata={"a": 1})
    return (await api("PUT", f"ENV/users/{made['id']}", {"metadata": {"b": 2}})).json()["user"]["metadata"]


@flag_case(whole=(400, []), row=(201, ["invalid_wallet_address", "invalid_user"]))
async def bulk_violation(api: Any, _: str) -> Any:
    bad = {**wallet("a"), "publicWalletAddress": "0x1"}
    response = await api("POST", "ENV/users/bulk", [{"alias": "ok"}, {"wallets": [bad]}, {"policiesConsent": "x"}])
    return response.status_code, [entry["code"] for entry in response.json().get("failed", [])]


@flag_case(input={"email": "bad", "alias": "x"}, keys={"email": "bad"}, none=None)
async def bulk_echo(api: Any, _: str) -> Any:
    return (await api.bulk({"email": "bad", "alias": "x"}))["failed"][0].get("user")


@flag_case(input=["a", "b"], reversed=["b", "a"])
async def bulk_order(api: Any, _: str) -> Any:
    return [user["alias"] for user in (await api.bulk({"alias": "a"}, {"alias": "b"}))["created"]]


@flag_case(_1=400, _2=201, _0=201)
async def bulk_max_rows(api: Any, _: str) -> Any:
    return (await api("POST", "ENV/users/bulk", [{"alias": "a"}, {"alias": "b"}])).status_code


@flag_case(_400=400, _413=413, _422=422)
async def bulk_too_many(api: Any, _: str) -> Any:
    return (await api("POST", "ENV/users/bulk", [{"alias": f"a{n}"} for n in range(51)])).status_code


@flag_case(_20=413, _200=201, _0=201)
async def bulk_max_bytes(api: Any, _: str) -> Any:
    return (await api("POST", "ENV/users/bulk", [{"alias": "a long enough alias"}])).status_code


@flag_case(ignore=201, reject=400)
async def unknown_fields(api: Any, _: str) -> Any:
    return (await api("POST", "ENV/users/bulk", [{"alias": "a", "shoeSize": 43}])).status_code


@flag_case(_10=422, _100=201, _0=201)
async def metadata_max_bytes(api: Any, _: str) -> Any:
    return (await api("POST", "ENV/users", {"metadata": {"text": "more than ten"}})).status_code


@flag_case(any=None, flat="invalid_metadata_value")
async def metadata_values(api: Any, _: str) -> Any:
    return (await api("POST", "ENV/users", {"metadata": {"nested": {}}})).json().get("code")


@flag_case(documented=["email"], all=["email", "discordUsername"])
async def entry_query(api: Any, _: str) -> Any:
    path = f"/allowlists/{(await api.get('ENV/allowlists'))[0]['id']}/entries"
    await api("POST", path, {"email": "needle@example.com"})
    await api("POST", path, {"discordUsername": "needle#1"})
    found = (await api.get(path, query="needle"))["entries"]
    return [name for entry in found for name in entry if name not in ("id", "allowListId")]


@flag_case(one=400, any=201)
async def allowlist_identifiers(api: Any, _: str) -> Any:
    id = (await api.get("ENV/allowlists"))[0]["id"]
    return (await api("POST", f"/allowlists/{id}/entries", {"email": "x@example.com", "phoneNumber": "+1"})).status_code


@flag_case(error="application/json", message="application/json", text="text/plain", mixed="application/json")
async def rate_limit_body(api: Any, value: str) -> Any:
    api.sandbox.faults.set({"429": 1.0})
    response = await api("GET", "ENV")
    if value in ("error", "message"):
        assert value in response.json()
    return response.headers["content-type"].partition(";")[0]


@flag_case(_60000="60", _5000="5")
async def rate_window_ms(api: Any, _: str) -> Any:
    answers = [await api("GET", "ENV") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    return answers[3].headers["retry-after"]


async def _lateness(api: Any) -> bool:
    api.sandbox.flags.set("late-max-ms", "0")
    shortest, longest = (api.sandbox.flags.number(f"late-{end}-ms") for end in ("min", "max"))
    return bool(api.sandbox.faults.draw_delay_s(shortest, longest) >= 0.4)


@flag_case(_400=True, _0=False)
async def late_min_ms(api: Any, _: str) -> Any:
    return await _lateness(api)


@flag_case(_900=True, _50=False)
async def late_max_ms(api: Any, _: str) -> Any:
    low, high = (api.sandbox.flags.number(f"late-{end}-ms") for end in ("min", "max"))
    return max(api.sandbox.faults.draw_delay_s(low, high) for _ in range(100)) > 0.3


@flag_case(_150=True, _0=False)
async def slow_ms(api: Any, _: str) -> Any:
    api.sandbox.faults.set({"slow": 1.0})
    started = time.monotonic()
    await api("GET", "ENV")
    return time.monotonic() - started >= 0.15


@pytest.mark.parametrize(("name", "value"), pairs())
async def test_a_flag_has_its_effect(make_api: Any, name: str, value: str) -> None:
    check, expected = CASES[name]
    limit = RateLimit(3, 0) if name == "rate-window-ms" else None
    api = make_api(flags={name: value}, rate_limit=limit)
    assert await check(api, value) == expected[value]


def test_every_flag_and_every_choice_has_a_case() -> None:
    assert set(CASES) == set(BEHAVIOR_FLAGS)
    for name, flag in BEHAVIOR_FLAGS.items():
        tested = set(CASES[name][1])
        assert tested == set(flag.choices) if flag.choices else len(tested) >= 2, name
        assert flag.check(flag.default) == flag.default


@pytest.mark.parametrize(
    "word", ["nothing=1", "filter-match=fuzzy", "max-tokens=many", "max-tokens=-1", "filter-match", ""]
)
def test_invalid_flags_are_refused(word: str) -> None:
    with pytest.raises(UsageError):
        parse_flags([word])


def test_flags_are_parsed_from_arguments() -> None:
    values = parse_flags(["filter-match=exact", "max-tokens=7"])
    flags = BehaviorFlags(values)
    assert (flags["filter-match"], flags.number("max-tokens"), flags["upsert-match"]) == ("exact", 7, "any")
