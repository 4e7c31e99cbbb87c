"""The formats of results: every command in every format, fields, jq, templates, tables and the pager on a terminal."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.cli.cli_support import Run
from tests.cli.hostile_commands import filled
from tests.cli.test_cli_hostile import COMMANDS, NOT_RUN, leaf_commands
from tests.cli.test_cli_output import unsafe_characters
from tests.conftest import Sandbox, serving
from tests.e2e.terminal import Terminal, clean_environ
from tests.families import slow_except

from dyntui.cli.output_options import FORMATS
from dyntui.cli.root import root
from dyntui.config.paths import paths
from dyntui.core.yaml_text import dump_yaml
from dyntui.sandbox.hostile_payloads import PAYLOADS
from dyntui.services.exports import ExportFormat


@pytest.fixture(scope="module")
def hostile() -> Iterator[Sandbox]:
    with serving(hostile=True, users=12, flags=("organization-access=yes",)) as running:
        yield running


@pytest.fixture(scope="module")
def people() -> Iterator[Sandbox]:
    with serving(users=150) as running:
        yield running


def use(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let `run` use a sandbox."""
    for name, value in sandbox.environ(folder / "home").items():
        if name.startswith("DYNTUI_"):
            monkeypatch.setenv(name, value)


def same_width(rows: list[list[str]]) -> list[list[str]]:
    assert len({len(row) for row in rows}) <= 1, "all lines have the same columns"
    return rows


def load_yaml(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


PARSERS: dict[str, Callable[[str], Any]] = {
    "table": str.splitlines,
    "json": json.loads,
    "ndjson": lambda text: [json.loads(line) for line in text.splitlines()],
    "csv": lambda text: same_width(list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))),
    "csv-exact": lambda text: same_width(list(csv.reader(io.StringIO(text, newline="")))),
    "tsv": lambda text: same_width([line.split("\t") for line in text.splitlines()]),
    "yaml": load_yaml,
}


def test_every_command_has_the_formats(run: Run) -> None:
    assert tuple(PARSERS) == FORMATS
    assert set(FORMATS) == {"table", *ExportFormat}
    for name, command in leaf_commands(root):
        formats = [option for option in command.params if "--output" in option.opts and "-o" in option.opts]
        assert [option.name for option in formats] == ["_format"], f"{name} has an option of its own that is named so"
    for words, expected in {
        ("get", "-o", "xml"): "'xml' is not one of 'table', 'json'",
        ("users", "export", "-o", "users.csv"): "-O FILE",
        ("users", "export", "-O", "users.parquet"): "The ending .parquet selects no format.",
        ("users", "export", "-q", ".email"): "An export has no --jq.",
        ("wallets", "export", "--template", "{id}", "-O", "x.csv"): "An export has no --template.",
        ("allowlists", "export", "Guests", "-o", "table"): "An export has no -o table",
        ("keys", "-q", ".items[", "--json"): "Wrong jq expression",
        ("keys", "-q", "$ENV.DYNTUI_TOKEN"): "jq expressions cannot read DYNTUI_TOKEN",
        ("keys", "-q", ".", "-o", "csv"): "--jq works with JSON and NDJSON, not with csv",
        ("keys", "-q", ".", "--template", "{key}"): "--jq and --template cannot be combined",
        ("keys", "--template", "{key"): "Wrong template",
        ("keys", "--template", "{}"): "has no name",
        ("keys", "--template", "{key:{meaning}}"): "A field cannot be inside of another",
        ("keys", "--template", "{key:>999999999}"): "is wider than 1,000 characters",
        ("keys", "--fields", " , "): "--fields names no field",
        ("keys", "--fields", "key,meanin"): "Did you mean meaning?",
        ("keys", "--template", "{keys}"): "Did you mean key?",
        ("keys", "-q", ".nothing[]"): "does not fit the result: Cannot iterate over null",
    }.items():
        done = run(*words)
        assert (done.code, done.out) == (2, ""), words
        assert expected in done.err, words


FAST = ("users list", "users get")


@pytest.mark.parametrize("only", [FAST, pytest.param((), marks=pytest.mark.slow)], ids=["some", "all"])
def test_each_format_of_each_command_can_be_read(
    hostile: Sandbox, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, only: tuple[str, ...]
) -> None:
    """Commands that write are run once, with JSON."""
    use(hostile, monkeypatch, tmp_path)
    (tmp_path / "users.csv").write_text("email,alias\nhostile1@x.example,a\x1b[2J\u202e\n")
    (tmp_path / "entries.csv").write_text("email\nhostile2@x.example\nbad \x1b[2J\u202e\n")
    commands = dict(leaf_commands(root))
    read = 0
    for name, calls in COMMANDS.items():
        if name in NOT_RUN or (only and name not in only):
            continue
        writes = any(option.name == "yes" for option in commands[name].params)
        words = calls[-1] if writes else next((call for call in calls if not any(w[:1] == "-" for w in call)), calls[0])
        arguments = [*name.split(), *(filled(word.replace("{folder}", str(tmp_path))) for word in words)]
        for format, parse in PARSERS.items():
            if any(word in FORMATS or word in ("--json", "--ndjson") for word in words) or (
                writes and format != "json"
            ):
                continue
            done = run(*arguments, "-o", format)
            if not done.out or done.code > 1:
                assert not only, (arguments, format, done.err)
                continue
            parsed = parse(done.out)
            read += 1
            if format in ("json", "yaml") and isinstance(parsed, dict) and "items" in parsed:
                assert isinstance(parsed["items"], list) and {"total", "next"} <= set(parsed), arguments
    assert read >= (14 if only else 300)


@pytest.mark.slow
def test_yaml_reads_back_as_the_same_values() -> None:
    values = {
        "texts": [*PAYLOADS, "NO", "yes", "2026-01-31", "012", "1e3", "", "~", "a: b", "a #b", "- x", "end "],
        "others": [None, True, 0, -1.5, 2**60, [], {}, {"a\u202eb": "c"}],
    }
    text = dump_yaml(values)
    assert load_yaml(text) == values
    assert unsafe_characters(text) == []
    assert '"NO"' in text and '"2026-01-31"' in text


def test_fields_jq_and_templates_select(
    people: Sandbox, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use(people, monkeypatch, tmp_path)
    page = run("users", "list", "--limit", "120", "--json").document
    assert (len(page["items"]), page["total"], page["next"]) == (120, 150, 120)
    rest = run("users", "list", "--offset", str(page["next"]), "--fields", "id,wallets.chain", "--json").document
    assert (len(rest["items"]), rest["total"], rest["next"]) == (30, 150, None)
    assert {row["id"] for row in rest["items"]}.isdisjoint(row["id"] for row in page["items"])
    assert {tuple(row) for row in rest["items"]} == {("id", "wallets")}
    assert "There are no users after the first 150." in run("users", "list", "--offset", "150").err
    events = run("events", "list", "--limit", "3", "--json").document
    following = run("events", "list", "--limit", "3", "--offset", "3", "--json").document
    assert events["next"] == 3 and events["items"][-1] != following["items"][0]

    emails = run("users", "list", "--limit", "2", "-q", ".items[].email").out.splitlines()
    assert emails == [row["email"] for row in page["items"][:2]]
    assert run("users", "list", "--limit", "2", "--ndjson", "-q", ".email").out.splitlines() == emails
    environ = run("users", "list", "--limit", "1", "-q", "env.DYNTUI_HOME, env, $ENV").out
    assert os.environ["DYNTUI_HOME"] in environ and people.token not in environ
    padded = run("users", "list", "--limit", "1", "--template", r"{email:<40}|\t{createdAt:.10}|{metadata.none}|{{").out
    assert padded == f"{emails[0]:<40}|\t{page['items'][0]['createdAt'][:10]}||{{\n"

    first = page["items"][0]
    lines = run("users", "list", "--limit", "1").out.splitlines()
    assert lines[0].split("\t")[4:] == [first["createdAt"], first["id"]], "a pipe gets whole values and ISO times"
    got = run("users", "get", first["id"], "--fields", "phoneNumber,metadata.none", "--json")
    assert got.code == 0, got.err
    assert set(got.document) == {"phoneNumber", "metadata"}
    wrong = run("users", "list", "--fields", "emial")
    assert (wrong.code, wrong.out) == (2, "") and "Did you mean email?" in wrong.err
    none = run("users", "list", "--filter", "nobody-has-this", "--fields", "emial", "--ndjson")
    assert none.code == 2, "also if no row shows the fields"
    file = tmp_path / "some.yaml"
    assert run("users", "export", "-O", str(file), "--fields", "email").code == 0
    assert len(load_yaml(file.read_text())["items"]) == 150


def show(sandbox: Sandbox, folder: Path, *words: str, columns: int = 80, **more: str) -> list[str]:
    """Return the lines that a command shows on a terminal. The pager writes into the file `paged` instead."""
    pager = folder / "pager"
    pager.write_text(f"#!/bin/sh\ncat > {folder}/paged\n")
    pager.chmod(0o755)
    environ = clean_environ() | sandbox.environ(folder) | {"DYNTUI_PAGER": str(pager)} | more
    with Terminal(*words, env=environ, columns=columns, rows=30) as terminal:
        assert terminal.wait_for_exit() == 0
        return [line.rstrip() for line in terminal.text.rstrip().splitlines()]


def test_a_long_table_fits_the_terminal_in_the_pager(people: Sandbox, tmp_path: Path) -> None:
    assert show(people, tmp_path, "users", "list", "--limit", "50")[-1] == "50 of 150 users"
    paged = (tmp_path / "paged").read_text()
    assert paged.startswith("\x1b[1mEMAIL"), "the titles are bold"
    lines = re.sub(r"\x1b\[[0-9;]*m", "", paged).splitlines()
    assert len(lines) == 51 and max(map(len, lines)) <= 80
    assert all(re.search(r"[0-9a-f-]{4,}…[0-9a-f]{4}$", line) for line in lines[1:])


@pytest.mark.parametrize(
    ("words", "is_colored"),
    slow_except(
        [
            ("users list --limit 1 --json", True),
            ("users list --limit 1 --ndjson", True),
            ("settings get --json", True),
            ("settings get --json --no-color", False),
            ("settings get -q .general", True),
        ],
        ("users list --limit 1 --json", True),
    ),
)
def test_json_on_a_terminal_has_colors(people: Sandbox, tmp_path: Path, words: str, is_colored: bool) -> None:
    environ = clean_environ() | people.environ(tmp_path) | {"DYNTUI_NO_PAGER": "1"}
    with Terminal(*words.split(), env=environ, columns=200, rows=30) as terminal:
        assert terminal.wait_for_exit() == 0
        shown = terminal.raw.decode()
    assert (re.search(r'\x1b\[34m\x1b\[1m"\w+"\x1b\[0m: ?\S', shown) is not None) is is_colored, shown
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    assert json.loads(plain[plain.index("{") : plain.rindex("}") + 1])


@pytest.mark.slow
def test_a_terminal_gets_as_much_as_it_has_room_for(people: Sandbox, tmp_path: Path) -> None:
    wide = show(people, tmp_path, "users", "list", "--limit", "5", columns=160)
    assert all(re.search(r" [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", line) for line in wide[1:6])
    user = wide[1].split()[-1]
    shown = show(people, tmp_path, "users", "get", user, "--fields", "email,id")
    assert any(line.split() == ["id", user] for line in shown)
    assert show(people, tmp_path, "users", "list", "--limit", "50", "--no-pager")[-1] == "50 of 150 users"
    assert not (tmp_path / "paged").exists()
    listed = show(people, tmp_path, "allowlists", "list", columns=160)
    assert listed[0].split()[:4] == ["NAME", "OUTCOME", "SCOPE", "ENTRIES"] and any(
        "gives its scope" in line for line in listed
    )


@pytest.mark.slow
def test_a_terminal_shows_what_takes_longer_than_two_seconds(tmp_path: Path) -> None:
    with serving(users=120, latency_ms=1300) as sandbox:
        environ = clean_environ() | sandbox.environ(tmp_path)
        with Terminal("users", "list", "--all", "-q", ".total", env=environ) as terminal:
            assert terminal.wait_for_exit() == 0
            assert re.search(rb"100 of 120 users read, [0-9]+ s\r\x1b\[K", terminal.raw)
            assert terminal.text.strip() == "120", "nothing of it stays"


@pytest.mark.slow
def test_a_pipe_gets_utf8_in_any_locale(tmp_path: Path) -> None:
    environ = clean_environ() | {"DYNTUI_HOME": str(tmp_path), "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "dyntui", "get", "--template", "{name} “é”"]
    done = subprocess.run(command, env=environ, capture_output=True, check=True)
    assert done.stdout.decode("utf-8").splitlines()[0] == "users “é”"


def test_an_alias_runs_a_command(run: Run) -> None:
    assert run("alias", "list", "--json").document["items"] == []
    assert run("alias", "set", "own-keys", "dyntui keys --actions --fields id").code == 0
    (paths().settings_file).write_text("# mine\n" + paths().settings_file.read_text())
    assert run("own-keys", "users.export").out == "users.export\n"
    assert run("own-keys", "users.export", "-o", "csv-exact").out == "id\nusers.export\n"
    assert run("alias", "list").out == "own-keys\tkeys --actions --fields id\n"
    for words, expected in {
        ("alias", "set", "keys", "users list"): "keys is a command",
        ("alias", "set", "-", "keys"): "cannot be an alias",
        ("alias", "set", "x", "nothing list"): "'nothing' is no command of dyntui",
        ("alias", "set", "x", "keys 'a"): "No closing quotation",
        ("alias", "remove", "x"): "There is no alias 'x'",
        ("own-key",): "No such command 'own-key'",
    }.items():
        done = run(*words)
        assert done.code == 2 and expected in done.err, words
    assert run("alias", "remove", "own-keys").code == 0
    assert run("alias", "list").out == ""
    assert paths().settings_file.read_text().startswith("# mine"), "comments stay"
    paths().settings_file.write_text("[alias]\nx = 3\n")
    assert "alias" in run("alias", "list").err
