"""docs/import.md says what the code does: every code, field, transform and sample."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.importer.preset_samples import IMPORT_GUIDE, PRESET_ROWS, PRESET_SAMPLES, SAMPLES, table_rows

from dyntui import importer, store
from dyntui.importer import CODES
from dyntui.importer.fields import ENTRY_FIELDS, USER_FIELDS
from dyntui.importer.presets import PRESETS
from dyntui.importer.text_transforms import VALUE_TRANSFORMS
from dyntui.importer.transforms import TRANSFORMS

SOURCES = "".join(
    path.read_text("utf-8") for package in (importer, store) for path in sorted(Path(package.__path__[0]).glob("*.py"))
)


def test_every_problem_code_is_documented_on_a_line() -> None:
    assert table_rows("Problems") == CODES


def test_used_and_registered_problem_codes_are_the_same() -> None:
    used = set(re.findall(r'Problem\(\s*(?:"\w+"|[^,()]+?if[^,]+?),\s*"(\w+)"', SOURCES))
    assert used <= CODES.keys()
    registry = SOURCES[SOURCES.index("CODES: dict") :]
    others = SOURCES.replace(registry[: registry.index("\n}\n")], "")
    assert [code for code in CODES if f'"{code}"' not in others] == []


def test_every_transform_is_documented() -> None:
    usages = {each.usage for each in VALUE_TRANSFORMS.values()}
    documented = {name: text for name, text in table_rows("Transforms").items() if name not in usages}
    assert documented.keys() == TRANSFORMS.keys()
    assert all(text.startswith(TRANSFORMS[name][0]) for name, text in documented.items())


def test_every_transform_with_a_value_is_documented() -> None:
    usages = {usage.replace("\\|", "|"): text for usage, text in table_rows("Transforms").items()}
    expected = {each.usage: each.description for each in VALUE_TRANSFORMS.values()}
    assert {usage: usages.get(usage) for usage in expected} == expected


def test_every_field_is_documented() -> None:
    assert [name for name in (*USER_FIELDS, *ENTRY_FIELDS) if f"`{name}`" not in IMPORT_GUIDE] == []


def test_presets_and_samples_are_documented_and_links_have_targets() -> None:
    assert list(PRESET_ROWS) == [preset.name for preset in PRESETS]
    for row in PRESET_ROWS.values():
        assert len(list(filter(None, row.split(" | ")))) == 4
    assert {preset for preset, _ in PRESET_SAMPLES} == PRESET_ROWS.keys()
    linked = set(re.findall(r"\]\(samples/([^)]+)\)", IMPORT_GUIDE))
    assert linked == {path.name for path in SAMPLES.iterdir()}


def test_importing_the_package_loads_no_heavy_library() -> None:
    code = "import sys, dyntui.importer; print([name for name in sys.argv[1:] if name in sys.modules])"
    heavy = ["phonenumbers", "email_validator", "python_calamine", "orjson", "httpx", "pydantic", "sqlite3"]
    done = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
