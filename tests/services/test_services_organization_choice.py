"""Several organizations: the one with the environment is used, else one is chosen."""

from __future__ import annotations

from typing import Any, cast

import pytest

from dyntui.api.client import Client
from dyntui.core.errors import UsageError
from dyntui.services.actions.organization_choice import (
    AmbiguousOrganization,
    choose_organization,
    resolve_organization,
)


class Api:
    """A server with these organizations. owner: the one of which a project has the environment."""

    environment_id = "e1"

    def __init__(self, *names: str, owner: str = "") -> None:
        self.names = names
        self.owner = owner

    async def call(self, operation: str, *, path: Any = None, query: Any = None) -> Any:
        if operation == "getOrganizationsForMember":
            return {"organizations": [{"id": name, "name": name.upper()} for name in self.names]}
        environments = [{"id": "e1"}] if path["organizationId"] == self.owner else []
        return {"projects": [{"projectEnvironments": environments}]}


def client_of(*names: str, owner: str = "") -> Client:
    return cast(Client, Api(*names, owner=owner))


async def test_the_organization_with_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DYNTUI_ORGANIZATION_ID", raising=False)
    assert await resolve_organization(client_of("one")) == "one"
    assert await resolve_organization(client_of("one", "two", owner="two")) == "two"
    with pytest.raises(UsageError, match="no organization"):
        await resolve_organization(client_of())


async def test_one_of_several_organizations_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DYNTUI_ORGANIZATION_ID", raising=False)
    client = client_of("one", "two")
    with pytest.raises(AmbiguousOrganization) as refused:
        await resolve_organization(client)
    assert "--of ID or DYNTUI_ORGANIZATION_ID: ONE one, TWO two." in refused.value.hint
    choose_organization(client, "two")
    assert await resolve_organization(client) == "two"
    monkeypatch.setenv("DYNTUI_ORGANIZATION_ID", "two")
    assert await resolve_organization(client_of("one", "two", owner="one")) == "two"
    monkeypatch.setenv("DYNTUI_ORGANIZATION_ID", "three")
    with pytest.raises(AmbiguousOrganization):
        await resolve_organization(client_of("one", "two", owner="one"))
