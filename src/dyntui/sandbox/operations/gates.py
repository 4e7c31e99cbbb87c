"""Gates: users who hold a token or an NFT may sign in, or get an access scope. All rules of a gate must match."""

from __future__ import annotations

import re

from dyntui.sandbox.addresses import chain_family
from dyntui.sandbox.document_resource import DocumentResource
from dyntui.sandbox.handler_registry import OperationCall
from dyntui.sandbox.replies import invalid
from dyntui.sandbox.store import Document

_EVM_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}\Z")
_NFT_CHAINS = frozenset({"EVM", "SOL", "FLOW"})


def _check(call: OperationCall, gate: Document) -> None:
    if not gate["rules"]:
        raise invalid("invalid_gate", "A gate needs at least one rule")
    for rule in gate["rules"]:
        chain = chain_family(rule.get("chain", "EVM"))
        address = rule["address"]["contractAddress"]
        if not address or (chain == "EVM" and not _EVM_ADDRESS.match(address)):
            raise invalid("invalid_gate", f"{address!r} is not the address of a contract")
        if rule["type"] == "nft" and chain not in _NFT_CHAINS:
            raise invalid("nft_token_gating_not_supported_for_chain", f"gates for NFTs are not supported on {chain}")
        if rule.get("filter", {}).get("amount", 1) <= 0:
            raise invalid("invalid_gate", "The amount must be more than 0")


DocumentResource(
    "gates",
    "Gate",
    fields=("name", "outcome", "scope", "rules"),
    unique=("name",),
    exists_code="gate_exists",
    disabled_at_first=True,
    check=_check,
).serve("getEnvironmentGates", "createGate", "getGate", "updateGate", "deleteGate", "enableGate", "disableGate")
