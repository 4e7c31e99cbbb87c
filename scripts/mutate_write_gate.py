"""Remove each check of the write gate in turn, and see that a test fails: `make mutate`.

Every entry of CHECKS names one check by its function and its code, and the code that takes its place in the mutant.
The code is compared as syntax, so its layout does not matter. A check that is not found ends the run: when it was
renamed or moved, its entry is updated here, never skipped.

A mutant is a copy of `src` in a temporary folder that comes first on PYTHONPATH. Mutants are survivors when all tests
of FILES pass. `tests/test_scripts_mutate.py` checks that every check is still found.
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GATE = "services/actions/write_gate.py"
RUNNER = "services/actions/target_runner.py"
RECORDS = "services/actions/write_records.py"
PERMIT = "api/permit.py"
RULES = "services/actions/write_rules.py"
CLIENT = "api/client.py"

TESTS = (
    "tests/services/test_services_writes.py",
    "tests/services/test_services_target_runner.py",
    "tests/services/test_services_access_compare.py",
    "tests/services/test_services_write_gate_checks.py",
    "tests/services/test_services_write_rules.py",
    "tests/services/test_services_kind.py",
    "tests/services/test_services_access_write_gate.py",
    "tests/services/test_services_access_impact.py",
    "tests/api",
    "tests/cli/test_cli_confirmations.py",
)
"""The tests that a mutant has to fail, the quickest first. They call the code in this process."""


class CheckNotFound(Exception):
    """A check is not in its function, or more than one time."""


@dataclass(frozen=True)
class Check:
    """One check of the write gate, and how it is removed."""

    meaning: str
    """What the check ensures, in a few words."""
    file: str
    """The file under src/dyntui."""
    function: str
    """The qualified name of the function; "" for the module itself."""
    code: str
    """The expression or statement that is replaced."""
    replacement: str
    """What takes its place."""
    times: int = 1
    """How many times the function has this code."""
    index: int = 0
    """Which of them is replaced."""

    def mutate(self, source: str) -> str:
        """Return the source of the file without this check. Raises CheckNotFound."""
        tree = ast.parse(source)
        parent = _find_function(tree, self.function) if self.function else tree
        if parent is None:
            raise CheckNotFound(f"{self.file} has no function {self.function} ({self.meaning})")
        replacer = _Replacer(self.code, self.replacement, self.index)
        replacer.visit(parent)
        if replacer.count != self.times:
            raise CheckNotFound(
                f"{self.file}, {self.function or 'module'}: found `{self.code}` {replacer.count} times in place of "
                f"{self.times} ({self.meaning})"
            )
        return ast.unparse(ast.fix_missing_locations(tree))


class _Replacer(ast.NodeTransformer):
    """Replaces one of the nodes that equal the code of a check, and counts them."""

    def __init__(self, code: str, replacement: str, index: int) -> None:
        self._old = _parse_fragment(code)
        self._new = _parse_fragment(replacement)
        if isinstance(self._old, ast.stmt) and isinstance(self._new, ast.expr):
            self._new = ast.Expr(self._new)
        self._key = ast.dump(self._old)
        self._index = index
        self.count = 0

    def visit(self, node: ast.AST) -> ast.AST:
        if type(node) is type(self._old) and ast.dump(node) == self._key:
            self.count += 1
            return self._new if self.count == self._index + 1 else node
        return self.generic_visit(node)


def _parse_fragment(code: str) -> ast.AST:
    """Return the syntax of one expression, or of one statement when it is none."""
    try:
        return ast.parse(code, mode="eval").body
    except SyntaxError:
        (statement,) = ast.parse(code).body
        return statement


def _find_function(tree: ast.Module, qualified_name: str) -> ast.AST | None:
    parent: ast.AST = tree
    for name in qualified_name.split("."):
        found = [
            node
            for node in ast.iter_child_nodes(parent)
            if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name
        ]
        if len(found) != 1:
            return None
        parent = found[0]
    return parent


def _each_without(meaning: str, file: str, function: str, container: str) -> Iterator[Check]:
    """Yield one check for each element of a tuple or set display, which is removed from it."""
    whole = ast.parse(container, mode="eval").body
    assert isinstance(whole, (ast.Tuple, ast.Set))
    for element in whole.elts:
        display = copy(whole)
        display.elts = [other for other in whole.elts if other is not element]
        yield Check(f"{meaning}: {ast.unparse(element)}", file, function, container, ast.unparse(display))


CHECKS: tuple[Check, ...] = (
    # The kind of the environment
    Check("a live profile is live", GATE, "WriteGate.is_live", 'self._profile.kind == "live"', "False"),
    Check("an unknown kind counts as live", GATE, "WriteGate.is_live", "not self._kind_known", "False"),
    Check("only a known kind is not asked", GATE, "WriteGate.learn_kind", "self._kind_known", "True"),
    Check(
        "the server's live kind applies",
        GATE,
        "WriteGate.learn_kind",
        'self._profile = replace(self._profile, kind="live")',
        "pass",
    ),
    Check("no connection and a refused token are raised", GATE, "WriteGate.learn_kind", "raise", "return"),
    Check(
        "the kind is learned before a typed confirmation",
        GATE,
        "WriteGate.with_impact",
        "await self.learn_kind(client)",
        "None",
    ),
    # Read-only and the environment
    Check("a read-only profile", GATE, "WriteGate.read_only", "self._profile.read_only", "False"),
    Check("a read-only client", GATE, "WriteGate.read_only", "self._client.read_only", "False"),
    Check("a write is refused in read-only", GATE, "WriteGate.refusal", "self.read_only", "False"),
    Check("the rule says what is a write in read-only", GATE, "WriteGate.refusal", "_with_rule(action)", "action"),
    Check(
        "an edited profile refuses writes",
        GATE,
        "WriteGate.refusal",
        "self._refusal or self.read_only",
        "self.read_only",
    ),
    Check(
        "the rest is refused when the profile is edited",
        RUNNER,
        "TargetRunner._perform",
        "self.refusal(self._action)",
        '""',
    ),
    Check(
        "another environment is refused",
        GATE,
        "WriteGate.refusal",
        'action.environment_id not in ("", self._profile.environment_id)',
        "False",
    ),
    Check("a refusal stops the write", GATE, "WriteGate.check", "self.refusal(action)", '""'),
    Check(
        "a refusal is in the audit log",
        GATE,
        "WriteGate.check",
        'self.records.record_outcome(action, targets, "refused", detail=reason)',
        "pass",
    ),
    # The impact
    Check("the rule applies with an impact", GATE, "WriteGate.with_impact", "_with_rule(action)", "action"),
    Check("the impact is assessed", GATE, "WriteGate.with_impact", "action.assess_impact is not None", "False"),
    Check(
        "the effect of the impact applies",
        GATE,
        "WriteGate.with_impact",
        "stricter(action.effect, impact.effect)",
        "action.effect",
    ),
    Check(
        "the phrase of the impact applies",
        GATE,
        "WriteGate.with_impact",
        "impact.phrase or action.phrase",
        "action.phrase",
    ),
    Check(
        "the impact is assessed again before the call",
        GATE,
        "WriteGate.perform",
        "action = await self.with_impact(action, targets)",
        "pass",
    ),
    Check(
        "an action that assesses its impact is not sent without",
        GATE,
        "WriteGate.authorize",
        "action.assess_impact is not None",
        "False",
    ),
    Check(
        "an operation that decides on sign-in is not sent without an impact",
        GATE,
        "WriteGate.authorize",
        "rule.decides_access",
        "False",
    ),
    # What has to be confirmed
    Check("the rule applies to the requirement", GATE, "WriteGate.requirement", "_with_rule(action)", "action"),
    Check(
        "the whole organization is confirmed as live",
        GATE,
        "WriteGate.requirement",
        "self.is_live or organization_wide",
        "self.is_live",
    ),
    Check(
        "a live environment is confirmed as live",
        GATE,
        "WriteGate.requirement",
        "self.is_live or organization_wide",
        "organization_wide",
    ),
    Check("a secret is confirmed", GATE, "WriteGate.requirement", "not action.sensitive", "True"),
    Check(
        "only a read needs no confirmation",
        GATE,
        "WriteGate.requirement",
        "action.effect is Effect.READ and not action.sensitive",
        "not action.sensitive",
    ),
    Check(
        "a phrase is typed everywhere",
        GATE,
        "WriteGate.requirement",
        "action.phrase or (live and _is_typed_in_live(action, targets))",
        "live and _is_typed_in_live(action, targets)",
    ),
    Check(
        "the name is typed in live",
        GATE,
        "WriteGate.requirement",
        "action.phrase or (live and _is_typed_in_live(action, targets))",
        "action.phrase",
    ),
    Check(
        "the phrase is what is typed",
        GATE,
        "WriteGate.requirement",
        "(action.phrase,) if action.phrase else (name,)",
        "(name,)",
    ),
    Check(
        "many targets are typed in live",
        GATE,
        "_is_typed_in_live",
        "sum(target.size for target in targets) > MANY_TARGETS",
        "False",
    ),
    Check(
        "the rows of an import count",
        GATE,
        "_is_typed_in_live",
        "sum(target.size for target in targets)",
        "len(targets)",
    ),
    Check("a deletion is typed in live", GATE, "_is_typed_in_live", "action.effect is Effect.DESTRUCTIVE", "False"),
    Check("a large change is typed in live", GATE, "_is_typed_in_live", "action.typed_in_live", "False"),
    # The confirmation
    Check("refusals count for jobs", GATE, "WriteGate.authorize", "self.check(action, targets)", "None"),
    Check(
        "a wrong name is refused",
        GATE,
        "WriteGate.check_confirmation",
        "requirement.level is ConfirmationLevel.TYPED and typed not in requirement.accepted",
        "False",
    ),
    Check(
        "the effects have to be read",
        GATE,
        "WriteGate.check_confirmation",
        'requirement.code not in ("", confirmation.read)',
        "False",
    ),
    Check(
        "a plain write is confirmed",
        GATE,
        "WriteGate.check_confirmation",
        "requirement.level is ConfirmationLevel.CONFIRM and (not (confirmation.yes or typed))",
        "False",
    ),
    Check(
        "a permit is for the confirmed operations",
        GATE,
        "WriteGate.authorize",
        "frozenset({action.operation, *action.extra_operations})",
        "frozenset()",
    ),
    # Performing
    Check(
        "a failure for all stops the rest",
        RUNNER,
        "TargetRunner._perform",
        "self._has_stopped = self._has_stopped or stops_remaining(result.error)",
        "pass",
    ),
    Check(
        "a cancel stops the rest",
        RUNNER,
        "TargetRunner._is_stopped",
        "self.cancel is not None and self.cancel.is_set()",
        "False",
    ),
    Check(
        "a defect stops the rest",
        RUNNER,
        "TargetRunner._perform",
        "self._has_stopped = True",
        "pass",
        times=2,
        index=1,
    ),
    Check(
        "what waited for its turn is not begun after a stop",
        RUNNER,
        "TargetRunner._perform",
        "self._is_stopped()",
        "False",
    ),
    Check(
        "what waited for the rate limit is not sent after a stop",
        RUNNER,
        "TargetRunner._write",
        "self.permit.for_target(self._is_stopped)",
        "self.permit.for_target()",
    ),
    Check("a target that was begun is finished", PERMIT, "WritePermit.begin_request", "not self.has_sent", "True"),
    Check(
        "request ids are those of the target",
        RUNNER,
        "TargetRunner._write",
        "self.permit.for_target(self._is_stopped)",
        "self.permit",
    ),
    Check(
        "targets with one id do not overlap",
        RUNNER,
        "TargetRunner._can_overlap",
        "len(ids) == len(targets)",
        "True",
    ),
    Check(
        "actions whose order matters do not overlap",
        RUNNER,
        "TargetRunner._can_overlap",
        "self._action.in_parallel",
        "True",
    ),
    Check(
        "a failed phase stops the next",
        RUNNER,
        "TargetRunner.run",
        "self._action.needs_previous_phase",
        "False",
    ),
    Check(
        "nothing is sent when the state before cannot be read",
        RUNNER,
        "TargetRunner._write",
        "return TargetResult(target, WriteOutcome.FAILED, error=problem)",
        "pass",
        times=2,
    ),
    Check(
        "nothing is sent when the start cannot be recorded",
        RUNNER,
        "TargetRunner._write",
        "return TargetResult(target, WriteOutcome.FAILED, error=problem)",
        "pass",
        times=2,
        index=1,
    ),
    Check(
        "a write that is not started is recorded",
        RUNNER,
        "TargetRunner._write",
        'records.record_outcome(action, (target,), WriteOutcome.FAILED, detail=f"not started: {problem}")',
        "None",
    ),
    Check(
        "the start is recorded before the call",
        RUNNER,
        "TargetRunner._write",
        "await _record_in_thread(partial(records.record_start, action, (target,), before=before))",
        "None",
    ),
    Check(
        "a write without an answer is unknown",
        RUNNER,
        "TargetRunner._write",
        "WriteOutcome.UNKNOWN if lost else WriteOutcome.FAILED",
        "WriteOutcome.FAILED",
    ),
    Check(
        "a write that is stopped is recorded as unknown",
        RUNNER,
        "TargetRunner._write",
        "records.record_outcome(action, (target,), outcome, detail=detail, before=before)",
        "None",
    ),
    Check(
        "the confirmation of a permit is checked",
        GATE,
        "WriteGate.authorize",
        "self.check_confirmation(self.requirement(action, targets), confirmation)",
        "None",
    ),
    Check(
        "the outcome is recorded",
        RUNNER,
        "TargetRunner._write",
        "await _record_in_thread(partial(record, after=after))",
        "None",
    ),
    Check(
        "a start that cannot be recorded stops the write",
        RECORDS,
        "WriteRecords.record_start",
        "(OSError, DyntuiError)",
        "()",
    ),
    Check("a gap in the audit log is reported", RECORDS, "WriteRecords.record_outcome", "(OSError, DyntuiError)", "()"),
    *_each_without(
        "stops the rest",
        RUNNER,
        "stops_remaining",
        "(AuditUnavailable, NotAuthorized, Unauthorized, NotSent, WriteRefused)",
    ),
    # The rule of an operation
    Check("the effect of the rule", GATE, "_with_rule", "stricter(action.effect, rule.effect)", "action.effect"),
    Check(
        "typing by the rule",
        GATE,
        "_with_rule",
        "action.typed_in_live or rule.typed_in_live",
        "action.typed_in_live",
    ),
    Check("a secret by the rule", GATE, "_with_rule", "action.sensitive or rule.sensitive", "action.sensitive"),
    Check("the warning of the rule", GATE, "_with_rule", "action.warning or rule.warning", "action.warning"),
    Check(
        "the rules of all operations of an action",
        GATE,
        "_with_rule",
        "(action.operation, *action.extra_operations)",
        "(action.operation,)",
    ),
    Check("more than 10 are many", RULES, "", "MANY_TARGETS = 10", "MANY_TARGETS = 10**9"),
    Check(
        "what destroys by the catalog is destructive",
        RULES,
        "effect_of",
        "Effect.DESTRUCTIVE if operation.destructive else Effect.WRITE",
        "Effect.WRITE",
    ),
    Check("only what reads is a read", RULES, "effect_of", "operation.reads", "not operation.destructive"),
    Check("the stricter effect", RULES, "stricter", "max(one, other, key=_STRENGTH.index)", "one"),
    *(
        Check(
            meaning, RULES, "rule_of", "WriteRule(Effect.WRITE, typed_in_live=is_path, organization_wide=is_wide)", code
        )
        for meaning, code in (
            (
                "an unknown operation is a write",
                "WriteRule(Effect.READ, typed_in_live=is_path, organization_wide=is_wide)",
            ),
            ("a path outside the catalog is typed", "WriteRule(Effect.WRITE, organization_wide=is_wide)"),
            ("a path outside the catalog for the organization", "WriteRule(Effect.WRITE, typed_in_live=is_path)"),
        )
    ),
    Check(
        "the effects of the actions in code",
        RULES,
        "rule_of",
        "effect = stricter(effect, action.effect)",
        "pass",
    ),
    Check(
        "actions that are typed",
        RULES,
        "rule_of",
        "any(action.typed_in_live for action in actions)",
        "False",
    ),
    Check(
        "actions that decide on sign-in", RULES, "rule_of", "any(action.decides_access for action in actions)", "False"
    ),
    Check("actions with a secret", RULES, "rule_of", "any(action.sensitive for action in actions)", "False"),
    Check(
        "operations of the organization",
        RULES,
        "rule_of",
        "operation.path.startswith(_ORGANIZATION_PATHS)",
        "False",
    ),
    *_each_without(
        "of the organization",
        RULES,
        "",
        '("/organizations", "/projects", "/members", "/invites", "/user/")',
    ),
    Check(
        "the strictest effect of several",
        RULES,
        "rule_of_all",
        "max((rule.effect for rule in rules), key=_STRENGTH.index)",
        "rules[0].effect",
    ),
    Check(
        "typing of several", RULES, "rule_of_all", "any(rule.typed_in_live for rule in rules)", "rules[0].typed_in_live"
    ),
    Check("a secret of several", RULES, "rule_of_all", "any(rule.sensitive for rule in rules)", "rules[0].sensitive"),
    Check(
        "the decision on sign-in of several",
        RULES,
        "rule_of_all",
        "any(rule.decides_access for rule in rules)",
        "rules[0].decides_access",
    ),
    Check(
        "the organization of several",
        RULES,
        "rule_of_all",
        "any(rule.organization_wide for rule in rules)",
        "rules[0].organization_wide",
    ),
    # The client
    Check("a read-only client sends no write", CLIENT, "Client._send", "self.read_only", "False"),
    Check("a write needs a permit", CLIENT, "Client._send", "permit is None", "False", times=2, index=1),
    Check(
        "a permit serves for its operations",
        CLIENT,
        "Client._send",
        "permit.operations and operation.id not in permit.operations",
        "False",
    ),
)


@dataclass(frozen=True)
class Outcome:
    """What the tests said of one mutant."""

    check: Check
    failed_test: str
    """The first test that failed; "" for a survivor."""
    seconds: float


def run_tests(check: Check, folder: Path) -> Outcome:
    """Run the tests on a copy of the sources without the check."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(dir=folder) as name:
        source = Path(name) / "dyntui"
        shutil.copytree(ROOT / "src" / "dyntui", source, ignore=shutil.ignore_patterns("__pycache__"))
        file = source / check.file
        file.write_text(check.mutate(file.read_text()))
        output = _pytest(Path(name))
    failed = [line for line in output.splitlines() if line.startswith(("FAILED tests/", "ERROR tests/"))]
    return Outcome(check, failed[0].split(" ", 1)[1].split(" - ")[0] if failed else "", time.monotonic() - start)


def _pytest(source: Path) -> str:
    """Run the tests with a folder of sources; raise RuntimeError when they did not run."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-rfE", "-p", "no:cacheprovider", "-p", "no:xdist"]
    existing = [test for test in TESTS if (ROOT / test).exists()]
    done = subprocess.run(
        [*command, *existing],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1, 2):
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    return done.stdout


def main() -> int:
    """Print one line for each mutant. Return 1 when a mutant survived, 2 when a check was not found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", help="only the checks whose meaning contains one of these words")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="the mutants that run at the same time")
    options = parser.parse_args()
    missing = list(find_missing_checks())
    if missing:
        print(*missing, sep="\n", file=sys.stderr)
        return 2
    chosen = [check for check in CHECKS if not options.words or any(word in check.meaning for word in options.words)]
    survivors = 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(options.jobs) as pool:
        for outcome in pool.map(lambda check: run_tests(check, Path(folder)), chosen):
            survivors += not outcome.failed_test
            status = f"caught by {outcome.failed_test}" if outcome.failed_test else "SURVIVED"
            print(f"{outcome.seconds:5.1f} s  {outcome.check.meaning:<58}  {status}", flush=True)
    print(f"{len(chosen) - survivors} of {len(chosen)} mutants caught")
    return 1 if survivors else 0


def find_missing_checks() -> Iterator[str]:
    """Yield a message for each check that is not found exactly once."""
    for check in CHECKS:
        try:
            check.mutate((ROOT / "src" / "dyntui" / check.file).read_text())
        except CheckNotFound as problem:
            yield str(problem)


if __name__ == "__main__":
    sys.exit(main())
