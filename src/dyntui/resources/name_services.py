"""Name services of chains; a record for `all_resources.RESOURCES`."""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.resources.action import (
    ActionTarget,
    ResourceAction,
    create_action,
    delete_action,
    disable_action,
    enable_action,
)
from dyntui.resources.columns import enabled_column, label_from
from dyntui.resources.configuration import Configuration
from dyntui.resources.resource import Column, ListOperation, Resource, Shape
from dyntui.resources.undo import irreversible, undone_by, undone_by_deletion

__all__ = ["NAME_SERVICES"]

CHAINS = ("EVM", "SOL", "FLOW", "STARK", "COSMOS", "BTC", "SUI", "TON")
"""The chains that are asked for a name service, besides those of the environment; the API has no list of them."""

NAME_SERVICES = Resource(
    name="name-services",
    description="Subnames for users, such as ada.example.eth",
    also_changes=("settings",),
    aliases=("names", "ens"),
    key="chainName",
    list=ListOperation("getNameService", shape=Shape.ONE, missing_is_empty=True, per_value=("chainName", CHAINS)),
    columns=(
        Column("chainName", "chain", 8, priority=0),
        Column("domain", "domain", 24, grow=True, priority=0),
        Column("address", "address", 14, grow=True, priority=1),
        enabled_column(),
    ),
    route="detail",
    empty="There are no name services. Press {name-services.signing-message} to get the message to sign, then {name-services.create} to add one.",
    configuration=Configuration(
        identity=("chainName",),
        read_only=("signature",),
        enabled_field="enabledAt",
        cannot={"create": "It needs a message that the wallet of the domain signed: `dyntui do name-services create`."},
    ),
    label=label_from("domain", "chainName"),
    actions=(
        ResourceAction("signing-message", "fetchNameServiceSigningMessage",
            "Get the message that the owner of the domain has to sign with the wallet.", target=ActionTarget.LIST, key="V",
            effect=Effect.READ, fields=("chainName", "address", "domain", "uri"),
            reveals=("unsignedMessage", "message to sign"), past="loaded", result_subject="Message to sign for"),
        create_action("createNameService", "Add a name service, with the message that the wallet signed.", fields=("chainName", "address", "domain", "signature"), undo=undone_by_deletion()),
        enable_action("enableNameService", "Enable the name service.", undo=undone_by("disable")),
        disable_action("disableNameService", "Disable the name service.", undo=undone_by("enable")),
        delete_action("deleteNameService", "Delete the name service.", undo=irreversible("The owner of the domain has to sign a new message."), warning="Adding it again needs a new signature."),
    ),
)  # fmt: skip
