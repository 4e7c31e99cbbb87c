"""Embedded wallets: versions, policies and delegation keys, never key shares; records for `all_resources.RESOURCES`."""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.core.json_types import Row, as_list, as_objects
from dyntui.core.text import quantity
from dyntui.resources.action import ActionTarget, ResourceAction, create_action, delete_action, edit_action
from dyntui.resources.columns import id_column, time_column
from dyntui.resources.configuration import WHOLE_ELEMENT, Configuration
from dyntui.resources.resource import Column, ListOperation, Resource, Shape
from dyntui.resources.undo import created_again, irreversible, restored, undone_by_deletion

__all__ = ["RECORDS"]


_VERSION_DESCRIPTIONS = {"V3": "TSS-MPC, current", "V1": "legacy", "V2": "legacy"}

WALLET_VERSIONS = Resource(
    name="wallet-versions",
    description="Versions of embedded wallets in use",
    title="Embedded Wallet Versions",
    singular="version",
    key="value",
    list=ListOperation("getActiveEmbeddedWalletVersionsForEnvironment", shape=Shape.VALUES),
    columns=(
        Column("value", "version", 10, priority=0),
        Column(
            title="description",
            width=40,
            grow=True,
            pick=lambda row: _VERSION_DESCRIPTIONS.get(str(row.get("value")), ""),
            priority=1,
            former_titles=("what it is",),
        ),
    ),
    empty="No embedded wallet version is active.",
    not_configuration="It says which versions users have, and cannot be set.",
)


_RULE_FIELDS = (
    *("name", "ruleType", "chain", "address", "addresses", "chainId", "chainIds", "functionName", "contractAbi"),
    *("argumentConstraints", "valueLimit.asset", "valueLimit.maxPerCall", "valueLimit.totalLimit"),
    *(f"operationRestrictions.{name}" for name in ("blockExport", "blockRevocation", "blockClientSigning")),
)

POLICIES = Resource(
    name="waas-policies",
    identified_by=("name",),
    description="What embedded wallets may sign: limits, addresses",
    aliases=("policies", "policy"),
    title="Embedded Wallet Policies",
    singular="rule",
    key="ruleId",
    list=ListOperation("getWaasPolicy", "policyContent", missing_is_empty=True),
    columns=(
        Column("name", "rule", 24, grow=True, priority=0),
        Column("ruleType", "type", 6, priority=0, former_titles=("kind",)),
        Column("chain", "chain", 6, priority=1),
        Column("address", "address", 14, grow=True, priority=2),
        Column("functionName", "function", 18, priority=2),
        Column("valueLimit.totalLimit", "limit", 14, priority=3),
        id_column("ruleId", priority=3),
    ),
    route="detail",
    empty="There are no policy rules, so no transactions are restricted. Press {waas-policies.create} to add one.",
    configuration=Configuration(
        identity=("name",),
        schema="WaasPolicyRule",
        read_only=("ruleId",),
        list_keys={"addresses": WHOLE_ELEMENT, "chainIds": WHOLE_ELEMENT},
    ),
    actions=(
        create_action("createWaasPolicy", "Add a rule to the policy.", fields=_RULE_FIELDS, body_list="rulesToAdd", undo=undone_by_deletion(),
            typed_in_live=True, warning="It applies to the next transaction."),
        edit_action("updateWaasPolicy", "Edit the rule.", fields=_RULE_FIELDS, body_list="rulesToUpdate", undo=restored(), replaces_all=True,
            typed_in_live=True, warning="It applies to the next transaction."),
        delete_action("deleteWaasPolicy", "Delete the rule.", body=lambda row, _: row.get("ruleId"), body_list="ruleIdsToDelete",
            undo=created_again(), warning="Transactions that a deleted rule denied are then allowed, and those that it allowed are then denied."),
    ),
)  # fmt: skip


def _not_revoked(response: Row) -> str:
    """Return which wallets a request did not revoke the access to, with the reasons; "" for none."""
    failed = [row for row in as_objects(response.get("results")) if row.get("success") is not True]
    total = len(as_objects(response.get("results")))
    reasons = "; ".join(f"{row.get('walletId')}: {row.get('error') or 'no reason'}" for row in failed)
    number = f"{len(failed):,} of {quantity(total, 'wallet')}"
    return f"The delegated access to {number} was not revoked: {reasons}." if failed else ""


def _values(row: Row, name: str) -> list[str]:
    """Return the different values of a field in the parts of a signature policy."""
    values = (part.get(name) for part in as_objects(row.get("policyContent")))
    return list(dict.fromkeys(str(each) for value in values for each in (as_list(value) or (value,)) if each))


DELEGATION_KEYS = Resource(
    name="delegation-keys",
    description="Keys that encrypt delegated wallet access",
    aliases=("delegated-access",),
    title="Delegated Access Keys",
    singular="delegated access key",
    list=ListOperation("getDelegatedAccessEncryptionPublicKeys", "keys", query=(("includeAll", True),)),
    columns=(
        Column("kid", "key", 18, grow=True, priority=0),
        Column("status", "status", 8, priority=0),
        Column("alg", "algorithm", 18, priority=2),
        Column("type", "type", 9, priority=1, former_titles=("kind",)),
        time_column("createdAt", "created", priority=1, former_titles=("made",)),
        time_column("revokedAt", "revoked", priority=2),
    ),
    detail="getDelegatedAccessEncryptionPublicKeyById",
    detail_wrapper="key",
    empty="There are no delegated access keys, so users cannot delegate access. Press {delegation-keys.create} to add one.",
    not_configuration="An application makes its own keys, so they differ in each environment.",
    actions=(
        create_action("createDelegatedCredentials", "Add the public key of the application to which users delegate access.", fields=("publicKey", "alg", "type"),
            undo=irreversible("The API cannot delete the key."), typed_in_live=True),
        ResourceAction("revoke-delegated-access", "revokeDelegatedAccess", "Revoke the delegated access to up to 100 wallets in one request.", "revoke access", key="X",
            target=ActionTarget.LIST, effect=Effect.DESTRUCTIVE, fields=("walletIds",), noun="wallet", question="Revoke the delegated access to", past="revoked",
            result_subject="Delegated access to", problem=_not_revoked, undo=irreversible("The owners have to delegate the access again."),
            warning="The owners have to delegate the access again."),
    ),
)  # fmt: skip

_LASTING = irreversible(
    "The time limit of a policy counts from the request, so the values before cannot be sent again."
)

SIGNATURE_POLICIES = Resource(
    name="signature-policies",
    description="What one embedded wallet may sign for a time",
    aliases=("signature-policy",),
    title="Signature Policies",
    singular="signature policy",
    parent_resource="wallets",
    list=ListOperation("getWaasSignaturePolicies", missing_is_empty=True),
    columns=(
        Column(title="chains", width=10, priority=0, pick=lambda row: ", ".join(_values(row, "chain"))),
        Column(title="addresses", width=30, grow=True, priority=0, pick=lambda row: ", ".join(_values(row, "toAddresses"))),
        time_column("expiresAt", "expires", priority=0),
        id_column(priority=2),
    ),
    detail="getWaasSignaturePolicyByWalletIdAndPolicyId",
    cached=False,
    empty="This wallet has no signature policy that is active.",
    not_configuration="An application makes them for a wallet and for a short time.",
    actions=(
        create_action("createWaasSignaturePolicy", "Allow transactions of the wallet to some addresses, up to a limit and for some seconds.",
            fields=("policyContent", "timeLimit"), plural="signature policies", undo=undone_by_deletion(), typed_in_live=True),
        edit_action("updateWaasSignaturePolicyByWalletIdAndPolicyId", "Edit the signature policy. Its time limit begins again.",
            fields=("policyContent", "timeLimit"), plural="signature policies", replaces_all=True, undo=_LASTING, typed_in_live=True),
        delete_action("deleteWaasSignaturePolicyByWalletIdAndPolicyId", "Delete the signature policy.", plural="signature policies", undo=_LASTING),
    ),
)  # fmt: skip

RECORDS = (WALLET_VERSIONS, POLICIES, DELEGATION_KEYS, SIGNATURE_POLICIES)
