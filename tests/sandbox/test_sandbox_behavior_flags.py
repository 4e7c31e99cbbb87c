"""Every behavior flag has the effect that its help describes: one test for each."""

from __future__ import annotations

import time
from typing import Any

import flag_cases_streams  # noqa: F401 it registers its checks
import pytest
from flag_cases import CHECKS, shows

from dyntui.core.errors import UsageError
from dyntui.sandbox.behavior_flags import BEHAVIOR_FLAGS, BehaviorFlags, parse_flags
from dyntui.sandbox.options import RateLimit


def pairs() -> list[tuple[str, str]]:
    return [(name, value) for name, (_, expected) in CHECKS.items() for value in expected]


def wallet(letter: str) -> dict[str, Any]:
    return {"publicWalletAddress": "0x" + letter * 40, "chain": "EVM", "walletName": "x", "walletProvider": "qrCode"}


async def upserted(api: Any, before: dict[str, Any], row: dict[str, Any]) -> Any:
    made = await api.create(**before)
    await api.bulk(row, upsert=True)
    return (await api.get(f"ENV/users/{made['id']}"))["user"]


@shows(sandbox="sandbox", live="live")
async def environment_name(api: Any, _: str) -> Any:
    return (await api.get("ENV"))["settings"]["environmentName"]


@shows(yes=200, no=404)
async def tokens_me(api: Any, _: str) -> Any:
    return (await api("GET", "/tokens/me")).status_code


@shows(any=201, named=400)
async def user_names(api: Any, _: str) -> Any:
    return (await api("POST", "ENV/users/bulk", [{"alias": "Bob (admin) [x]"}])).status_code


@shows(yes=200, no=403)
async def organization_access(api: Any, _: str) -> Any:
    return (await api("GET", "/organizations")).status_code


@shows(_2="too_many_api_tokens", _3=None, _0=None)
async def max_tokens(api: Any, _: str) -> Any:
    return (await api("POST", "ENV/tokens", {"note": "x"})).json().get("code")


@shows(_404=404, _400=400)
async def malformed_id(api: Any, _: str) -> Any:
    return (await api("GET", "ENV/users/nobody")).status_code


@shows(null=True, omit=False)
async def null_fields(api: Any, _: str) -> Any:
    return "email" in await api.create(alias="x")


async def found(api: Any) -> list[str]:
    await api.create(alias="Needle")
    await api.create(alias="Needle two")
    await api.create(alias="a Needle")
    query = {"filter[filterValue]": "needle", "filter[filterColumn]": "alias", "orderBy": "alias-asc"}
    return [user["alias"] for user in await api.users(**query)]


@shows(contains=["a Needle", "Needle", "Needle two"], prefix=["Needle", "Needle two"], exact=["Needle"])
async def filter_match(api: Any, _: str) -> Any:
    return await found(api)


@shows(deep=43, both=3)
async def filter_encoding(api: Any, _: str) -> Any:
    await found(api)
    return (await api.get("ENV/users", filterValue="needle", filterColumn="alias"))["count"]


@shows(total=40, page=5)
async def users_count(api: Any, _: str) -> Any:
    return (await api.get("ENV/users", limit=5))["count"]


@shows(createdAt__desc=True, createdAt__asc=False)
async def default_order(api: Any, _: str) -> Any:
    users = await api.users(limit=2)
    return users[0]["createdAt"] > users[1]["createdAt"]


@shows(reject=400, ignore=200)
async def unknown_order(api: Any, _: str) -> Any:
    return (await api("GET", "ENV/users", orderBy="shoeSize-asc")).status_code


@shows(reject=400, clamp=200)
async def limit_above_maximum(api: Any, _: str) -> Any:
    return (await api("GET", "ENV/users", limit=101)).status_code


@shows(yes=True, no=False)
async def sessions_on_get(api: Any, _: str) -> Any:
    id = (await api.users(limit=1))[0]["id"]
    return "sessions" in (await api.get(f"ENV/users/{id}"))["user"]


@shows(yes=True, no=False)
async def deleted_wallets_listed(api: Any, _: str) -> Any:
    return any(wallet["deletedAt"] for wallet in (await api.get("ENV/wallets", limit=100))["wallets"])


@shows(any=1, email=0)
async def upsert_match(api: Any, _: str) -> Any:
    await api.create(username="ana")
    return len((await api.bulk({"username": "ana", "alias": "x"}, upsert=True))["updated"])


@shows(merge={"a": 1, "b": 2}, replace={"b": 2})
async def upsert_metadata(api: Any, _: str) -> Any:
    return (await upserted(api, {"username": "ana", "metadata": {"a": 1}}, {"username": "ana", "metadata": {"b": 2}}))[
        "metadata"
    ]


@shows(merge=2, replace=1)
async def upsert_wallets(api: Any, _: str) -> Any:
    return len(
        (
            await upserted(
                api, {"username": "ana", "wallets": [wallet("a")]}, {"username": "ana", "wallets": [wallet("b")]}
            )
        )["wallets"]
    )


@shows(merge=2, replace=1)
async def upsert_oauth(api: Any, _: str) -> Any:
    before = {"username": "ana", "oauthAccounts": [{"provider": "google", "accountId": "1"}]}
    return len(
        (await upserted(api, before, {"username": "ana", "oauthAccounts": [{"provider": "line", "accountId": "1"}]}))[
            "oauthAccounts"
        ]
    )


@shows(keep="a@example.com", change="b@example.com")
async def upsert_email(api: Any, _: str) -> Any:
    return (
        await upserted(
            api, {"username": "ana", "email": "a@example.com"}, {"username": "ana", "email": "b@example.com"}
        )
    )["email"]


@shows(change=True, keep=False)
async def upsert_email_verified(api: Any, _: str) -> Any:
    user = await upserted(
        api, {"email": "a@example.com"}, {"email": "a@example.com", "emailVerifiedAt": "2026-01-01T00:00:00Z"}
    )
    return user["verifiedCredentials"][0]["signInEnabled"]


@shows(replace={"b": 2}, merge={"a": 1, "b": 2})
async def update_metadata(api: Any, _: str) -> Any:
    made = await api.create(metadata={"a": 1})
    return (await api("PUT", f"ENV/users/{made['id']}", {"metadata": {"b": 2}})).json()["user"]["metadata"]


@shows(whole=(400, []), row=(201, ["invalid_wallet_address", "invalid_user"]))
async def bulk_violation(api: Any, _: str) -> Any:
    bad = {**wallet("a"), "publicWalletAddress": "0x1"}
    response = await api("POST", "ENV/users/bulk", [{"alias": "ok"}, {"wallets": [bad]}, {"policiesConsent": "x"}])
    return response.status_code, [entry["code"] for entry in response.json().get("failed", [])]


@shows(input={"email": "bad", "alias": "x"}, keys={"email": "bad"}, none=None)
async def bulk_echo(api: Any, _: str) -> Any:
    return (await api.bulk({"email": "bad", "alias": "x"}))["failed"][0].get("user")


@shows(input=["a", "b"], reversed=["b", "a"])
async def bulk_order(api: Any, _: str) -> Any:
    return [user["alias"] for user in (await api.bulk({"alias": "a"}, {"alias": "b"}))["created"]]


@shows(_1=413, _2=201, _0=201)
async def bulk_max_rows(api: Any, _: str) -> Any:
    return (await api("POST", "ENV/users/bulk", [{"alias": "a"}, {"alias": "b"}])).status_code


@shows(_20=413, _200=201, _0=201)
async def bulk_max_bytes(api: Any, _: str) -> Any:
    return (await api("POST", "ENV/users/bulk", [{"alias": "a long enough alias"}])).status_code


@shows(ignore=201, reject=400)
async def unknown_fields(api: Any, _: str) -> Any:
    return (await api("POST", "ENV/users/bulk", [{"alias": "a", "shoeSize": 43}])).status_code


@shows(_10=422, _100=201, _0=201)
async def metadata_max_bytes(api: Any, _: str) -> Any:
    return (await api("POST", "ENV/users", {"metadata": {"text": "more than ten"}})).status_code


@shows(any=None, flat="invalid_metadata_value")
async def metadata_values(api: Any, _: str) -> Any:
    return (await api("POST", "ENV/users", {"metadata": {"nested": {}}})).json().get("code")


@shows(documented=["email"], all=["email", "discordUsername"])
async def entry_query(api: Any, _: str) -> Any:
    path = f"/allowlists/{(await api.get('ENV/allowlists'))[0]['id']}/entries"
    await api("POST", path, {"email": "needle@example.com"})
    await api("POST", path, {"discordUsername": "needle#1"})
    found = (await api.get(path, query="needle"))["entries"]
    return [name for entry in found for name in entry if name not in ("id", "allowListId")]


@shows(one=400, any=201)
async def allowlist_identifiers(api: Any, _: str) -> Any:
    id = (await api.get("ENV/allowlists"))[0]["id"]
    return (await api("POST", f"/allowlists/{id}/entries", {"email": "x@example.com", "phoneNumber": "+1"})).status_code


@shows(error="application/json", message="application/json", text="text/plain", mixed="application/json")
async def rate_limit_body(api: Any, value: str) -> Any:
    api.sandbox.faults.set({"429": 1.0})
    response = await api("GET", "ENV")
    if value in ("error", "message"):
        assert value in response.json()
    return response.headers["content-type"].partition(";")[0]


@shows(_60000="60", _5000="5")
async def rate_window_ms(api: Any, _: str) -> Any:
    answers = [await api("GET", "ENV") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    return answers[3].headers["retry-after"]


async def _lateness(api: Any) -> bool:
    api.sandbox.flags.set("late-max-ms", "0")
    return (
        api.sandbox.faults.draw_delay_s(*(api.sandbox.flags.number(f"late-{end}-ms") for end in ("min", "max"))) >= 0.4
    )


@shows(_400=True, _0=False)
async def late_min_ms(api: Any, _: str) -> Any:
    return await _lateness(api)


@shows(_900=True, _50=False)
async def late_max_ms(api: Any, _: str) -> Any:
    low, high = (api.sandbox.flags.number(f"late-{end}-ms") for end in ("min", "max"))
    return max(api.sandbox.faults.draw_delay_s(low, high) for _ in range(100)) > 0.3


@shows(_150=True, _0=False)
async def slow_ms(api: Any, _: str) -> Any:
    api.sandbox.faults.set({"slow": 1.0})
    started = time.monotonic()
    await api("GET", "ENV")
    return time.monotonic() - started >= 0.15


@pytest.mark.parametrize(("name", "value"), pairs())
async def test_a_switch_does_what_it_says(make_api: Any, name: str, value: str) -> None:
    check, expected = CHECKS[name]
    limit = RateLimit(3, 0) if name == "rate-window-ms" else None
    api = make_api(flags={name: value}, rate_limit=limit)
    assert await check(api, value) == expected[value]


def test_no_switch_and_no_choice_is_left_out() -> None:
    assert set(CHECKS) == set(BEHAVIOR_FLAGS)
    for name, flag in BEHAVIOR_FLAGS.items():
        tested = set(CHECKS[name][1])
        assert tested == set(flag.choices) if flag.choices else len(tested) >= 2, name
        assert flag.check(flag.default) == flag.default


@pytest.mark.parametrize(
    "word", ["nothing=1", "filter-match=fuzzy", "max-tokens=many", "max-tokens=-1", "filter-match", ""]
)
def test_switches_that_make_no_sense_are_refused(word: str) -> None:
    with pytest.raises(UsageError):
        parse_flags([word])


def test_switches_are_parsed_from_words() -> None:
    values = parse_flags(["filter-match=exact", "max-tokens=7"])
    flags = BehaviorFlags(values)
    assert (flags["filter-match"], flags.number("max-tokens"), flags["upsert-match"]) == ("exact", 7, "any")
