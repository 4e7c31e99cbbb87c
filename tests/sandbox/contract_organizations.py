"""Calls every operation on organizations, projects and members."""

from __future__ import annotations

from typing import Any

from tests.sandbox.sandbox_contract import Checked

NETWORK: dict[str, Any] = {
    "networkType": "EVM",
    "chainName": "Test",
    "chainId": "77",
    "rpcUrl": "https://rpc.example",
    "blockExplorerUrl": "https://scan.example",
    "iconUrl": "https://icon.example/a.svg",
    "nativeCurrencyName": "Coin",
    "nativeCurrencySymbol": "C",
    "nativeCurrencyIconUrl": "https://icon.example/c.svg",
    "nativeCurrencyDecimals": 18,
}


async def organizations(call: Checked) -> None:
    id = (await call("getOrganizationsForMember"))["organizations"][0]["id"]
    await call("getOrganizationById", organizationId=id)
    await call("createOrganization", {"name": "Second"})
    await call("updateOrganizationById", {"name": "Northwind 2", "description": "x"}, organizationId=id)
    await call("updateOrganizationAddressById", {"city": "Porto"}, organizationId=id)
    await call("getBillingSubscriptionByOrganization", organizationId=id)
    await call("applyCouponForSubscription", {"coupon": "TEN"}, organizationId=id)
    await call("upgradeSubscriptionForOrganization", organizationId=id)
    await call("getOrganizationMfaSettings", organizationId=id)
    await call("enableMfaDeviceForOrganization", organizationId=id, mfaDeviceType="passkey")
    await call("disableMfaDeviceForOrganization", organizationId=id, mfaDeviceType="totp")

    sso = {"clientId": "x", "clientSecret": "topsecret", "ssoDomain": "n.okta.example", "emailDomain": "n.example"}
    made = (await call("createSsoProvider", {**sso, "provider": "okta"}, organizationId=id))["id"]
    await call("getSsoProviderForOrganization", organizationId=id)
    await call("updateSsoProvider", {"enforceOnlySSO": True}, organizationId=id, ssoProviderId=made)
    await call("deleteSsoProvider", organizationId=id, ssoProviderId=made)

    await call("getCustomNetworks", organizationId=id)
    network = (await call("createCustomNetwork", NETWORK, organizationId=id))["customNetwork"]["id"]
    await call("getCustomNetwork", organizationId=id, networkId=network)
    await call("updateCustomNetwork", {**NETWORK, "chainName": "T"}, organizationId=id, networkId=network)
    await call("deleteCustomNetwork", organizationId=id, networkId=network)


async def projects(call: Checked) -> None:
    organization = (await call("getOrganizationsForMember"))["organizations"][0]["id"]
    project = (await call("getProjects", organizationId=organization))["projects"][0]["id"]
    await call("getProjectById", projectId=project)
    environments = (await call("getEnvironmentsByProjectId", projectId=project))["environments"]
    assert environments["sandbox"]["id"] == call.api.sandbox.environment_id != environments["live"]["id"]
    made = (await call("createProject", {"name": "Second"}, organizationId=organization))["project"]["id"]
    await call("updateProject", {"name": "Renamed"}, projectId=made)
    await call("getEnvironmentsByProjectId", projectId=made)
    await call("membershipEnvironmentIdsGet")
    await call("deleteProjectById", projectId=made)


async def members(call: Checked) -> None:
    organization = (await call("getOrganizationsForMember"))["organizations"][0]["id"]
    members = (await call("getOrganizationMembers", organizationId=organization))["members"]
    by_role = {each["role"]: each["id"] for each in members}
    await call("updateMemberRole", {"role": "admin"}, memberId=by_role["viewer"])
    await call("deleteMemberById", memberId=by_role["developer"])
    await call("delegateOwnership", {"adminMemberIdToDelegate": by_role["admin"]}, memberId=by_role["owner"])

    await call("createInvite", {"email": "new@example.com", "role": "viewer"}, organizationId=organization)
    sent = (await call("getOrganizationInvitesByOrganizationId", organizationId=organization))["invites"]
    await call("deleteInvite", inviteId=next(each["id"] for each in sent if each["email"] == "new@example.com"))
    received = (await call("getInvites", query={"status": "pending"}))["invites"]
    await call("updateInvite", {"status": "accepted"}, inviteId=received[0]["id"])

    await call("getUserApiTokens")
    token = (await call("createUserApiToken", {"note": "Mine", "scopes": ["environment.users.read"]}))["token"]
    await call("deleteUserApiToken", tokenId=token["id"])
