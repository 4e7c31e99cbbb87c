"""Organizations: projects, members, invitations, custom networks, single sign-on and plan.

A token of an environment can read these only where the server allows it; the token of a member can.
Source: docs/vendor-api.md#scopes.
"""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.resources.action import (
    ALL,
    ResourceAction,
    create_action,
    delete_action,
    disable_action,
    edit_action,
    enable_action,
)
from dyntui.resources.cell_formats import comma_list, item_count, thousands, yes_no
from dyntui.resources.columns import enabled_column, id_column, label_from, time_column
from dyntui.resources.configuration import Configuration
from dyntui.resources.resource import Column, ListOperation, Resource, Row, Shape
from dyntui.resources.undo import created_again, irreversible, restored, undone_by, undone_by_deletion

__all__ = ["RECORDS"]


def _owner_disabled_reason(row: Row) -> str | None:
    return (
        "The owner cannot be changed or removed. Delegate the ownership first." if row.get("role") == "owner" else None
    )


def _delegate_disabled_reason(row: Row) -> str | None:
    return None if row.get("role") == "owner" else "Only the owner can delegate the ownership."


def _answer_disabled_reason(row: Row) -> str | None:
    return None if row.get("status", "pending") == "pending" else "The invitation was already accepted or rejected."


ORGANIZATIONS = Resource(
    name="organizations",
    identified_by=("name",),
    description="Organizations that the token can read",
    aliases=("org", "orgs", "organization"),
    list=ListOperation("getOrganizationsForMember", "organizations"),
    columns=(
        Column("name", "name", 24, grow=True, priority=0),
        Column("role", "your role", 10, priority=1),
        Column("websiteUrl", "website", 24, priority=3),
        Column("description", "description", 24, priority=4),
        id_column(priority=2),
    ),
    detail="getOrganizationById",
    empty="This token can read no organization.",
    not_configuration="An organization contains environments and is not part of one.",
    actions=(
        create_action("createOrganization", "Create an organization.", fields=("name", "description", "websiteUrl", "implementationTimeline"), undo=irreversible("The API cannot delete an organization.")),
        edit_action("updateOrganizationById", "Edit the name, description and website.", replaces_all=True, fields=("name", "description", "websiteUrl"), undo=restored()),
        ResourceAction("edit-address", "updateOrganizationAddressById", "Edit the billing address.", key="E", past="changed", result_subject="Address of",
            single_row=True, fields=ALL, values_path="address", replaces_all=True, undo=restored("edit-address")),
    ),
)  # fmt: skip

PROJECTS = Resource(
    name="projects",
    identified_by=("name",),
    description="Projects of the organization",
    also_changes=("membership-environments",),
    aliases=("project",),
    parent_resource="organizations",
    list=ListOperation("getProjects", "projects"),
    columns=(
        Column("name", "name", 26, grow=True, priority=0),
        Column("projectEnvironments", "environments", 12, right=True, format=item_count, priority=2),
        id_column(priority=1),
    ),
    detail="getProjectById",
    empty="This organization has no projects.",
    not_configuration="A project contains environments and is not part of one.",
    actions=(
        create_action("createProject", "Create a project with its two environments.", fields=("name",), undo=undone_by_deletion()),
        edit_action("updateProject", "Rename the project.", title="rename", replaces_all=True, fields=("name",), past="renamed", undo=restored()),
        delete_action("deleteProjectById", "Delete the project and both of its environments.", undo=irreversible("Its environments and their users were deleted with it."), single_row=True, warning="Both environments and all their users are deleted with it."),
    ),
)  # fmt: skip

ENVIRONMENTS = Resource(
    name="project-environments",
    description="Live and sandbox environment of one project",
    singular="environment",
    parent_resource="projects",
    list=ListOperation("getEnvironmentsByProjectId", "environments", shape=Shape.NAMED),
    columns=(
        Column("name", "kind", 10, priority=0),
        Column("id", "id", 36, grow=True, priority=0),
        Column("settings.general.displayName", "name", 20, priority=1),
        time_column("createdAt", "created", priority=2),
        Column("sdkVersion", "SDK", 10, priority=3),
    ),
    empty="This project has no environments.",
    not_configuration="Environments are created with their project.",
)

MEMBERS = Resource(
    name="members",
    identified_by=("user.email",),
    description="People with dashboard access, and their roles",
    aliases=("member",),
    command="members",
    parent_resource="organizations",
    list=ListOperation("getOrganizationMembers", "members"),
    columns=(
        Column("user.email", "email", 28, grow=True, priority=0),
        Column("role", "role", 10, priority=0),
        Column("user.firstName", "first name", 14, priority=3),
        Column("user.lastName", "last name", 16, priority=3),
        time_column("user.lastVisit", "last visit", priority=1),
        id_column(priority=2),
    ),
    empty="This organization has no members.",
    not_configuration="Members are people of the organization.",
    cached=False,
    label=label_from("user.email", "user.alias"),
    actions=(
        edit_action("updateMemberRole", "Change the role of the member.", title="role", fields=("role",), past="changed", result_subject="Role of",
            disabled_reason=_owner_disabled_reason, typed_in_live=True, single_row=False, undo=restored()),
        delete_action("deleteMemberById", "Remove the member from the organization.", title="remove", past="removed", disabled_reason=_owner_disabled_reason, undo=irreversible("Invite the member again."),
            warning="The member immediately loses access to all environments of the organization."),
        ResourceAction("delegate-ownership", "delegateOwnership", "Delegate the ownership to an admin.", key="ampersand", single_row=True,
            past="delegated", result_subject="Ownership of",
            effect=Effect.DESTRUCTIVE, fields=("adminMemberIdToDelegate",), disabled_reason=_delegate_disabled_reason,
            undo=irreversible("Only the new owner can delegate the ownership back."), warning="The current owner becomes an admin. Only the new owner can delegate the ownership back."),
    ),
)  # fmt: skip

INVITES = Resource(
    name="invites",
    identified_by=("email",),
    description="Invitations to the dashboard that are pending",
    aliases=("invite",),
    title="Invitations",
    parent_resource="organizations",
    list=ListOperation("getOrganizationInvitesByOrganizationId", "invites"),
    columns=(
        Column("email", "email", 26, grow=True, priority=0),
        Column("status", "status", 10, priority=0),
        Column("role", "role", 10, priority=1),
        Column("alias", "alias", 14, priority=3),
        Column("walletPublicKey", "wallet", 14, priority=4),
        Column("createdByEmail", "invited by", 22, priority=2),
    ),
    empty="There are no invitations. Press {invites.create} to invite a member; the API accepts 20 invitations per minute.",
    not_configuration="Invitations are for people, and end when they are answered.",
    cached=False,
    label=label_from("email", "walletPublicKey", "alias"),
    actions=(
        create_action("createInvite", "Invite a member by email, wallet or phone number.", title="invite", fields=("email", "role", "alias", "walletPublicKey", "phoneNumber"), past="sent", undo=undone_by_deletion()),
        delete_action("deleteInvite", "Withdraw the invitation.", title="withdraw", past="withdrawn", undo=created_again(note="sends a new invitation")),
    ),
)  # fmt: skip

MY_INVITES = Resource(
    name="my-invites",
    description="Invitations to you, to accept or reject",
    also_changes=("organizations", "members", "membership-environments"),
    title="My Invitations",
    singular="invitation",
    list=ListOperation("getInvites", "invites", query=(("status", "pending"),)),
    columns=(
        Column("organizationName", "organization", 26, grow=True, priority=0),
        Column("status", "status", 10, priority=0),
        Column("role", "role", 10, priority=1),
        Column("createdByEmail", "invited by", 24, priority=2),
    ),
    empty="You have no invitations.",
    not_configuration="Invitations are for people, and end when they are answered.",
    cached=False,
    actions=(
        ResourceAction("accept", "updateInvite", "Accept the invitation and join the organization.", key="plus", disabled_reason=_answer_disabled_reason,
            body=lambda row, values: {"status": "accepted"}, undo=irreversible("An invitation is answered only one time.")),
        ResourceAction("reject", "updateInvite", "Reject the invitation.", variant_of="my-invites.accept", key="d", effect=Effect.DESTRUCTIVE, disabled_reason=_answer_disabled_reason,
            body=lambda row, values: {"status": "rejected"}, undo=irreversible("An invitation is answered only one time."), warning="A rejected invitation cannot be accepted later."),
    ),
)  # fmt: skip

MFA_SETTINGS = Resource(
    name="mfa-settings",
    description="Which second factors dashboard members may use",
    aliases=("mfa",),
    title="Member MFA Methods",
    singular="MFA method",
    parent_resource="organizations",
    list=ListOperation("getOrganizationMfaSettings", "mfaSettings"),
    key="mfaDeviceType",
    columns=(
        Column("mfaDeviceType", "type", 14, grow=True, priority=0, former_titles=("kind",)),
        enabled_column(),
    ),
    empty="No MFA methods are set up for members.",
    configuration=Configuration(
        identity=("mfaDeviceType",),
        enabled_field="enabledAt",
        cannot={"create": "Dynamic decides which methods exist.", "delete": "Dynamic decides which methods exist."},
    ),
    actions=(
        enable_action("enableMfaDeviceForOrganization", "Require the MFA method from members.", undo=undone_by("disable"), typed_in_live=True),
        disable_action("disableMfaDeviceForOrganization", "Stop requiring the MFA method from members.", undo=undone_by("enable"), effect=Effect.DESTRUCTIVE, warning="Members sign in without the method from then on."),
    ),
)  # fmt: skip

CUSTOM_NETWORKS = Resource(
    name="custom-networks",
    identified_by=("chainName",),
    description="Your own EVM networks: chain id, RPC, currency",
    aliases=("networks",),
    parent_resource="organizations",
    list=ListOperation("getCustomNetworks", "customNetworks", wrapper="customNetwork"),
    columns=(
        Column("chainName", "name", 20, grow=True, priority=0),
        Column("chainId", "chain id", 10, priority=0),
        Column("networkType", "type", 8, priority=2, former_titles=("kind",)),
        Column("nativeCurrencySymbol", "currency", 8, priority=2),
        Column("rpcUrl", "RPC", 30, priority=3),
        id_column(priority=1),
    ),
    detail="getCustomNetwork",
    detail_wrapper="customNetwork",
    empty="There are no custom networks.",
    configuration=Configuration(identity=("chainName",)),
    actions=(
        create_action("createCustomNetwork", "Add a custom network.", undo=undone_by_deletion()),
        edit_action("updateCustomNetwork", "Edit the network.", undo=restored(), replaces_all=True),
        delete_action("deleteCustomNetwork", "Delete the network.", undo=created_again()),
    ),
)  # fmt: skip

SSO = Resource(
    name="sso",
    description="Single sign-on of dashboard members",
    aliases=("sso-provider",),
    title="Member SSO",
    singular="sign-on provider",
    parent_resource="organizations",
    list=ListOperation("getSsoProviderForOrganization", shape=Shape.ONE, missing_is_empty=True),
    columns=(
        Column("provider", "provider", 10, priority=0),
        Column("ssoDomain", "domain", 24, grow=True, priority=0),
        Column("emailDomain", "email domain", 20, priority=1, former_titles=("e-mail domain",)),
        Column("enforceOnlySSO", "only SSO", 8, format=yes_no, priority=1),
        time_column("updatedAt", "updated", priority=2, former_titles=("changed",)),
    ),
    route="detail",
    cached=False,
    empty="Single sign-on is not set up. Press {sso.create} to set it up.",
    not_configuration="It decides how members sign in to the dashboard. A mistake could lock them out, so change it by hand.",
    label=label_from("ssoDomain"),
    actions=(
        create_action("createSsoProvider", "Set up single sign-on through Okta.", undo=undone_by_deletion()),
        edit_action("updateSsoProvider", "Edit the provider. With enforceOnlySSO, members cannot sign in any other way.", undo=restored(), typed_in_live=True),
        delete_action("deleteSsoProvider", "Delete the single sign-on provider.", undo=irreversible("Its client secret is not saved."), warning="Members sign in by email again."),
    ),
)  # fmt: skip

SUBSCRIPTION = Resource(
    name="subscription",
    description="Plan, usage and billing of the organization",
    aliases=("billing", "plan"),
    title="Plan",
    parent_resource="organizations",
    key="planType",
    list=ListOperation("getBillingSubscriptionByOrganization", shape=Shape.ONE),
    columns=(
        Column("planType", "plan", 12, priority=0),
        Column("inTrial", "trial", 6, format=yes_no, priority=1),
        Column("trialDaysLeft", "days left", 9, right=True, format=thousands, priority=2),
        Column("hasPaymentMethod", "payment method", 14, format=yes_no, priority=1),
        Column("currentBillingPeriod.usagesCount", "usage", 10, right=True, format=thousands, priority=1, former_titles=("used",)),
        time_column("currentBillingPeriod.endDate", "period ends", priority=2),
        Column("scope", "features", 30, grow=True, format=comma_list, priority=3),
    ),
    route="detail",
    cached=False,
    empty="The server returned no plan.",
    not_configuration="The plan is a contract with Dynamic.",
    actions=(
        ResourceAction("apply-coupon", "applyCouponForSubscription", "Apply a coupon.", "coupon", key="plus", single_row=True, fields=("coupon",),
            past="applied", result_subject="Coupon for", undo=irreversible("The API cannot remove a coupon.")),
        ResourceAction("upgrade", "upgradeSubscriptionForOrganization", "Upgrade to the next plan.", key="e", single_row=True, typed_in_live=True,
            undo=irreversible("The API cannot return to the plan before."), warning="The new plan is billed from then on."),
    ),
)  # fmt: skip

MY_ENVIRONMENTS = Resource(
    name="membership-environments",
    description="Environments that you are a member of",
    title="My Environments",
    singular="environment id",
    key="value",
    list=ListOperation("membershipEnvironmentIdsGet", shape=Shape.VALUES),
    columns=(Column("value", "environment id", 36, grow=True, priority=0),),
    empty="This token does not belong to a member.",
    not_configuration="It says which environments you may use, and cannot be set.",
)

RECORDS = (
    ORGANIZATIONS,
    PROJECTS,
    ENVIRONMENTS,
    MEMBERS,
    INVITES,
    MY_INVITES,
    MFA_SETTINGS,
    CUSTOM_NETWORKS,
    SSO,
    SUBSCRIPTION,
    MY_ENVIRONMENTS,
)
