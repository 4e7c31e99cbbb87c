"""Organizations, their projects and members: allowed and refused operations."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.contract_organizations import NETWORK
from tests.sandbox.sandbox_contract import Checked

UNKNOWN_ID = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def call(make_api: Any) -> Checked:
    return Checked(make_api(users=5, flags={"organization-access": "yes"}))


async def organization(call: Checked) -> str:
    return str((await call("getOrganizationsForMember"))["organizations"][0]["id"])


async def members(call: Checked) -> dict[str, str]:
    found = (await call("getOrganizationMembers", organizationId=await organization(call)))["members"]
    return {each["role"]: each["id"] for each in found}


async def test_only_a_personal_token_reaches_organizations(make_api: Any) -> None:
    api = make_api(flags={"organization-access": "yes"})
    body = {"note": "Mine", "scopes": ["environment.users.read"]}
    raw = (await Checked(api)("createUserApiToken", body))["token"]["rawToken"]
    api.sandbox.flags.set("organization-access", "no")
    assert (await api("GET", "/organizations")).status_code == 403
    assert (await api("GET", "/organizations", token=raw)).status_code == 200
    assert (await api("GET", "ENV/users", token=raw)).status_code == 200
    assert (await api("GET", "ENV/gates", token=raw)).status_code == 403, "its scopes count all the same"
    assert len((await api.get("ENV/tokens"))["tokens"]) == 2, "it is none of the environment's"


async def test_projects_have_two_environments_and_the_last_project_stays(call: Checked) -> None:
    id = await organization(call)
    assert await call.refused(422, "createProject", {"name": "Northwind"}, organizationId=id) == (
        "project_name_already_exists"
    )
    first = (await call("getProjects", organizationId=id))["projects"][0]["id"]
    assert await call.refused(422, "deleteProjectById", projectId=first) == "cannot_delete_last_project"
    made = (await call("createProject", {"name": "Second"}, organizationId=id))["project"]
    assert [each["environmentName"] for each in made["projectEnvironments"]] == ["live", "sandbox"]
    await call.refused(403, "deleteProjectById", projectId=first)
    await call("deleteProjectById", projectId=made["id"])
    assert await call.refused(404, "getProjectById", projectId=made["id"]) == "not_found"
    for number in range(19):
        await call("createProject", {"name": f"P{number}"}, organizationId=id)
    assert await call.refused(422, "createProject", {"name": "P"}, organizationId=id) == (
        "too_many_projects_for_organization"
    )


async def test_organization_names_are_unique(call: Checked) -> None:
    made = (await call("createOrganization", {"name": "Second"}))["organization"]
    code = "organization_name_already_exists"
    assert await call.refused(422, "createOrganization", {"name": "Second"}) == code
    body = {"name": "Northwind Labs"}
    assert await call.refused(422, "updateOrganizationById", body, organizationId=made["id"]) == code
    address = (await call("updateOrganizationAddressById", {"city": "Porto"}, organizationId=made["id"]))[
        "organization"
    ]
    assert address["address"] == {"city": "Porto"}
    assert await call.refused(404, "getOrganizationById", organizationId=UNKNOWN_ID) == "not_found"
    assert (await call("getBillingSubscriptionByOrganization", organizationId=made["id"]))["planType"] == "free"


async def test_roles_change_except_that_of_the_owner(call: Checked) -> None:
    by_role = await members(call)
    changed = await call("updateMemberRole", {"role": "viewer"}, memberId=by_role["developer"])
    assert changed["member"]["role"] == "viewer"
    await call.refused(403, "updateMemberRole", {"role": "viewer"}, memberId=by_role["owner"])
    body = {"role": "owner"}
    assert await call.refused(422, "updateMemberRole", body, memberId=by_role["admin"]) == "invalid_update"
    assert await call.refused(422, "deleteMemberById", memberId=by_role["owner"]) == "members_cannot_delete_themself"
    heir = {"adminMemberIdToDelegate": by_role["viewer"]}
    assert await call.refused(422, "delegateOwnership", heir, memberId=by_role["owner"]) == "invalid_update"
    await call("delegateOwnership", {"adminMemberIdToDelegate": by_role["admin"]}, memberId=by_role["owner"])
    assert (await members(call))["owner"] == by_role["admin"]
    await call.refused(403, "deleteMemberById", memberId=by_role["admin"])
    await call("deleteMemberById", memberId=by_role["viewer"])
    assert by_role["viewer"] not in (await members(call)).values()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"role": "viewer"}, 422, "invite_address_required"),
        ({"role": "viewer", "email": "no address"}, 422, "invalid_email_address"),
        ({"role": "owner", "email": "new@example.com"}, 422, "invalid_invite"),
        ({"role": "viewer", "email": "robin@northwind.example"}, 422, "invalid_invite"),
        ({"role": "viewer", "email": "lena@northwind.example"}, 409, ""),
        ({"role": "viewer", "email": "oscar@northwind.example"}, 200, ""),
        ({"role": "viewer", "walletPublicKey": "0x" + "a" * 40, "alias": "Wallet"}, 200, ""),
    ],
)
async def test_invalid_invitations_are_refused(call: Checked, body: dict[str, str], status: int, code: str) -> None:
    id = await organization(call)
    response = await call.api("POST", f"/organizations/{id}/invites", body)
    assert response.status_code == status, response.text
    if status != 200:
        assert response.json().get("code", "") == code
    if status == 409:
        assert response.json()["message"], "a shape of its own (docs/vendor-api.md#errors)"


async def test_an_accepted_invitation_lists_the_organization(call: Checked) -> None:
    pending = {"status": "pending"}
    (invite,) = (await call("getInvites", query=pending))["invites"]
    sent = (await call("getOrganizationInvitesByOrganizationId", organizationId=await organization(call)))["invites"]
    await call.refused(403, "updateInvite", {"status": "accepted"}, inviteId=sent[0]["id"])
    await call("updateInvite", {"status": "accepted"}, inviteId=invite["id"])
    assert (await call("getInvites", query=pending))["count"] == 0
    assert await call.refused(422, "updateInvite", {"status": "rejected"}, inviteId=invite["id"]) == "invalid_invite"
    joined = (await call("getOrganizationsForMember"))["organizations"][-1]
    assert (joined["name"], joined["role"]) == ("Fabrikam", "admin")


async def test_each_organization_has_one_sso_provider_with_a_masked_secret(call: Checked) -> None:
    id = await organization(call)
    assert await call.refused(404, "getSsoProviderForOrganization", organizationId=id) == "not_found"
    body = {"clientId": "x", "clientSecret": "topsecret", "ssoDomain": "n.okta.example", "emailDomain": "n.example"}
    made = await call("createSsoProvider", {**body, "provider": "okta"}, organizationId=id)
    assert "topsecret" not in str(made) and made["maskedClientSecret"].endswith("cret")
    assert await call.refused(422, "createSsoProvider", {**body, "provider": "okta"}, organizationId=id)
    checked = await call("checkSsoProvider", {"email": "me@N.example"})
    assert (checked["type"], checked["id"]) == ("sso", made["id"])
    assert (await call("checkSsoProvider", {"email": "me@else.example"}))["type"] == "otp"


async def test_mfa_settings_are_enabled_and_disabled(call: Checked) -> None:
    id = await organization(call)
    on = {each["mfaDeviceType"] for each in (await call("getOrganizationMfaSettings", organizationId=id))["mfaSettings"]
          if each["enabledAt"]}  # fmt: skip
    assert on == {"totp"}
    await call("enableMfaDeviceForOrganization", organizationId=id, mfaDeviceType="email")
    await call("disableMfaDeviceForOrganization", organizationId=id, mfaDeviceType="totp")
    after = (await call("getOrganizationMfaSettings", organizationId=id))["mfaSettings"]
    assert {each["mfaDeviceType"] for each in after if each["enabledAt"]} == {"email"}
    await call.refused(400, "enableMfaDeviceForOrganization", organizationId=id, mfaDeviceType="pigeon")


async def test_networks_and_coupons_are_checked(call: Checked) -> None:
    id = await organization(call)
    await call.refused(400, "createCustomNetwork", {**NETWORK, "rpcUrl": "nowhere"}, organizationId=id)
    network = {**NETWORK, "chainId": "424242"}
    assert await call.refused(422, "createCustomNetwork", network, organizationId=id) == "duplicate_exists"
    assert await call.refused(404, "createCustomNetwork", NETWORK, organizationId=UNKNOWN_ID) == "not_found"
    await call("applyCouponForSubscription", {"coupon": "TEN"}, organizationId=id)
    assert await call.refused(422, "applyCouponForSubscription", {"coupon": "TEN"}, organizationId=id)
    assert (await call("upgradeSubscriptionForOrganization", organizationId=id))["coupons"] == [{"coupon": "TEN"}]
