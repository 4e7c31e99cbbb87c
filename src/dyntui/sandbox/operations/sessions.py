"""Sessions, MFA devices and OAuth access tokens of users."""

from __future__ import annotations

from collections.abc import Sequence

from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.operations.users import find_owner, find_user, serialize_user
from dyntui.sandbox.replies import Reply, not_found
from dyntui.sandbox.serializers import with_text_times
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import Record, unique_keys


def _find_session(call: OperationCall) -> tuple[int, Record, Document]:
    """Return the session of the path, with the position and record of its user. Raises RequestRefused (404)."""
    position, record = find_owner(call, call.path["sessionId"], "Session")
    for each in record.get("sessions", ()):
        if each["id"] == call.path["sessionId"] and record.get("deletedAt") is None:
            return position, record, each
    raise not_found("Session")


@operation("getSessionById")
def get_session(call: OperationCall) -> Document:
    _, record, each = _find_session(call)
    if record["id"] != call.path["userId"]:
        raise not_found("Session")
    return with_text_times(each)


@operation("revokeSessionById")
def revoke_session(call: OperationCall) -> Document:
    position, record, each = _find_session(call)
    _revoke(call, position, record, [each])
    return with_text_times(each)


def _revoke(call: OperationCall, position: int, record: Record, sessions: Sequence[Document]) -> None:
    active = [each for each in sessions if each["revokedAt"] is None]
    for each in active:
        each["revokedAt"] = call.now
    if active:
        call.sandbox.users.save([(position, record, unique_keys(record))])
    for each in active:
        call.emit("user.session.revoked", {**with_text_times(each), "userId": record["id"]})


@operation("getUserSessions")
def list_user_sessions(call: OperationCall) -> Document:
    """Return a page of the sessions of a user. The response has no count."""
    found: list[Document] = find_user(call)[1].get("sessions", [])
    if (revoked := call.query.get("revoked")) is not None:
        found = [each for each in found if (each["revokedAt"] is not None) == revoked]
    offset = call.query.get("offset", 0)
    return {"sessions": [with_text_times(each) for each in found[offset : offset + call.query.get("limit", 100)]]}


@operation("revokeAllEnvironmentSessions")
def revoke_all_sessions(call: OperationCall) -> Reply:
    """Accept the revocation of all sessions, which happens later. Nothing tells that it is done."""
    call.sandbox.users.revoke_all_sessions(call.now, call.now + call.sandbox.flags.number("accepted-delay-ms"))
    return Reply(202, {"message": "The sessions of the environment will be revoked"})


@operation("revokeUserSessions", "revokeUserSessionsLegacy")
def revoke_user_sessions(call: OperationCall) -> None:
    position, record = find_user(call)
    _revoke(call, position, record, record.get("sessions", ()))


@operation("resetAllMfaDevices", "resetUserMfa")
def reset_mfa(call: OperationCall) -> None:
    """Remove the MFA devices of a user. Both operations have the same effect."""
    position, record = find_user(call)
    record["mfa"] = []
    record["profile"].pop("mfaBackupCodeAcknowledgement", None)
    record["updatedAt"] = call.now
    call.sandbox.users.save([(position, record, unique_keys(record))])
    call.emit("user.updated", serialize_user(call, record, position))


@operation("getUserOauthAccessToken")
def oauth_access_token(call: OperationCall) -> Document:
    id = call.path["oauthAccountId"]
    _, record = find_owner(call, id, "OAuth account")
    if not any(account["id"] == id for account in record["oauth"]):
        raise not_found("OAuth account")
    return {"accessToken": f"ya29.sandbox-{call.sandbox.ids.digest(f'access {id}', 20).hex()}"}
