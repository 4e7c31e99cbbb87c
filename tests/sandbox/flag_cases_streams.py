"""Cases of the behavior flags of settings, events, webhooks and exports."""

from __future__ import annotations

from typing import Any

from tests.sandbox.flag_cases import flag_case
from tests.sandbox.listener import listening

HOOK = {"url": "https://hooks.example.com/x", "isEnabled": True, "events": ["user.created"]}


async def create_webhook(api: Any, **fields: Any) -> Any:
    return await api("POST", "ENV/webhooks", {**HOOK, **fields})


async def first_delivery(api: Any, **fields: Any) -> Any:
    """Return the delivery of the ping of a new webhook."""
    id = (await create_webhook(api, **fields)).json()["webhookId"]
    api.wait_for(lambda: not api.sandbox.webhooks.pending())
    return (await api.get(f"ENV/webhooks/{id}/messages"))["data"][0]


@flag_case(replace=False, merge=True)
async def settings_put(api: Any, _: str) -> Any:
    settings = (await api.get("ENV"))["settings"]
    del settings["sdk"]["waas"]
    await api("PUT", "ENV", settings)
    return "waas" in (await api.get("ENV"))["settings"]["sdk"]


@flag_case(_2=2, _50=50)
async def page_size(api: Any, _: str) -> Any:
    return len((await api.get("ENV/events"))["data"])


@flag_case(newest=True, oldest=False)
async def events_order(api: Any, _: str) -> Any:
    times = [event["timestamp"] for event in (await api.get("ENV/events"))["data"]]
    assert times in (sorted(times), sorted(times, reverse=True))
    return times == sorted(times, reverse=True)


@flag_case(tree=True, exact=False)
async def event_resource(api: Any, _: str) -> Any:
    found = (await api.get("ENV/events", resourceType="user"))["data"]
    return "user.session.created" in {event["eventName"] for event in found}


@flag_case(yes=True, no=False)
async def admin_events(api: Any, _: str) -> Any:
    await api("POST", "ENV/allowlists", {"name": "New"})
    return (await api.get("ENV/events"))["data"][0]["eventName"] == "admin.allowlist.created"


@flag_case(documented=400, loopback=201)
async def webhook_url(api: Any, _: str) -> Any:
    return (await create_webhook(api, url="http://127.0.0.1:9/hook", isEnabled=False)).status_code


@flag_case(hex=64, prefixed=71)
async def webhook_signature(api: Any, _: str) -> Any:
    return len((await first_delivery(api))["request"]["headers"]["x-dynamic-signature-256"])


@flag_case(accepted="delivered", failed="failed")
async def webhook_elsewhere(api: Any, _: str) -> Any:
    return (await first_delivery(api))["status"]


@flag_case(_0=3, _1000=1)
async def webhook_second_ms(api: Any, value: str) -> Any:
    """Return the number of attempts: all of them immediately, or the first with the next after 15 seconds."""
    api.sandbox.flags.set("webhook-url", "loopback")
    with listening() as listener:
        listener.statuses += [200] + [500] * 3
        await create_webhook(api, url=listener.url)
        api.wait_for(lambda: len(listener.requests) == 1)  # the ping, which may be sent after the next message
        await api.create(email="a@example.com")
        api.wait_for(lambda: len(listener.requests) >= (4 if value == "0" else 2))
        return len(listener.requests) - 1


@flag_case(_0=True, _1=False, _250=True)
async def webhook_disable_after(api: Any, _: str) -> Any:
    for name, value in (("webhook-second-ms", "0"), ("webhook-elsewhere", "failed")):
        api.sandbox.flags.set(name, value)
    id = (await create_webhook(api)).json()["webhookId"]
    await api.create(email="a@example.com")
    api.wait_for(lambda: not api.sandbox.webhooks.pending())
    return (await api.get(f"ENV/webhooks/{id}"))["isEnabled"]


@flag_case(_0=201, _2=422, _10=201)
async def max_webhooks(api: Any, _: str) -> Any:
    return (await create_webhook(api)).status_code


@flag_case(_0="completed", _60000="pending")
async def export_delay_ms(api: Any, value: str) -> Any:
    id = (await api("POST", "ENV/exports", {"format": "csv", "model": "users"})).json()["id"]
    if value == "0":
        api.wait_for(lambda: api.sandbox.exports.get(id).completed is not None)
    return (await api.get(f"ENV/exports/{id}"))["status"]


async def create_export(api: Any) -> dict[str, Any]:
    api.sandbox.flags.set("export-delay-ms", "0")
    id = (await api("POST", "ENV/exports", {"format": "csv", "model": "users"})).json()["id"]
    api.wait_for(lambda: api.sandbox.exports.get(id).completed is not None)
    return dict(await api.get(f"ENV/exports/{id}"))


@flag_case(_3600=True, _60=False)
async def export_url_seconds(api: Any, _: str) -> Any:
    """How much later than a minute from now it stops."""
    made = await create_export(api)
    expires = int(made["downloadUrl"].rpartition("/")[2].partition("-")[0])
    created = api.sandbox.exports.path(made["id"], 120)
    return expires > int(created.rpartition("/")[2].partition("-")[0])


@flag_case(yes=True, no=False)
async def export_url_listed(api: Any, _: str) -> Any:
    export = await create_export(api)
    assert (await api("GET", f"ENV/exports/{export['id']}/download")).status_code == 302
    return "downloadUrl" in export


@flag_case(body=200, redirect=302)
async def export_download(api: Any, _: str) -> Any:
    return (await api("GET", f"ENV/exports/{(await create_export(api))['id']}/download")).status_code
