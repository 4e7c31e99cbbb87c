"""Signature policies of embedded wallets: what a wallet may sign for a time, with the addresses and limits."""

from __future__ import annotations

from dyntui.sandbox.document_resource import DocumentResource
from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.operations.waas import find_wallet
from dyntui.sandbox.replies import not_found
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import format_time


def _make(call: OperationCall, body: Document) -> Document:
    find_wallet(call, call.path["walletId"])
    return {
        "walletId": call.path["walletId"],
        "policyContent": body["policyContent"],
        "expiresAt": format_time(call.now + body["timeLimit"] * 1000),
    }


_POLICIES = DocumentResource(
    "waasSignaturePolicies",
    "Policy",
    resource="waasSignaturePolicy",
    make=_make,
    change=lambda call, doc, body: _make(call, body),
    path="policyId",
    parent="walletId",
).serve(
    "getWaasSignaturePolicyByWalletIdAndPolicyId",
    "createWaasSignaturePolicy",
    "updateWaasSignaturePolicyByWalletIdAndPolicyId",
)


def _is_active(call: OperationCall, policy: Document) -> bool:
    expires: str = policy["expiresAt"]
    return expires > format_time(call.now)


@operation("getWaasSignaturePolicies")
def list_policies(call: OperationCall) -> list[Document]:
    """Return the policies of the wallet that have not expired."""
    find_wallet(call, call.path["walletId"])
    rows = call.sandbox.store.all("waasSignaturePolicies", call.path["walletId"])
    return [row for row in rows if _is_active(call, row)]


@operation("deleteWaasSignaturePolicyByWalletIdAndPolicyId")
def delete_policy(call: OperationCall) -> Document:
    """Delete a policy and return it: the document has 200, not 204."""
    policy = _POLICIES.find(call)
    if not _is_active(call, policy):
        raise not_found("Policy")
    _POLICIES.delete(call)
    return policy
