"""Gates: rules about tokens that a wallet must hold; a record for `all_resources.RESOURCES`."""

from __future__ import annotations

from collections.abc import Mapping

from dyntui.resources.allowlists import access_actions
from dyntui.resources.cell_formats import enabled_since, item_count
from dyntui.resources.columns import id_column
from dyntui.resources.configuration import Configuration
from dyntui.resources.resource import Column, ListOperation, Resource, Row
from dyntui.resources.undo import created_again

__all__ = ["GATES"]


def _required_tokens(row: Row) -> str:
    """Return the rules of a gate as short text."""
    rules = row.get("rules")
    return ", ".join(
        f"{rule.get('type')} {(rule.get('address') or {}).get('contractAddress') or ''}".strip()
        for rule in (rules if isinstance(rules, list) else ())
        if isinstance(rule, Mapping)
    )


GATES = Resource(
    name="gates",
    description="Token and NFT rules for sign-in and scopes",
    aliases=("gate",),
    list=ListOperation("getEnvironmentGates", "gates"),
    columns=(
        Column("name", "name", 18, grow=True, priority=0),
        Column("outcome", "outcome", 10, priority=0),
        Column("scope", "scope", 12, priority=2),
        Column("enabledAt", "enabled", 16, format=enabled_since, priority=1),
        Column("rules", "rules", 5, right=True, format=item_count, priority=3),
        Column(
            title="required tokens", width=20, grow=True, pick=_required_tokens, priority=4, former_titles=("asks for",)
        ),
        id_column(priority=5),
    ),
    detail="getGate",
    route="gate",
    empty="There are no gates in this environment, so no tokens are required.",
    configuration=Configuration(identity=("name",), enabled_field="enabledAt"),
    command="gates",
    identified_by=("name",),
    actions=access_actions(
        "gate",
        "createGate",
        "updateGate",
        "enableGate",
        "disableGate",
        "deleteGate",
        fields=("name", "outcome", "scope", "rules"),
        deletion=created_again(then=("enable", "enabledAt")),
    ),
)
