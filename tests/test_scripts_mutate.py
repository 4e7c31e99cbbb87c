"""The script that removes each check of the write gate: it finds every check, and the tests notice a removed one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"


@pytest.fixture(scope="module")
def script() -> Any:
    """The script as a module."""
    sys.path.insert(0, str(SCRIPTS))
    try:
        import mutate_write_gate  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(SCRIPTS))
    return mutate_write_gate


def test_every_check_is_in_the_code_once(script: Any) -> None:
    assert list(script.find_missing_checks()) == []
    assert len({check.meaning for check in script.CHECKS}) == len(script.CHECKS)


def test_every_mutant_differs_from_the_code(script: Any) -> None:
    for check in script.CHECKS:
        assert check.mutate((SCRIPTS.parent / "src" / "dyntui" / check.file).read_text()).strip(), check.meaning


def test_a_missing_check_is_an_error(script: Any) -> None:
    with pytest.raises(script.CheckNotFound, match=r"found `no_such_check.*0 times"):
        script.Check("x", script.GATE, "WriteGate.check", "no_such_check()", "None").mutate(
            "class WriteGate:\n    def check(self): ...\n"
        )
    with pytest.raises(script.CheckNotFound, match=r"has no function WriteGate\.gone"):
        script.Check("x", script.GATE, "WriteGate.gone", "x", "None").mutate("class WriteGate: ...")


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_removed_check_is_noticed() -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPTS / "mutate_write_gate.py")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
