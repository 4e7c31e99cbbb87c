"""The rules of gates as text."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dyntui.core.errors import UsageError
from dyntui.core.json_types import as_object

__all__ = ["RULE_FORMAT", "describe_rule", "parse_rule", "rule_text"]

RULE_FORMAT = "token:NETWORK:CONTRACT or nft:NETWORK:CONTRACT, then optional :amount=N :tokenId=T :chain=EVM"
"""How a rule is written, for messages."""
_EVM = re.compile(r"0x[0-9a-fA-F]{40}")
_FILTERS = ("amount", "tokenId", "chain")


def parse_rule(text: str) -> dict[str, object]:
    """Parse a rule such as `nft:1:0x…:amount=2`. Raises UsageError."""
    kind, *rest = text.strip().split(":")
    if kind not in ("token", "nft") or len(rest) < 2:
        raise UsageError(f"{text!r} is not a rule.", hint=f"Write it as {RULE_FORMAT}.")
    network, contract, *more = rest
    if not network.isdigit():
        raise UsageError(
            f"{network!r} is not a network id.", hint="It is a number: 1 for Ethereum, 137 for Polygon, ..."
        )
    rule: dict[str, object] = {"type": kind, "address": {"networkId": int(network), "contractAddress": contract}}
    filters: dict[str, object] = {}
    for part in more:
        name, separator, value = part.partition("=")
        if not separator or not value or name not in _FILTERS:
            raise UsageError(f"{part!r} is not part of a rule.", hint=f"Write it as {RULE_FORMAT}.")
        if name == "chain":
            rule["chain"] = value.upper()
        elif name == "amount":
            filters["amount"] = _amount(value)
        else:
            filters["tokenId"] = value
    if rule.get("chain", "EVM") in ("EVM", "ETH") and not _EVM.fullmatch(contract):
        raise UsageError(f"{contract!r} is not a contract address.", hint="Write 0x and 40 hexadecimal digits.")
    if filters:
        rule["filter"] = filters
    return rule


def _amount(text: str) -> int | float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise UsageError(f"{text!r} is not an amount.", hint="Write the minimum amount as a number greater than 0.")
    return int(number) if number.is_integer() else number


def describe_rule(rule: Mapping[str, object]) -> str:
    """Return a rule as text for people: `at least 2 of nft 0x… on network 1 (EVM), token 7`."""
    address, token_filter = as_object(rule.get("address")), as_object(rule.get("filter"))
    least = f"at least {token_filter['amount']} of " if token_filter.get("amount") is not None else ""
    which = f", token {token_filter['tokenId']}" if token_filter.get("tokenId") not in (None, "") else ""
    chain = f" ({rule['chain']})" if rule.get("chain") else ""
    return (
        f"{least}{rule.get('type') or 'token'} {address.get('contractAddress') or ''} "
        f"on network {address.get('networkId', '?')}{chain}{which}"
    )


def rule_text(rule: Mapping[str, object]) -> str:
    """Return a rule as text for `parse_rule`."""
    address, token_filter = as_object(rule.get("address")), as_object(rule.get("filter"))
    parts = [str(rule.get("type")), str(address.get("networkId")), str(address.get("contractAddress"))]
    parts += [
        f"{name}={token_filter[name]}" for name in ("amount", "tokenId") if token_filter.get(name) not in (None, "")
    ]
    return ":".join([*parts, *([f"chain={rule['chain']}"] if rule.get("chain") else [])])
