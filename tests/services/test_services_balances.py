"""Balances: the enabled networks of the environment are asked, and the rows name wallet, network and value."""

from __future__ import annotations

import sys
from typing import Any, cast

import pytest

from dyntui.api.catalog import catalog
from dyntui.api.client import Client
from dyntui.api.errors import BadRequest, Forbidden
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.name_services import CHAINS as NAME_SERVICE_CHAINS
from dyntui.services.lists.balance_rows import environment_chains, read_balances
from dyntui.services.lists.response_rows import read_page

CHAINS = [
    {
        "name": "evm",
        "enabled": True,
        "networks": [
            {"networkId": 1, "chainName": "Ethereum", "enabled": True},
            {"networkId": 137, "chainName": "Polygon", "enabled": False},
            {"networkId": 8453, "enabled": True},
        ],
    },
    {"name": "solana", "enabled": False, "networks": [{"networkId": 101, "enabled": True}]},
    {"name": "midnight", "enabled": True, "networks": None},
]
WALLETS = [
    {"publicKey": "0xab", "chain": "eip155"},
    {"publicKey": "0xab", "chain": "EVM"},
    {"publicKey": "So1", "chain": "SOL"},
    {"publicKey": "mid1", "chain": "midnight"},
]


class Api:
    """A server with these chains in its settings, on which each network holds one token."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.bodies: list[Any] = []

    async def call(self, operation: str, *, path: Any = None, body: Any = None) -> Any:
        if operation == "getEnvironmentById":
            return {"settings": {"chains": CHAINS}}
        if self.error is not None:
            raise self.error
        self.bodies.append(body)
        return {
            "chainBalances": [
                {
                    "walletAddress": request["address"],
                    "chain": request["chain"],
                    "networks": [
                        {"networkId": number, "balances": [{"symbol": "T", "address": "t", "marketValue": number}]}
                        for number in request["networkIds"]
                    ],
                }
                for request in body["balanceRequests"]
            ]
        }


async def test_enabled_networks_of_enabled_chains_are_read_one_time_for_each_wallet() -> None:
    api = Api()
    client = cast(Client, api)
    assert await environment_chains(client) == {"EVM": {1: "Ethereum", 8453: "8453"}, "MIDNIGHT": {}}
    rows = await read_balances(client, "u1", WALLETS)
    assert api.bodies == [{"balanceRequests": [{"address": "0xab", "chain": "EVM", "networkIds": [1, 8453]}]}]
    assert [(row["network"], row["marketValue"], row["walletAddress"]) for row in rows] == [
        ("8453", 8453, "0xab"),
        ("Ethereum", 1, "0xab"),
    ]
    assert await read_balances(client, "u1", WALLETS[2:]) == [] and len(api.bodies) == 1


async def test_no_request_has_more_wallets_than_the_catalog_permits() -> None:
    api, limit = Api(), catalog().bounds["MultichainAccountBalancesRequest"]["balanceRequests"]
    wallets = [{"publicKey": f"0x{number}", "chain": "EVM"} for number in range(11)]
    rows = await read_balances(cast(Client, api), "u1", wallets)
    assert [len(body["balanceRequests"]) for body in api.bodies] == [5, 5, 1] and limit["maxItems"] == 5
    assert {row["walletAddress"] for row in rows} == {wallet["publicKey"] for wallet in wallets}


async def test_a_missing_scope_is_an_error_and_not_an_empty_list() -> None:
    refused = Forbidden(403, message="environment.balances.read is missing")
    with pytest.raises(Forbidden):
        await read_balances(cast(Client, Api(refused)), "u1", WALLETS)


class ChainApi(Api):
    """A server that has a name service on each chain but one that it does not know."""

    async def call(self, operation: str, *, path: Any = None, query: Any = None, body: Any = None) -> Any:
        if operation == "getEnvironmentById" and self.error is not None:
            raise self.error
        if operation == "getNameService":
            if path["chainName"] == "MIDNIGHT":
                raise BadRequest(400, "no such chain")
            return {"id": path["chainName"], "domain": "d.example"}
        return await super().call(operation, path=path, body=body)


async def test_lists_by_chain_ask_for_the_chains_of_the_environment_too(monkeypatch: pytest.MonkeyPatch) -> None:
    enabled = [{"name": name, "enabled": True} for name in ("evm", "stellar", "midnight")]
    monkeypatch.setattr(sys.modules[__name__], "CHAINS", enabled)
    for error, more in ((None, ["STELLAR"]), (Forbidden(403, "refused"), [])):
        api = ChainApi(error)
        page = await read_page(cast(Client, api), RESOURCES["name-services"].list, query={})
        assert [row["chainName"] for row in page.rows] == [*NAME_SERVICE_CHAINS, *more]
