"""Make requirements.txt and requirements-release.txt: exact versions with hashes, without addresses (`make lock`).

The versions of requirements.txt are those of constraints.txt, with which the tests run. With `--check`, which needs no
network, only compare the two and the dependencies of pyproject.toml.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
RUNTIME = ROOT / "requirements.txt"
RELEASE = ROOT / "requirements-release.txt"
HEADERS = {
    RUNTIME: "# What dyntui needs, with hashes, for pip install --require-hashes. Made by `make lock`.\n",
    RELEASE: "# The tools of `make dist`, `make zipapp` and `make sbom`, with hashes. Made by `make lock`.\n",
}


def read_pins(text: str) -> dict[str, str]:
    """Return the versions of the `name==version` lines of a requirements or constraints file, by normalized name."""
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


def find_problems(requirements: str, constraints: str, dependencies: list[str]) -> list[str]:
    """Return how requirements.txt differs from constraints.txt and from the dependencies of the project."""
    locked, tested = read_pins(requirements), read_pins(constraints)
    problems = [
        f"{name} {version} in requirements.txt, {tested[name]} in constraints.txt"
        for name, version in locked.items()
        if tested.get(name, version) != version
    ]
    names = [canonicalize_name(Requirement(line).name) for line in dependencies]
    problems += [f"{name} is not in requirements.txt" for name in names if name not in locked]
    if "://" in requirements:
        problems.append("requirements.txt has an address")
    return problems


def check() -> int:
    """Compare the files; print the problems and return the exit code."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    problems = find_problems(RUNTIME.read_text(encoding="utf-8"), constraints, project["dependencies"])
    for problem in problems:
        print(f"{problem}: run make lock", file=sys.stderr)
    return 1 if problems else 0


def make_lock(file: Path, *options: str) -> None:
    """Resolve pyproject.toml for all platforms and Pythons and write the versions with their hashes to a file."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
    command += ["--python-version", "3.11", "--no-header", "--no-annotate", "-c", "constraints.txt", *options]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    if "://" in done.stdout:
        sys.exit(f"{file.name} would have an address")
    file.write_text(HEADERS[file] + done.stdout, encoding="utf-8")
    print(f"{file.name}: {len(read_pins(done.stdout))} packages")


def main() -> int:
    """Make or check the files. Returns the exit code."""
    if "--check" in sys.argv[1:]:
        return check()
    make_lock(RUNTIME, "pyproject.toml")
    make_lock(RELEASE, "--group", "pyproject.toml:release")
    return 0


if __name__ == "__main__":
    sys.exit(main())
