"""Analytics, statistics, visitors and balances: figures that match the data and each other."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.sandbox_contract import Checked

from dyntui.sandbox import analytics
from dyntui.sandbox.analytics import period_start

EVER = {"start": "2020-01-01", "end": "2027-01-01"}
RECENT = {"start": "2026-11-01", "end": "2026-11-22"}
ADDRESS = "0x" + "ab" * 20


async def everybody(api: Any) -> list[dict[str, Any]]:
    return list(await api.users(limit=100, includeSessions="true"))


async def test_the_topline_matches_the_lists(api: Any) -> None:
    call = Checked(api)
    users = await everybody(api)
    top = await call("getAnalyticsTopline", query=EVER)
    assert top["users"] == {"allTime": len(users), "inRange": len(users)}
    assert top["wallets"]["allTime"] == sum(len(user["wallets"]) for user in users) == top["wallets"]["inRange"]
    assert top["sessions"]["allTime"] == sum(len(user["sessions"]) for user in users)
    recent = await call("getAnalyticsTopline", query=RECENT)
    assert recent["users"]["inRange"] == sum(user["createdAt"] >= "2026-11-01" for user in users) > 0
    assert recent["users"]["allTime"] == len(users)
    await api.create(email="new@example.com")
    assert (await call("getAnalyticsTopline", query=RECENT))["users"]["inRange"] == recent["users"]["inRange"] + 1


@pytest.mark.parametrize("granularity", ["day", "week", "month"])
async def test_the_overview_adds_up_to_the_topline(api: Any, granularity: str) -> None:
    call = Checked(api)
    total = (await call("getAnalyticsTopline", query=EVER))["sessions"]["inRange"]
    view = await call("getAnalyticsOverview", query={**EVER, "granularity": granularity})
    for group in ("byLoginMethod", "byOperatingSystem"):
        assert sum(each["nSessionsVisits"] for each in view["sessions"][group]) == total
    dates = [each["date"] for each in view["activeUsers"]]
    assert dates == sorted(set(dates))


async def test_engagement_counts_weeks_hours_and_retention(api: Any) -> None:
    call = Checked(api)
    total = (await call("getAnalyticsTopline", query=EVER))["sessions"]["inRange"]
    found = await call("getAnalyticsEngagement", query=EVER)
    assert [each["nDays"] for each in found["activeWeeklyDays"]] == list(range(1, 8))
    assert sum(each["pctUserWeeks"] for each in found["activeWeeklyDays"]) == pytest.approx(100, abs=0.1)
    assert sum(each["nSessionsVisits"] for each in found["sessionsHeatmap"]) == total
    for each in found["retention"]["allUsers"]:
        if each["cohortWeek"] == each["returningWeek"]:
            assert each["retentionPct"] == 100.0
    assert all(0 <= each["retentionPct"] <= 100 for each in found["retention"]["newUsers"])


async def test_wallets_are_counted_by_name_and_chain(api: Any) -> None:
    call = Checked(api)
    names: dict[str, int] = {}
    for user in await everybody(api):
        for wallet in user["wallets"]:
            if wallet["chain"] == "SOL":
                names[wallet["name"]] = names.get(wallet["name"], 0) + 1
    found = (await call("getAnalyticsWallets", query={**EVER, "chain": "SOL"}))["breakdown"]["allTime"]
    assert {each["walletNameDisplay"]: each["nWallets"] for each in found} == names
    every = (await call("getAnalyticsWallets", query={**EVER, "chain": "all"}))["breakdown"]["inRange"]
    dates = {"startDate": EVER["start"], "endDate": EVER["end"]}
    assert [each["count"] for each in await call("getWalletsBreakdown", query=dates)] == [
        each["nWallets"] for each in every
    ]


async def test_visits_include_users_and_visitors(api: Any) -> None:
    call = Checked(api)
    dates = {"startDate": EVER["start"], "endDate": EVER["end"]}
    found = await call("getVisitAnalytics", query=dates)
    assert sum(day["count"] for day in found["visits"]["sessions"]) == (await api.get("ENV/visitors"))["count"]
    assert found["summedSessionsCount"] == sum(
        day["count"] for part in ("users", "visits") for day in found[part]["sessions"]
    )
    assert await call("getVisitAnalytics"), "of the last thirty days"


async def test_counts_of_a_sample_are_scaled(make_api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    api = make_api(users=400)
    exact = await Checked(api)("getAnalyticsTopline", query=EVER)
    monkeypatch.setattr(analytics, "_SAMPLE_SIZE", 100)
    await api.create(email="new@example.com")
    scaled = await Checked(api)("getAnalyticsTopline", query=EVER)
    assert scaled["users"]["allTime"] == 401
    for name in ("sessions", "wallets"):
        assert scaled[name]["allTime"] == pytest.approx(exact[name]["allTime"], rel=0.35)


@pytest.mark.parametrize(
    "query", [{"start": "2026-01-01"}, {**EVER, "start": "soon"}, {"start": "2026-02-01", "end": "2026-01-01"}]
)
async def test_an_invalid_range_is_refused(api: Any, query: dict[str, str]) -> None:
    await Checked(api).refused(400, "getAnalyticsTopline", query=query)


async def test_figures_without_users_are_zero(make_api: Any) -> None:
    call = Checked(make_api(users=0))
    await call("getAnalyticsEngagement", query=EVER)
    assert (await call("getAnalyticsTopline", query=EVER))["users"] == {"allTime": 0, "inRange": 0}
    assert (await call("getVisitorsCountByEnvironmentId"))["visitors"]["count"] == 0


def test_periods_start_on_the_day_the_monday_and_the_first() -> None:
    at = 1_795_350_600_000  # 2026-11-22T14:30:00Z, a Sunday
    assert period_start(at, "day") == "2026-11-22T00:00:00.000Z"
    assert period_start(at, "week") == "2026-11-16T00:00:00.000Z"
    assert period_start(at, "month") == "2026-11-01T00:00:00.000Z"


async def test_visitors_are_paged_sorted_and_filtered(api: Any) -> None:
    everyone = (await api.get("ENV/visitors", limit=100))["visitors"]
    assert (await api.get("ENV/visitors"))["count"] == len(everyone) == 20
    assert [each["createdAt"] for each in everyone] == sorted((each["createdAt"] for each in everyone), reverse=True)
    assert (await api.get("ENV/visitors", offset=5, limit=3))["visitors"] == everyone[5:8]
    addresses = [
        each["address"] for each in (await api.get("ENV/visitors", orderBy="address-asc", limit=100))["visitors"]
    ]
    assert addresses == sorted(addresses, key=str.lower)
    one = everyone[7]
    found = await api.get("ENV/visitors", **{"filter[filterValue]": one["address"].upper()})
    assert found["visitors"] == [one]
    wrong = {"filter[filterValue]": one["address"], "filter[filterColumn]": "id"}
    assert (await api.get("ENV/visitors", **wrong))["count"] == 0
    chain = await api.get("ENV/visitors", **{"filter[chain]": "SOL"}, limit=100)
    assert {each["chain"] for each in chain["visitors"]} == {"SOL"}
    assert (await api("GET", "ENV/visitors", orderBy="shoeSize-asc")).status_code == 400


async def test_a_wallet_that_connects_twice_is_one_visitor(api: Any) -> None:
    body = {"address": ADDRESS, "chain": "EVM", "provider": "browserExtension", "walletName": "metamask"}
    path = f"/sdk/{api.sandbox.environment_id}/connect"
    before = (await Checked(api)("getVisitorsCountByEnvironmentId"))["visitors"]["count"]
    for address in (ADDRESS, ADDRESS.upper().replace("X", "x")):
        assert (await api("POST", path, {**body, "address": address}, token="")).status_code == 204
    after = (await Checked(api)("getVisitorsCountByEnvironmentId"))["visitors"]
    assert after["count"] == before + 1 and after["uniquePastMonth"] >= 1
    assert (await api.get("ENV/visitors"))["visitors"][0]["address"] == ADDRESS
    events = (await api.get("ENV/events", resourceType="visit"))["data"]
    assert [event["data"]["address"] for event in events].count(ADDRESS) == 1


async def test_balances_depend_on_the_address(api: Any) -> None:
    user = await api.create(email="a@example.com")
    path = f"ENV/users/{user['id']}/balances"
    body = {"balanceRequests": [{"address": ADDRESS, "chain": "EVM", "networkIds": [1, 8453]}]}
    first = (await api("POST", path, body)).json()["chainBalances"]
    assert first == (await api("POST", path, body)).json()["chainBalances"]
    assert [network["networkId"] for network in first[0]["networks"]] == [1, 8453]
    for network in first[0]["networks"]:
        for each in network["balances"]:
            assert each["marketValue"] == pytest.approx(each["balance"] * each["price"], abs=0.01)
    scopes = [scope for scope in api.sandbox.store.all("tokens")[0]["scopes"] if "balances" not in scope]
    token = (await api("POST", "ENV/tokens", {"note": "x", "scopes": scopes})).json()["token"]["rawToken"]
    assert (await api("POST", path, body, token=token)).status_code == 403
    assert (await api("POST", path, body, token="")).status_code == 401
