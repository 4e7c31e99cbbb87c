"""Gates: what a wallet has to hold. Create, change, enable, disable, delete; rules from words and back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dyntui.core.errors import Usage
from dyntui.services.access.lists import checked_fields
from dyntui.services.access.state import Change, Kind, Row, name_of
from dyntui.services.access.weighing import deleted, switched, updated, weigh_change
from dyntui.services.writes import Effect, Target, WriteAction

if TYPE_CHECKING:
    from dyntui.api.client import Client, Permit
    from dyntui.services.writes import Weight

__all__ = ["CREATE_GATE", "DELETE_GATE", "RULE_HELP", "UPDATE_GATE", "gate_target", "parse_rule", "rule_words"]
__all__ += ["switch_gate"]

RULE_HELP = "TYPE:NETWORK:CONTRACT[:amount=N][:tokenId=T][:chain=EVM], TYPE being token or nft"
_EVM = re.compile(r"0x[0-9a-fA-F]{40}")
_FILTERS = ("amount", "tokenId", "chain")


def parse_rule(text: str) -> dict[str, Any]:
    """`nft:1:0x…:amount=2` as the API takes it. Raises Usage."""
    kind, *rest = text.strip().split(":")
    if kind not in ("token", "nft") or len(rest) < 2:
        raise Usage(f"{text!r} is no rule.", hint=f"Write it as {RULE_HELP}.")
    network, contract, *more = rest
    if not network.isdigit():
        raise Usage(f"{network!r} is no network id.", hint="It is a number: 1 for Ethereum, 137 for Polygon, ...")
    rule: dict[str, Any] = {"type": kind, "address": {"networkId": int(network), "contractAddress": contract}}
    filters: dict[str, Any] = {}
    for part in more:
        name, separator, value = part.partition("=")
        if not separator or not value or name not in _FILTERS:
            raise Usage(f"{part!r} is no part of a rule.", hint=f"Write it as {RULE_HELP}.")
        if name == "chain":
            rule["chain"] = value.upper()
        elif name == "amount":
            filters["amount"] = _amount(value)
        else:
            filters["tokenId"] = value
    if rule.get("chain", "EVM") in ("EVM", "ETH") and not _EVM.fullmatch(contract):
        raise Usage(f"{contract!r} is not the address of a contract.", hint="0x and forty hexadecimal digits.")
    if filters:
        rule["filter"] = filters
    return rule


def _amount(text: str) -> int | float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise Usage(f"{text!r} is no amount.", hint="A number greater than 0: how many there have to be at least.")
    return int(number) if number.is_integer() else number


def rule_words(rule: Mapping[str, Any]) -> str:
    """A rule for people: `at least 2 of nft 0x… on network 1 (EVM), token 7`."""
    address = rule.get("address") if isinstance(rule.get("address"), Mapping) else {}
    wanted = rule.get("filter") if isinstance(rule.get("filter"), Mapping) else {}
    assert isinstance(address, Mapping)
    assert isinstance(wanted, Mapping)
    least = f"at least {wanted['amount']} of " if wanted.get("amount") is not None else ""
    which = f", token {wanted['tokenId']}" if wanted.get("tokenId") not in (None, "") else ""
    chain = f" ({rule['chain']})" if rule.get("chain") else ""
    return (
        f"{least}{rule.get('type') or 'something'} {address.get('contractAddress') or ''} "
        f"on network {address.get('networkId', '?')}{chain}{which}"
    )


def rule_text(rule: Mapping[str, Any]) -> str:
    """A rule as `parse_rule` reads it."""
    address, wanted = rule.get("address") or {}, rule.get("filter") or {}
    parts = [str(rule.get("type")), str(address.get("networkId")), str(address.get("contractAddress"))]
    parts += [f"{name}={wanted[name]}" for name in ("amount", "tokenId") if wanted.get(name) not in (None, "")]
    return ":".join([*parts, *([f"chain={rule['chain']}"] if rule.get("chain") else [])])


def gate_target(row: Row, **data: Any) -> Target:
    """A gate as the target of an action."""
    return Target(str(row.get("id", "")), name_of(row), data)


def _bare(document: Any) -> Any:
    return document.get("gate", document) if isinstance(document, dict) else document


async def _read(client: Client, target: Target) -> Any:
    return _bare(await client.call("getGate", path={"gateId": target.id}))


def _after(target: Target, value: Any) -> Any:
    return value


def _weigh(change: Change) -> Any:
    async def weigh(client: Client, targets: Sequence[Target]) -> Weight:
        return await weigh_change(client, Kind.GATE, [target.id for target in targets], change)

    return weigh


def _fields(target: Target) -> dict[str, Any]:
    fields = checked_fields(target.data["fields"], kind=Kind.GATE)
    if "rules" in fields and not fields["rules"]:
        raise Usage("A gate needs at least one rule.", hint=f"Write one as {RULE_HELP}.")
    return fields


async def _create(client: Client, target: Target, permit: Permit) -> Any:
    body = {name: value for name, value in _fields(target).items() if value not in (None, "")}
    return _bare(await client.call("createGate", body=body, permit=permit))


async def _update(client: Client, target: Target, permit: Permit) -> Any:
    # PUT may replace the whole: so what stays is sent as well.
    now = await _read(client, target)
    fields = {name: now.get(name) for name in ("name", "outcome", "scope", "rules")} | _fields(target)
    body = {name: value for name, value in fields.items() if value is not None}
    return _bare(await client.call("updateGate", path={"gateId": target.id}, body=body, permit=permit))


async def _delete(client: Client, target: Target, permit: Permit) -> None:
    await client.call("deleteGate", path={"gateId": target.id}, permit=permit)


async def _weigh_update(client: Client, targets: Sequence[Target]) -> Weight:
    (target,) = targets
    return await weigh_change(client, Kind.GATE, [target.id], updated(_fields(target)))


CREATE_GATE = WriteAction(
    "gate.create", "Create", "gate", "createGate", _create, warning="It is off until it is enabled.", after=_after
)
UPDATE_GATE = WriteAction(
    "gate.update",
    "Change",
    "gate",
    "updateGate",
    _update,
    reread=_read,
    weigh=_weigh_update,
    before=_read,
    after=_after,
)
DELETE_GATE = WriteAction(
    "gate.delete",
    "Delete",
    "gate",
    "deleteGate",
    _delete,
    effect=Effect.DESTRUCTIVE,
    warning="It cannot be brought back.",
    weigh=_weigh(deleted),
    before=_read,
)


def switch_gate(on: bool) -> WriteAction:
    """Enable or disable a gate."""
    operation = "enableGate" if on else "disableGate"

    async def call(client: Client, target: Target, permit: Permit) -> Any:
        return _bare(await client.call(operation, path={"gateId": target.id}, permit=permit))

    return WriteAction(
        "gate.enable" if on else "gate.disable",
        "Enable" if on else "Disable",
        "gate",
        operation,
        call,
        reread=_read,
        weigh=_weigh(switched(on)),
        before=_read,
        after=_after,
    )
