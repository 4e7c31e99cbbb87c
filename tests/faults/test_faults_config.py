"""`dyntui config apply` that is killed 30 times, on a slow server that loses responses: nothing is created twice."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.conftest import Cli, SandboxProcess, serving, serving_process

FLAGS = ("--flag", "organization-access=yes")
LOST = ("--fault", "late=0.03", "--fault", "cut-after=0.03", "--flag", "late-max-ms=300")
KILLS = 30


def prepare(new: Cli, folder: Path) -> None:
    """Pull a rich environment into a folder, with values for the new one."""
    with serving(users=60, flags=("organization-access=yes",)) as rich:
        Cli(rich, new.home)("config", "pull", str(folder), "--include-entries")
    values = (folder / "values.sandbox.yaml").read_text()
    (folder / "values.new.yaml").write_text(values)
    manifest = folder / "dyntui.yaml"
    text = manifest.read_text().replace("environments:\n", f'environments:\n  new: "{new.sandbox.environment_id}"\n')
    manifest.write_text(text.replace("  sandbox:", "  old:"))
    (folder / "values.sandbox.yaml").rename(folder / "values.old.yaml")


def run_killed(new: Cli, plan: Path, started: int) -> bool:
    """Apply a plan, and kill the process when it has begun `started` writes. Returns whether it was killed."""
    audit = new.home / "state" / "audit.jsonl"
    arguments = ("config", "apply", str(plan), "--confirm-environment", new.sandbox.environment_id, "--settle", "0.6")
    before = count_started(audit)
    process = subprocess.Popen(
        [sys.executable, "-m", "dyntui", *arguments],
        env=new.sandbox.environ(new.home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    while process.poll() is None and count_started(audit) - before < started:
        time.sleep(0.002)
    is_running = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return is_running


def count_started(audit: Path) -> int:
    return audit.read_bytes().count(b'"outcome": "started"') if audit.exists() else 0


@pytest.mark.slow
def test_an_apply_that_is_killed_thirty_times_creates_nothing_twice(tmp_path: Path) -> None:
    rng = random.Random(30)
    options = ("--latency", "25", "--empty", *FLAGS, *LOST)
    with serving_process(*options, users=5) as sandbox:
        assert isinstance(sandbox, SandboxProcess)
        new = Cli(sandbox, tmp_path / "home")
        (tmp_path / "home/config").mkdir(parents=True, mode=0o700)
        (tmp_path / "home/config/settings.toml").write_text("rate_per_minute = 0\n")
        folder, plan = tmp_path / "config", tmp_path / "plan.json"
        prepare(new, folder)
        planned = new.json("config", "plan", str(folder), "--save", str(plan))
        assert planned["counts"]["create"] > 35
        killed = 0
        while killed < KILLS:
            assert run_killed(new, plan, rng.randint(1, 4)), f"the apply ended after {killed} kills"
            killed += 1
        arguments = ("--confirm-environment", sandbox.environment_id, "--settle", "0.6", "--json")
        for _ in range(10):
            done = new("config", "apply", str(plan), *arguments, check=False)
            if done.returncode == 0:
                break
        document = json.loads(done.stdout)
        assert document["complete"], done.stderr
        after = new.json("config", "plan", str(folder), "--prune")
        assert after["changes"] == after["extra"] == []
        pulled = new.json("config", "pull", str(tmp_path / "again"), "--include-entries")
        assert pulled["problems"] == [], "two objects of one name"
        new("config", "drift", str(folder), check=False)
        names = {path.relative_to(folder).as_posix() for path in folder.rglob("*/*.yaml")}
        again = {path.relative_to(tmp_path / "again").as_posix() for path in (tmp_path / "again").rglob("*/*.yaml")}
        assert {name.partition("/")[0] for name in names - again} == {"chainalysis", "name-services"}
        for name in again:
            assert (folder / name).read_text() == (tmp_path / "again" / name).read_text()
