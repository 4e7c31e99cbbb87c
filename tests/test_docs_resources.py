"""docs/resources.md contains every resource and every operation."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from dyntui.api.catalog import catalog
from dyntui.api.operation_groups import GROUP_TITLES, group_title
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.api_only import API_ONLY_REASONS, api_only_reason

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "resources.md").read_text()
NAMES = {"API", "JWT", "MFA", "SDK", "URLs", "WalletConnect"}
"""Words of the names of groups that have other capitals than words of a sentence."""
SEED: list[str] = json.loads((ROOT / "tests" / "data" / "seed_operations.json").read_text())
ROWS = {found[1]: found[0] for found in re.finditer(r"^\| `(\w+)` \|.*$", PAGE, re.MULTILINE)}


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
        _, _, group, screen, command, *_ = (part.strip() for part in ROWS[operation].split("|")[1:])
        assert screen
        assert group == GROUP_TITLES[catalog().get(operation).group]
        assert command.startswith("`dyntui ")


def test_each_operation_of_the_catalog_is_listed() -> None:
    assert set(ROWS) >= set(catalog().operations)


def test_each_group_of_operations_has_a_name_for_people() -> None:
    assert {operation.group for operation in catalog()} == set(GROUP_TITLES)
    for title in GROUP_TITLES.values():
        assert all(word in NAMES or word == word.lower() for word in title.split()[1:]), title
        first = title.split()[0]
        assert first in NAMES or first == first.capitalize(), title
    assert group_title("PasskeyRules") == "Passkey rules", "a newer catalog has it"


def test_each_operation_has_a_resource_or_the_reason_why_only_api_calls_it() -> None:
    reached = {name for record in RESOURCES.values() for name in record.operations}
    for operation in catalog():
        reason = api_only_reason(operation)
        assert bool(reason) is (operation.id not in reached), operation.id
        assert reason == "" or reason.endswith("."), operation.id
        assert ROWS[operation.id].endswith(f"| {reason} |"), operation.id
    assert set(API_ONLY_REASONS) <= set(catalog().operations)


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
