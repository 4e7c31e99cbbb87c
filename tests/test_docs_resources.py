"""docs/resources.md contains every resource and every operation."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from dyntui.api.catalog import catalog
from dyntui.resources import RESOURCES

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "resources.md").read_text()
SEED: list[str] = json.loads((ROOT / "tests" / "data" / "seed_operations.json").read_text())
ROWS = {found[1]: found[0] for found in re.finditer(r"^\| `(\w+)` \|.*$", PAGE, re.MULTILINE)}

WITHOUT_RESOURCE = {
    "authenticateWaas",
    "delegatedSignMessage",
    "backupKeySharesToLocationsForPregen",
    "createDelegatedCredentials",
    "revokeDelegatedAccess",
    "getWaasWalletByWalletId",
    "checkExternalJwt",
    "verifyApiKey",
    "getWaasSignaturePolicies",
    "getWaasSignaturePolicyByWalletIdAndPolicyId",
    "createWaasSignaturePolicy",
    "updateWaasSignaturePolicyByWalletIdAndPolicyId",
    "deleteWaasSignaturePolicyByWalletIdAndPolicyId",
    "upsertWalletConnectProject",
}
"""Operations for an API token that belong to no resource: they sign, make keys or policies, or check a value."""


@pytest.mark.parametrize("name", RESOURCES)
def test_each_resource_lists_screen_command_and_operations(name: str) -> None:
    record = RESOURCES[name]
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| {record.title} |"))
    assert f"`:{name}`" in row or f"from {RESOURCES[record.parent_resource].title}" in row
    assert f"`dyntui get {name}" in row
    for operation in record.operations:
        assert f"`{operation}`" in row
    for action in record.actions:
        assert action.name in row


def test_each_required_operation_has_a_screen_and_a_command() -> None:
    assert len(SEED) == 149
    for operation in SEED:
        _, _, screen, command, _ = (part.strip() for part in ROWS[operation].split("|")[1:])
        assert screen
        assert command.startswith("`dyntui ")


def test_each_operation_of_the_catalog_is_listed() -> None:
    assert set(ROWS) >= set(catalog().operations)


def test_operations_without_a_resource_are_listed() -> None:
    reached = {name for record in RESOURCES.values() for name in record.operations}
    left = {each.id for each in catalog() if each.audience == "admin" and not each.deprecated} - reached
    assert left == WITHOUT_RESOURCE


def test_additional_operations_of_resources_are_used() -> None:
    for record in RESOURCES.values():
        for operation in record.extra_operations:
            found = subprocess.run(
                [
                    "grep",
                    "-rlw",
                    operation,
                    "--include=*.py",
                    "src/dyntui/services",
                    "src/dyntui/cli",
                    "src/dyntui/api",
                ],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
            assert found.stdout, f"{record.name} lists {operation}, but no module uses it"
