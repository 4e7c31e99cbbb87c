"""The sanctions check of wallets by Chainalysis; a record for `all_resources.RESOURCES`."""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.resources.action import ResourceAction, while_disabled, while_enabled
from dyntui.resources.cell_formats import yes_no
from dyntui.resources.columns import label_from, time_column
from dyntui.resources.configuration import Configuration
from dyntui.resources.resource import Column, ListOperation, Resource, Shape
from dyntui.resources.undo import undone_by

__all__ = ["CHAINALYSIS"]


CHAINALYSIS = Resource(
    name="chainalysis",
    description="Sanctions screening of wallets",
    also_changes=("settings",),
    aliases=("sanctions",),
    singular="Chainalysis configuration",
    list=ListOperation("getChainalysisByEnvironmentId", shape=Shape.ONE, missing_is_empty=True),
    columns=(
        Column("sanctionsApiEnabled", "sanctions", 10, format=yes_no, priority=0),
        Column("kytApiEnabled", "KYT", 6, format=yes_no, priority=0),
        time_column("updatedAt", "updated", priority=1, former_titles=("changed",)),
        Column("id", "id", 36, grow=True, priority=2),
    ),
    route="detail",
    empty="Chainalysis is not set up for this environment.",
    configuration=Configuration(
        enabled_field="sanctionsApiEnabled",
        read_only=("kytApiEnabled",),
        cannot={"create": "Dynamic sets up Chainalysis for an environment."},
    ),
    label=label_from("id"),
    actions=(
        ResourceAction("enable", "enableSanctionsApiByEnvironmentId", "Enable the check of wallets against sanctions lists.", disabled_reason=while_disabled("sanctionsApiEnabled"), undo=undone_by("disable")),
        ResourceAction("disable", "disableSanctionsApiByEnvironmentId", "Disable the check of wallets against sanctions lists.", effect=Effect.DESTRUCTIVE,
            disabled_reason=while_enabled("sanctionsApiEnabled"), undo=undone_by("enable"), warning="Sanctioned wallets can sign in from then on."),
    ),
)  # fmt: skip
