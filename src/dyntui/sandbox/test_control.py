"""The test control: reads and changes the state of a sandbox outside the API, from this machine, without a token.

GET  /__sandbox__/state      counts, faults, flags, clock
GET  /__sandbox__/users      every user as one line of JSON
PUT  /__sandbox__/faults     {"cut-after": 0.2, ...} replaces all probabilities
PUT  /__sandbox__/flags      {"upsert-match": "email", ...} changes the given flags
POST /__sandbox__/flush      applies the requests that the fault `late` delays now, and answers when they are applied
PUT  /__sandbox__/clock      {"now": "2026-11-22T12:00:00Z"} stops the clock, {"now": null} restarts it
"""

from __future__ import annotations

from functools import partial

import orjson

from dyntui.core.errors import UsageError
from dyntui.sandbox.replies import Reply
from dyntui.sandbox.sandbox import Sandbox
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import format_time

__all__ = ["PREFIX", "answer_request", "describe_state"]

PREFIX = "/__sandbox__/"


def answer_request(sandbox: Sandbox, method: str, path: str, host: str, body: bytes) -> Reply:
    """Return the reply to a request of the test control. host: the address of the client."""
    if host != "::1" and not host.startswith("127."):
        return Reply(403, {"error": "The test control is available on this machine only"})
    try:
        match method, path.removeprefix(PREFIX):
            case "GET", "state":
                return Reply(200, describe_state(sandbox))
            case "GET", "users":
                return Reply(200, _dump_users(sandbox), {"content-type": "application/x-ndjson"})
            case "POST", "flush":
                sandbox.flush()
            case "PUT", "faults":
                sandbox.faults.set(_parse_object(body))
            case "PUT", "flags" | "switches":
                for name, value in _parse_object(body).items():
                    sandbox.flags.set(name, value)
            case "PUT", "clock":
                sandbox.clock.freeze(_parse_object(body).get("now"))
            case _:
                return Reply(404, {"error": "Path not found", "code": "not_found"})
    except UsageError as error:
        return Reply(400, {"error": str(error)})
    return Reply(200, describe_state(sandbox))


def describe_state(sandbox: Sandbox) -> Document:
    """Return the counts, faults, behavior flags and the time."""
    with sandbox.store.lock:
        users, wallets = sandbox.users.count(), len(sandbox.users.wallet_owners())
        messages = sandbox.webhooks.pending()
    return {
        "environmentId": sandbox.environment_id,
        "users": users,
        "wallets": wallets,
        "requests": dict(sandbox.requests),
        "faults": sandbox.faults.as_dict(),
        "faultsHappened": dict(sandbox.faults.happened),
        "pending": sandbox.pending,
        "messagesPending": messages,
        "flags": sandbox.flags.as_dict(),
        "now": format_time(sandbox.clock.now()),
    }


def _parse_object(body: bytes) -> Document:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UsageError(f"The body is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise UsageError("The body must be an object.")
    return value


def _dump_users(sandbox: Sandbox) -> bytes:
    serialize = partial(sandbox.serializer.user, nulls=False, sessions=True)
    with sandbox.store.lock:
        return b"".join(orjson.dumps(user) + b"\n" for user in sandbox.exports.users(serialize))
