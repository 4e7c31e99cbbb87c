"""The command line as a whole: loaded modules, help, exit codes and global options."""

from __future__ import annotations

import gc
import json
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import pytest
from tests.cli.cli_support import Run
from tests.families import slow_except

from dyntui import __version__
from dyntui.cli.command_classes import CommandGroup
from dyntui.cli.root import COMMANDS, main, root
from dyntui.cli.root_help import print_root_help
from dyntui.core.errors import DyntuiError

VENDOR_PAGE = Path(__file__).parents[2] / "docs" / "vendor-api.md"
HEAVY = ("textual", "rich", "httpx", "pydantic", "keyring", "orjson", "cryptography", "stamina")


def loaded_by(*arguments: str, codes: tuple[int, ...] = (0,)) -> set[str]:
    """The modules that a command has loaded when it ends, as a fresh interpreter sees them."""
    code = (
        "import sys, atexit, json\n"
        "atexit.register(lambda: print('\\n' + json.dumps(sorted(sys.modules)), file=sys.stderr))\n"
        f"sys.argv = ['dyntui', *{list(arguments)!r}]\n"
        "from dyntui.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode in codes, done.stderr
    return set(json.loads(done.stderr.strip().splitlines()[-1]))


def test_no_command_loads_textual_to_show_its_help() -> None:
    """In one process: it has loaded what any of the commands loads."""
    names = [name for name in COMMANDS if name != "demo"]
    code = (
        "import sys\n"
        "from dyntui.cli.root import main\n"
        f"for name in {names!r}:\n"
        "    sys.argv = ['dyntui', name, '--help']\n"
        "    assert main() == 0, name\n"
        "    assert not {'textual', 'rich'} & set(sys.modules), name\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.count("Usage: dyntui ")) == (0, len(names)), done.stderr


def test_the_help_loads_nothing_heavy() -> None:
    assert not loaded_by("--help") & {*HEAVY, "click"}
    assert not loaded_by("users", "--help") & set(HEAVY)


@pytest.mark.parametrize("columns", ["80", "90", "100", "250", "0", "wide"])
def test_the_prepared_help_is_what_click_prints(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(root, "_help_option", None)  # click keeps that of the first context, which a test made
    assert print_root_help() == (columns != "90")
    prepared = capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["dyntui", "--help"])
    assert main() == 0
    assert prepared == ("" if columns == "90" else capsys.readouterr().out)


def test_the_help_on_a_full_disk_is_an_error() -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "dyntui", "--help"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert "No space left on device" in done.stderr


def test_a_command_runs_with_garbage_collection(run: Run) -> None:
    """It is paused while the program and the command are loaded."""
    gc.disable()
    try:
        assert run("alias", "list").code == 0
        assert gc.isenabled()
    finally:
        gc.enable()


def test_opening_the_console_does_not_load_click(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNTUI_HOME", str(tmp_path))
    code = (
        "import sys, dyntui.tui\n"
        "dyntui.tui.run = lambda *_, **more: print('click' in sys.modules) or 7\n"
        "sys.argv = ['dyntui']\n"
        "from dyntui.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (7, "False"), done.stderr


@pytest.mark.parametrize(
    "arguments",
    slow_except(
        [
            (("api", "--list", "--json"),),
            (("--version",),),
            (("users", "list", "--base-url", "http://127.0.0.1:9/api/v0", "--environment-id", "e"),),
            (("env", "list"),),
            (("jobs", "list"),),
            (("audit",),),
            (("doctor",),),
        ],
        (("api", "--list", "--json"),),
        (("doctor",),),
    ),
)
def test_commands_that_run_load_no_textual(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DYNTUI_HOME", str(tmp_path))
    monkeypatch.setenv("DYNTUI_TOKEN", "dyn_" + "a" * 56)
    assert not loaded_by(*arguments, codes=(0, 1, 4)) & {"textual", "rich"}


def commands(group: click.Group, *, prefix: str = "dyntui") -> Iterator[Any]:
    with click.Context(group) as context:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert isinstance(command, click.Command) and command.name == name
            yield f"{prefix} {name}", command
            if isinstance(command, click.Group):
                yield from commands(command, prefix=f"{prefix} {name}")


def test_every_command_has_help_and_takes_the_global_options() -> None:
    for name, command in commands(root):
        assert command.help, name
        options = {option for parameter in command.params for option in parameter.opts}
        if not isinstance(command, click.Group):
            assert {"--profile", "--environment-id", "--base-url", "--read-only", "--json", "--debug"} <= options, name
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{name} {parameter.opts[0]}"


def test_the_help_of_a_group_shows_the_whole_first_sentence_of_each_command() -> None:
    groups = [group for _, group in [("dyntui", root), *commands(root)] if isinstance(group, CommandGroup)]
    for group in groups:
        with click.Context(group) as context:
            shown = " ".join(group.get_help(context).split())
            for name in group.list_commands(context):
                command = group.get_command(context, name)
                assert command is not None
                text = command.get_short_help_str(10_000)
                assert text in shown or command.hidden, f"{group.name} {name}"
                assert group.short_helps.get(name, text) == text, f"{group.name} {name}"


def test_an_unknown_command_suggests_a_similar_one_and_exits_2() -> None:
    done = subprocess.run([sys.executable, "-m", "dyntui", "usrs"], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "Did you mean users?" in done.stderr


def test_an_unreachable_server_exits_4_with_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNTUI_HOME", str(tmp_path))
    monkeypatch.setenv("DYNTUI_TOKEN", "dyn_" + "c4nary" * 9 + "ab")
    arguments = ["users", "get", "u1", "--base-url", "http://127.0.0.1:9/api/v0", "--environment-id", "e", "--json"]
    done = subprocess.run([sys.executable, "-m", "dyntui", *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (4, "")
    assert "127.0.0.1 cannot be reached" in done.stderr and "c4nary" not in done.stderr


def test_every_error_has_a_documented_exit_code() -> None:
    def below(cls: type[DyntuiError]) -> Iterator[type[DyntuiError]]:
        yield cls
        for child in cls.__subclasses__():
            yield from below(child)

    import dyntui.api.errors
    import dyntui.config.errors  # noqa: F401

    assert {cls.exit_code for cls in below(DyntuiError)} <= {1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize(
    ("option", "variable", "value"),
    [
        (["--no-color"], "NO_COLOR", "1"),
        (["--no-cache"], "DYNTUI_NO_CACHE", "1"),
        (["--in-flight", "5"], "DYNTUI_IN_FLIGHT", "5"),
    ],
)
@pytest.mark.parametrize("before", [True, False])
def test_some_options_set_their_environment_variable(
    option: list[str], variable: str, value: str, before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The option may stand before or after the command."""
    import os

    from dyntui import tui
    from dyntui.cli.context import CliContext

    for name in ("NO_COLOR", "DYNTUI_NO_CACHE", "DYNTUI_IN_FLIGHT"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    environ: dict[str, str] = {}
    monkeypatch.setattr(tui, "run", lambda *_, **more: environ.update(os.environ) or 0)
    arguments = [*option, "demo"] if before else ["demo", *option]
    root.main(arguments, standalone_mode=False, obj=CliContext())
    assert environ[variable] == value


def test_version_names_what_a_report_of_a_problem_needs(run: Run) -> None:
    versions = run("--version", "--json").document
    assert versions == {
        "dyntui": __version__,
        "python": platform.python_version(),
        "textual": version("textual"),
        "catalog": "".join(re.findall(r"sdk-api`, version (\d[\d.]*\d)", VENDOR_PAGE.read_text())),
        "api": "v0",
    }
    assert versions["catalog"]
    lines = [f"{name} {text}" for name, text in versions.items()]
    assert run("--version").out.splitlines() == run("--version", "users", "list").out.splitlines() == lines


@pytest.mark.parametrize("number", ["0", "65", "many"])
def test_in_flight_is_a_number_from_1_to_64(run: Run, number: str) -> None:
    done = run("users", "list", "--in-flight", number)
    assert done.code == 2
    assert "--in-flight" in done.err


def _commands_with_ndjson(
    group: click.Group, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _commands_with_ndjson(command, (*path, name))
        elif command is not None and any("--ndjson" in parameter.opts for parameter in command.params):
            yield (*path, name), command


def test_json_and_ndjson_cannot_be_combined(run: Run) -> None:
    tried = 0
    for path, command in _commands_with_ndjson(root):
        words = ["x" for parameter in command.params if isinstance(parameter, click.Argument) and parameter.required]
        for arguments in ([*path, *words, "--json", "--ndjson"], ["--json", *path, *words, "--ndjson"]):
            done = run(*arguments)
            assert (done.code, done.out) == (2, ""), arguments
            assert "-o json and -o ndjson cannot be combined" in done.err, arguments
            tried += 1
    assert tried > 20
