"""Exports that the server makes; a record for `all_resources.RESOURCES`."""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.resources.action import ResourceAction, create_action
from dyntui.resources.columns import id_column, time_column
from dyntui.resources.resource import Column, ListOperation, Resource
from dyntui.resources.undo import irreversible

__all__ = ["EXPORTS"]

EXPORTS = Resource(
    name="exports",
    description="Exports made by Dynamic, to create and download",
    aliases=("export",),
    command="exports",
    list=ListOperation("getEnvironmentExports", "exports", equal=("model",)),
    columns=(
        Column("model", "model", 8, priority=0, former_titles=("what",)),
        Column("status", "status", 10, priority=0),
        time_column("createdAt", "requested", priority=0, former_titles=("asked for",)),
        time_column("completedAt", "completed", priority=1, former_titles=("done",)),
        Column("format", "format", 6, priority=3),
        Column("error", "error", 30, grow=True, priority=2),
        id_column(priority=2),
    ),
    detail="getExportById",
    route="export",
    cached=False,
    secrets=("downloadUrl",),
    empty="There are no exports. Press {exports.create} to request one.",
    not_configuration="Exports are files that were requested one time.",
    label=lambda row: f"{row.get('model') or ''} {str(row.get('createdAt') or '')[:16]}".strip(),
    actions=(
        create_action("createExport", "Request a CSV file of all users or visits from the server.", fields=("model", "format"), undo=irreversible("The API cannot delete an export.")),
        ResourceAction("download", "downloadExportById", "Download the file of the export.", key="x", effect=Effect.READ, command="exports download"),
    ),
)  # fmt: skip
