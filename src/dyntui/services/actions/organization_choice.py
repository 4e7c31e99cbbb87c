"""The organization of an environment: found in its projects, or chosen when the token can read several."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from dyntui.core.errors import UsageError
from dyntui.core.interface import by_interface
from dyntui.core.json_types import Row, as_objects
from dyntui.resources.all_resources import RESOURCES
from dyntui.services.lists.response_rows import read_page

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["AmbiguousOrganization", "choose_organization", "resolve_organization"]

VARIABLE = "DYNTUI_ORGANIZATION_ID"
"""Chooses one of several organizations."""

_organizations: WeakKeyDictionary[Client, str] = WeakKeyDictionary()


class AmbiguousOrganization(UsageError):
    """The token can read several organizations, and no project of them has the environment."""

    def __init__(self, organizations: Sequence[Row]) -> None:
        names = ", ".join(f"{item.get('name')} {item.get('id')}" for item in organizations)
        how = by_interface(f"Choose one with --of ID or {VARIABLE}", "Choose one")
        super().__init__("The organization of this environment is ambiguous.", hint=f"{how}: {names}.")
        self.organizations = organizations


async def resolve_organization(client: Client) -> str:
    """Return the id of the organization of the environment; cached.

    Raises AmbiguousOrganization when one has to be chosen, and UsageError when the token can read none.
    """
    organization_id = _organizations.get(client)
    if organization_id is None:
        organization_id = _organizations[client] = await _find_organization(client)
    return organization_id


def choose_organization(client: Client, organization_id: str) -> None:
    """Use an organization for all further requests of this connection."""
    _organizations[client] = organization_id


async def _find_organization(client: Client) -> str:
    organizations = (await read_page(client, RESOURCES["organizations"].list, query={})).rows
    if not organizations:
        raise UsageError("This token can read no organization.", hint="Use the token of a member.")
    if len(organizations) == 1:
        return str(organizations[0].get("id"))
    chosen = os.environ.get(VARIABLE, "").strip()
    for organization in organizations:
        organization_id = str(organization.get("id"))
        if chosen == organization_id or (not chosen and await _has_environment(client, organization_id)):
            return organization_id
    raise AmbiguousOrganization(organizations)


async def _has_environment(client: Client, organization_id: str) -> bool:
    """Return whether the environment belongs to a project of an organization."""
    page = await read_page(client, RESOURCES["projects"].list, path={"organizationId": organization_id}, query={})
    environments = (item for project in page.rows for item in as_objects(project.get("projectEnvironments")))
    return any(item.get("id") == client.environment_id for item in environments)
