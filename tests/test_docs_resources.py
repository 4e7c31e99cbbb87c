"""docs/resources.md leaves nothing out: every resource, every operation, and all that the product must reach."""

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

BESIDE = {
    "authenticateWaas",
    "delegatedSignMessage",
    "backupKeySharesToLocationsForPregen",
    "createDelegatedCredentials",
    "createWaasPolicy",
    "updateWaasPolicy",
    "revokeDelegatedAccess",
    "getWaasWalletByWalletId",
    "checkExternalJwt",
    "verifyApiKey",
}
"""Operations for an API token that no resource has: they sign, make keys or policies, or answer one question."""


@pytest.mark.parametrize("name", RESOURCES)
def test_every_resource_has_its_screen_its_command_and_its_operations(name: str) -> None:
    record = RESOURCES[name]
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| {record.title} |"))
    assert f"`:{name}`" in row or f"from {RESOURCES[record.parent_resource].title}" in row
    assert f"`dyntui get {name}" in row
    for operation in record.operations:
        assert f"`{operation}`" in row
    for action in record.actions:
        assert action.name in row


def test_every_operation_that_must_be_reached_has_a_screen_and_a_command() -> None:
    assert len(SEED) == 149
    for operation in SEED:
        _, _, screen, command, _ = (part.strip() for part in ROWS[operation].split("|")[1:])
        assert screen
        assert command.startswith("`dyntui ")


def test_every_operation_of_the_catalog_is_there() -> None:
    assert set(ROWS) >= set(catalog().operations)


def test_no_operation_for_a_token_is_left_to_the_api_console_without_a_reason() -> None:
    reached = {name for record in RESOURCES.values() for name in record.operations}
    left = {each.id for each in catalog() if each.audience == "admin" and not each.deprecated} - reached
    assert left == BESIDE


def test_what_a_record_says_its_screens_use_is_used() -> None:
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
            assert found.stdout, f"{record.name} says it uses {operation}, and nothing does"
