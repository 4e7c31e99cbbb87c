"""The checks of `make check` that this project adds: names, texts, module docstrings and import cycles."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parent.parent / "scripts"
CLEAN = '"""A module with a docstring."""\n'


def run_check(script: str, root: Path, modules: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script on a project with these modules of the package, and files such as `tests/test_x`."""
    (root / "scripts").mkdir()
    copied = Path(shutil.copy(SCRIPTS / script, root / "scripts"))
    for name, source in {"__init__": CLEAN, **modules}.items():
        path = root / (f"{name}.py" if "/" in name else f"src/dyntui/{name}.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    return subprocess.run([sys.executable, str(copied)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        ({"a": CLEAN + "class A: ...\n", "b": CLEAN + "class A: ...\n"}, "class A is defined in"),
        ({"a": "x = 1\n"}, "a.py: the module has no docstring"),
        ({"happenings": CLEAN}, "file name: 'happenings'"),
        ({"a": CLEAN + "def weigh_change(): ...\n"}, "'weigh' in weigh_change"),
        ({"a": CLEAN + "def run_once(): ...\n"}, "'once' in run_once"),
        ({"a": CLEAN + "def load_kept_rows(): ...\n"}, "'kept' in load_kept_rows"),
        ({"a": CLEAN + 'TEXT = "The user was told."\n'}, "'told' in"),
        ({"a": CLEAN + 'TEXT = f"{x} rows are left alone."\n'}, "'left alone' in"),
        ({"a": CLEAN + "x = 1  # for the thing below\n"}, "'thing' in"),
        ({"a": '"""Shows how it is going well."""\n'}, "'going well' in"),
        ({"tests/test_a": "def test_what_was_said_is_shown(): ...\n"}, "'said' in test_what_was_said_is_shown"),
        ({"tests/test_a": "wanted = 1\n"}, "'wanted' in wanted"),
        (
            {"src/dyntui/tui/a": CLEAN + 'FormDialog("Save the request", ())\n'},
            "title not in Title Case: 'Save the request'",
        ),
        (
            {"src/dyntui/tui/a": CLEAN + 'title = f"Views of {x}, as saved"\n'},
            "title not in Title Case: 'Views of  , as saved'",
        ),
    ],
)
def test_a_name_or_text_against_the_language_rules_fails(tmp_path: Path, modules: dict[str, str], message: str) -> None:
    done = run_check("check_names.py", tmp_path, modules)
    assert done.returncode == 1
    assert message in done.stderr


def test_ordinary_words_in_texts_and_names_of_libraries_pass(tmp_path: Path) -> None:
    source = CLEAN + 'from app import App\n\nTEXT = "Later, only once, and here."\nApp().call_later(print)\n'
    done = run_check("check_names.py", tmp_path, {"a": source})
    assert (done.returncode, done.stderr) == (0, "")


def test_words_in_texts_of_tests_pass(tmp_path: Path) -> None:
    source = 'def test_a_row_shown_once():\n    """What the server said."""\n    assert "told"  # a thing\n'
    done = run_check("check_names.py", tmp_path, {"tests/test_a": source})
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "back",
    [
        "from dyntui import a\n",
        "def load():\n    from dyntui.a import x\n",
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from dyntui.a import x\n",
    ],
    ids=["at the top", "in a function", "for types only"],
)
def test_modules_that_import_each_other_fail(tmp_path: Path, back: str) -> None:
    done = run_check("check_import_cycles.py", tmp_path, {"a": CLEAN + "import dyntui.b\n", "b": CLEAN + back})
    assert done.returncode == 1
    assert "dyntui.a, dyntui.b" in done.stderr


def test_modules_that_import_one_way_pass(tmp_path: Path) -> None:
    done = run_check("check_import_cycles.py", tmp_path, {"a": CLEAN + "import dyntui.b\n", "b": CLEAN})
    assert done.returncode == 0
