"""`make test-vendor`: every operation of the sandbox through the vendor's own client, which npm fetches."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from tests.sandbox.conftest import NOW, Api
from tests.sandbox.test_sandbox_any_body import a_query, a_value
from tests.sandbox.test_sandbox_contract import SCENARIOS
from tests.vendor.vendor_contract import vendor_client, vendor_package

from dyntui.api.catalog import catalog
from dyntui.sandbox.app import Gateway
from dyntui.sandbox.handler_registry import HANDLERS
from dyntui.sandbox.options import SandboxOptions
from dyntui.sandbox.server import serving

FLAGS = {"organization-access": "yes", "metadata-max-bytes": "0", "export-delay-ms": "0"}
SOME_ID = "11111111-2222-4333-8444-555555555555"


@pytest.mark.slow
async def test_the_vendors_client_works_with_every_operation_of_the_sandbox(tmp_path: Path) -> None:
    package = vendor_package(tmp_path)
    with serving(SandboxOptions(users=120, now=NOW, flags=FLAGS)) as served:
        async with (
            httpx.AsyncClient(base_url=served.root_url) as http,
            vendor_client(package, Api(http, Gateway(served.sandbox)), served) as call,
        ):
            for scenario in SCENARIOS:
                await call.run(scenario)
            ids = {"environmentId": served.environment_id, "providerType": "google"}
            ids["exportId"] = (await call("getEnvironmentExports"))["exports"][0]["id"]
            for operation in catalog():
                if operation.id not in call.called | call.absent | call.wrong.keys():
                    path = {name: ids.get(name, SOME_ID) for name in operation.path_names}
                    body = None if operation.body is None else a_value(operation.body, "plain", "body", whole=False)
                    response = await call.send(operation, path, body, a_query(operation, "plain"))
                    if response.status_code != 501 and operation.id not in HANDLERS:
                        call.wrong[operation.id] = f"{response.status_code} {response.text}"
    ok = (call.called & call.seen) - call.wrong.keys()
    refused = call.called - ok - call.wrong.keys()
    print(
        f"\n{len(call.called)} operations through the vendor's client: {len(ok)} ok, {len(refused)} refused as "
        f"documented (they need a signed-in user, or redirect), {len(call.wrong)} wrong.\n"
        f"{len(call.absent)} are not in the client: {', '.join(sorted(call.absent))}"
    )
    assert not call.wrong, "\n".join(f"{name}: {problem}" for name, problem in call.wrong.items())
    newer = {operation.id for operation in catalog() if operation.newer}
    assert newer <= call.absent and len(call.absent - newer) <= 1
