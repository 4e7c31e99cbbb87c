"""Every command: bad input, no targets, a closed pipe, no terminal.

This completes the table of what every command does. The examples of its help are in test_cli_help.py, its formats in
test_cli_formats.py, its dry run and its confirmation without a terminal in test_cli_confirmations.py, and read-only in
test_cli_read_only.py.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path

import click
import pytest
from tests.cli.cli_support import CLOSED_PORT_URL, ID, TOKEN, Run
from tests.cli.hostile_commands import filled
from tests.cli.test_cli_formats import use
from tests.cli.test_cli_hostile import COMMANDS, NOT_RUN, leaf_commands
from tests.conftest import Sandbox

from dyntui.api.catalog import catalog
from dyntui.cli.root import main, root
from dyntui.sandbox.behavior_flags import parse_flags
from dyntui.sandbox.options import SandboxOptions
from dyntui.sandbox.server import RunningServer, serving

BAD_VALUES = {
    "-d": ("{", "@none.json"),
    "--fields": (" , ",),
    "--jq": (".items[",),
    "--max-remove": ("half",),
    "--since": ("soon",),
    "--template": ("{",),
    "--until": ("soon",),
    "--where": ("country",),
}
"""Values that no command can use, by option."""


def bad_calls(name: str, command: click.Command) -> Iterator[list[str]]:
    """Yield arguments that a command has to refuse, first an unknown option."""
    arguments = [each for each in command.params if isinstance(each, click.Argument)]
    words = ["origins", "create"] if name == "do" else ["x"] * sum(each.required for each in arguments)
    yield [*words, "--no-such-option"]
    if words and name != "do":
        yield words[1:]
    if all(each.nargs == 1 for each in arguments):
        yield ["x"] * (len(arguments) + 1)
    for option in command.params:
        if isinstance(option, click.Option) and not option.is_flag:
            flag = next((each for each in option.opts if each in BAD_VALUES), option.opts[-1])
            values = BAD_VALUES.get(flag, ())
            if isinstance(option.type, (click.Choice, click.types._NumberRangeBase)):
                values = ("-1",)
            for value in values:
                yield [*words, flag, value]


@pytest.fixture
def run_offline(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line where no server listens: a request would make the exit code 4."""
    monkeypatch.setenv("DYNTUI_BASE_URL", CLOSED_PORT_URL)
    monkeypatch.setenv("DYNTUI_ENVIRONMENT_ID", ID)
    monkeypatch.setenv("DYNTUI_TOKEN", TOKEN)
    monkeypatch.chdir(tmp_path)
    return run


@pytest.mark.parametrize("calls_each", [1, pytest.param(1000, marks=pytest.mark.slow)], ids=["one", "all"])
def test_bad_input_exits_2_before_any_request(calls_each: int, run_offline: Run) -> None:
    problems = []
    for name, command in leaf_commands(root):
        for call in islice(bad_calls(name, command), calls_each):
            done = run_offline(*name.split(), *call)
            if done.code != 2 or done.out or not done.err.strip():
                problems.append((name, call, done.code, done.out[:80], done.err[:200]))
    assert problems == []


@pytest.fixture(scope="module")
def people() -> Iterator[RunningServer]:
    options = SandboxOptions(users=12, seed=1, flags=parse_flags(("organization-access=yes",)))
    with serving(options) as running:
        yield running


@pytest.fixture
def run_there(run: Run, people: RunningServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line with the sandbox, without a terminal."""
    sandbox = Sandbox(people.base_url, people.environment_id, people.token, 12)
    use(sandbox, monkeypatch, tmp_path)
    monkeypatch.chdir(tmp_path)
    return run


def takes_targets(command: click.Command) -> bool:
    return {"--ignore-missing", "--yes"} <= {name for option in command.params for name in option.opts}


def test_no_targets_are_done_and_send_no_write(run_there: Run, people: RunningServer) -> None:
    before, tried, problems = people.sandbox.requests.copy(), 0, []
    for name, command in leaf_commands(root):
        if name == "do" or not takes_targets(command):
            continue
        first = {
            "users set-metadata": ["plan=pro"],
            "users add-to-allowlist": ["Staff"],
            "webhooks redeliver": [filled("{webhooks}")],
        }.get(name, [])
        more = {"webhooks edit": ["url=https://x.example"], "members edit": ["role=admin"]}.get(name, [])
        done = run_there(*name.split(), *first, "-", *more, "--yes")
        tried += 1
        if done.code or done.out or "no targets" not in done.err:
            problems.append((name, done))
    assert problems == []
    assert tried > 15
    new = people.sandbox.requests - before
    assert not [each for each in new if each in catalog().operations and not catalog().get(each).reads]


@contextmanager
def closed_pipe(*names: str) -> Iterator[None]:
    """Let standard streams be a pipe that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", encoding="utf-8") as stream, pytest.MonkeyPatch.context() as patch:
        for name in names:
            patch.setattr(sys, name, stream)
        yield
        with suppress(BrokenPipeError):
            stream.flush()


READS = ("users list", "users get", "allowlists export", "events list", "audit", "keys", "api")


@pytest.mark.parametrize("names", [READS, pytest.param((), marks=pytest.mark.slow)], ids=["some", "all"])
def test_a_closed_pipe_ends_a_command_as_if_it_was_read(
    names: tuple[str, ...], run_there: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """`head` has enough: the exit code is that of the whole output, and nothing is printed about the pipe."""
    (tmp_path / "entries.csv").write_text("email\nada@x.example\n")
    problems, read = [], 0
    for name, command in leaf_commands(root):
        if name in NOT_RUN or (names and name not in names) or any(option.name == "yes" for option in command.params):
            continue
        if name not in COMMANDS or name in ("exports download", "exports watch"):
            continue
        words = [filled(word.replace("{folder}", str(tmp_path))) for word in COMMANDS[name][0]]
        done = run_there(*name.split(), *words)
        if done.code or not done.out:
            continue
        read += 1
        for streams in (("stdout",), ("stdout", "stderr")):
            monkeypatch.setattr(sys, "argv", ["dyntui", *name.split(), *words])
            capsys.readouterr()
            with closed_pipe(*streams):
                code = main()
            shown = capsys.readouterr()
            if code or shown.out or re.search("BrokenPipe|Broken pipe|Traceback|internal error", shown.err):
                problems.append((name, streams, code, shown))
    assert problems == []
    assert read >= (5 if names else 30)


def test_a_command_that_would_ask_says_what_is_missing_without_a_terminal(run_there: Run) -> None:
    for words in (
        (), ("demo",), ("env", "add"), ("auth", "login"), ("env", "add", "x", "--kind", "live"),
    ):  # fmt: skip
        done = run_there(*words)
        assert done.code == 2 and not done.out, (words, done)
        assert "error: " in done.err, words
