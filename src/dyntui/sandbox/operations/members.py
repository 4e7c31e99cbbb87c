"""Members of an organization and their roles, and invitations."""

from __future__ import annotations

from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.operations.organizations import find_organization
from dyntui.sandbox.replies import Reply, RequestRefused, forbidden, invalid
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_rules import is_email


@operation("getOrganizationMembers", "getOrganizationInvitesByOrganizationId")
def list_members(call: OperationCall) -> Document:
    """Return the members of an organization, or the invitations that it sent."""
    kind = "members" if call.operation.id == "getOrganizationMembers" else "invites"
    found = call.sandbox.store.all(kind, find_organization(call)["id"])
    return {"count": len(found), kind: found}


@operation("membershipEnvironmentIdsGet")
def list_environment_ids(call: OperationCall) -> object:
    store = call.sandbox.store
    return [
        environment["id"]
        for organization in store.all("organizations")
        for project in store.all("projects", organization["id"])
        for environment in store.all("environments", project["id"])
    ]


def _find_member(call: OperationCall, id: str) -> Document:
    return call.find("members", "Member", id)


def _refuse_owner(member: Document) -> None:
    if member["role"] == "owner":
        raise forbidden("delegate the ownership before you change the owner")


@operation("updateMemberRole")
def update_member_role(call: OperationCall) -> Document:
    member = _find_member(call, call.path["memberId"])
    role = call.body.get("role", member["role"])
    _refuse_owner(member)
    if role == "owner":
        raise invalid("invalid_update", "Delegate the ownership to make a member the owner")
    member["role"] = role
    call.sandbox.store.put("members", member)
    return {"member": member}


@operation("deleteMemberById")
def delete_member(call: OperationCall) -> None:
    member = _find_member(call, call.path["memberId"])
    if member["id"] == call.token["createdBy"]["id"]:
        raise invalid("members_cannot_delete_themself", "You cannot delete yourself")
    _refuse_owner(member)
    call.sandbox.store.remove("members", member["id"])


@operation("delegateOwnership")
def delegate_ownership(call: OperationCall) -> None:
    """Make the admin of the body the owner, and the owner of the path an admin."""
    owner, new_owner = (
        _find_member(call, call.path["memberId"]),
        _find_member(call, call.body["adminMemberIdToDelegate"]),
    )
    if owner["role"] != "owner" or new_owner["role"] != "admin":
        raise invalid("invalid_update", "Only the owner can delegate the ownership, to an admin")
    for member, role in ((owner, "admin"), (new_owner, "owner")):
        call.sandbox.store.put("members", {**member, "role": role})


@operation("getInvites")
def list_received_invites(call: OperationCall) -> Document:
    """Return the invitations for the caller."""
    email, status = call.token["createdBy"].get("email"), call.query.get("status")
    store = call.sandbox.store
    rows = store.db.execute("SELECT DISTINCT parent FROM documents WHERE kind = 'invites'").fetchall()
    invites = [
        invite
        for (parent,) in rows
        for invite in store.all("invites", parent)
        if invite.get("email") == email and status in (None, invite["status"])
    ]
    return {"count": len(invites), "invites": invites}


@operation("createInvite")
def create_invite(call: OperationCall) -> None:
    store, organization = call.sandbox.store, find_organization(call)
    address = {name: call.body[name] for name in ("email", "walletPublicKey", "phoneNumber") if call.body.get(name)}
    if not address:
        raise invalid("invite_address_required", "An invitation needs an email address, a wallet or a phone number")
    if "email" in address and not is_email(address["email"]):
        raise invalid("invalid_email_address", "The email is not valid", {"email": address["email"]})
    if call.body["role"] == "owner":
        raise invalid("invalid_invite", "The role of an invitation cannot be owner")
    members = store.all("members", organization["id"])
    if any(each["user"].get("email") == address.get("email", "") for each in members):
        raise invalid("invalid_invite", "A member with this email exists already")
    pending = (each for each in store.all("invites", organization["id"]) if each["status"] == "pending")
    if any(each.get(name) == value for each in pending for name, value in address.items()):
        raise RequestRefused(Reply(409, {"message": "A pending invitation for this address exists already"}))
    invite = {
        "id": call.new_id("invites"),
        "organizationId": organization["id"],
        "organizationName": organization["name"],
        "status": "pending",
        **address,
        "role": call.body["role"],
        "createdByEmail": call.token["createdBy"].get("email", ""),
    }
    if "alias" in call.body:
        invite["alias"] = call.body["alias"]
    store.put("invites", invite, organization["id"])


def _find_invite(call: OperationCall) -> Document:
    return call.find("invites", "Invite", call.path["inviteId"])


@operation("updateInvite")
def answer_invite(call: OperationCall) -> None:
    """Accept or reject an invitation to the caller. After acceptance the organization is listed."""
    invite, store = _find_invite(call), call.sandbox.store
    if invite.get("email") != call.token["createdBy"].get("email"):
        raise forbidden("the invitation is for another user")
    if invite["status"] != "pending":
        raise invalid("invalid_invite", "The invitation is not pending")
    store.put("invites", {**invite, "status": call.body["status"]})
    if call.body["status"] == "accepted" and store.get("organizations", invite["organizationId"]) is None:
        joined = {"id": invite["organizationId"], "name": invite["organizationName"], "role": invite["role"]}
        store.put("organizations", joined)


@operation("deleteInvite")
def delete_invite(call: OperationCall) -> None:
    call.sandbox.store.remove("invites", _find_invite(call)["id"])
