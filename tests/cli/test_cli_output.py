"""Text of the server is made safe for a terminal: tables, JSON, exports, errors, confirmations, progress."""

from __future__ import annotations

import ast
import csv
import io
import json
import os
import re
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pexpect
import pytest
from tests.cli.cli_support import Run, Server, add
from tests.conftest import Sandbox, serving
from tests.families import slow_except

import dyntui
from dyntui.cli import output, questions
from dyntui.cli import progress as progress_lines
from dyntui.cli.output_options import FORMATS
from dyntui.core.text import safe
from dyntui.sandbox.hostile_payloads import PAYLOADS

SOURCE = Path(dyntui.__file__).parent
UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
PROGRESS = "\r\x1b[K"


def unsafe_characters(shown: str) -> list[str]:
    """Return the characters that a terminal would interpret or hide, except line ends and progress lines."""
    return UNSAFE.findall(shown.replace("\r\n", "\n").replace(PROGRESS, ""))


WRITES = re.compile(
    r"print|input|click\.(echo|secho|confirm|prompt|echo_via_pager|edit|clear|pause|getchar|launch)|error\.show"
    r"|os\.(write|writev|system)|getpass\.\w+|traceback\.print_\w+|faulthandler\.\w+|warnings\.(warn|showwarning)\w*|logging\.\w+"
    r"|subprocess\.(run|Popen|call|check_\w+)|.*driver\.write|self\.write|.*write_to_terminal"
)
"""Calls that write to a terminal or a clipboard, or could."""
STREAM = re.compile(r"sys\._*std(out|err)_*(\.(buffer|write|writelines))?")
"""A standard stream that is not only asked for its kind or flushed."""


def find_writes(path: Path) -> Iterator[str]:
    """Iterate over the calls and the uses of streams in a module that can reach a terminal or a clipboard."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    harmless = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("isatty", "flush", "fileno", "encoding")
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and WRITES.fullmatch(ast.unparse(node.func)):
            yield ast.unparse(node.func)
        if isinstance(node, ast.Attribute) and id(node) not in harmless and STREAM.fullmatch(ast.unparse(node)):
            yield ast.unparse(node)


PLACES = {
    "__main__.py": ["print", "sys.stderr"],  # the crash message, made safe by config.crash_report
    "cli/context.py": ["sys.stderr"],  # closed streams
    "cli/error_handling.py": ["sys.stderr"],  # closed streams
    "cli/job_runner.py": ["sys.stdout"],  # closed streams
    "cli/output.py": ["click.echo", "click.echo_via_pager", "error.show", "sys.stdout", "sys.stdout.buffer"],
    "cli/progress.py": ["click.echo", "sys.stderr"],
    "cli/questions.py": ["click.confirm", "click.echo", "click.prompt", "getpass.getpass"],
    "cli/root_help.py": ["sys.stdout", "sys.stdout.write"],  # the help of dyntui, made before it runs
    "cli/streams.py": ["sys.stderr", "sys.stdout"],  # encodings
    "config/credential_command.py": ["subprocess.Popen"],  # its output is captured
    "config/keyring_store.py": ["subprocess.run"],  # its output is captured or discarded
    "config/keyring_worker.py": ["sys.stderr", "sys.stdout"],  # the process that keyring_store starts
    "config/private_files.py": ["os.write"],  # a file
    "sandbox/server.py": ["print"],  # the address of the sandbox
    "services/actions/write_records.py": ["logging.getLogger"],  # an audit gap without an observer, made safe
    "services/editor.py": ["subprocess.run"],  # the editor
    "store/lock.py": ["os.write"],  # a file
    "tui/__init__.py": ["print", "sys.stderr"],  # the crash message
    "tui/kit/clipboard.py": ["console.write_to_terminal"],  # base64, of text made safe
    "tui/kit/terminal/detection.py": ["os.write"],  # a query
    "tui/kit/terminal/driver.py": ["self.write"],  # the title, made safe
    "tui/kit/terminal/environment.py": ["sys.__stderr__"],  # the size
    "tui/kit/terminal/output.py": ["driver.write"],  # frames: control characters are replaced in segments
    "tui/kit/terminal/app_mixin.py": ["self._driver.write"],  # write_to_terminal
    "tui/shell/startup.py": ["sys.__stderr__"],  # the stream that Textual writes to
    "tui/shell/web_browser.py": ["subprocess.Popen"],  # its output is discarded
}  # fmt: skip
"""By module: what in it can write to a terminal or a clipboard, and what."""


def test_every_place_that_writes_to_a_terminal_is_known() -> None:
    """A new place must make its text safe, and needs a test with hostile text; or it should use `cli.output`."""
    found = {
        path.relative_to(SOURCE).as_posix(): sorted(set(writes))
        for path in sorted(SOURCE.rglob("*.py"))
        if (writes := list(find_writes(path)))
    }
    assert found == PLACES


@pytest.fixture(scope="module")
def hostile() -> Iterator[Sandbox]:
    with serving(hostile=True, users=12) as running:
        yield running


def run_in_terminal(hostile: Sandbox, home: Path, *arguments: str, answers: tuple[str, ...] = ()) -> str:
    """Return what a command shows on a terminal of 200 columns, including standard error."""
    child = pexpect.spawn(
        sys.executable,
        ["-m", "dyntui", *arguments],
        env=hostile.environ(home) | {"TERM": "xterm", "PYTHONUTF8": "1", "NO_COLOR": "1", "DYNTUI_NO_PAGER": "1"},
        encoding="utf-8",
        codec_errors="surrogateescape",
        dimensions=(50, 200),
        timeout=60,
    )
    child.delaybeforesend = None
    shown = ""
    for answer in answers:
        child.expect([r"\[y/N\]: ", "to confirm.*: "])
        shown += child.before + child.after
        child.sendline(answer)
    child.expect(pexpect.EOF)
    child.close()
    return shown + str(child.before)


def test_plain_mode_prints_rows_and_progress_as_lines(hostile: Sandbox, tmp_path: Path) -> None:
    *rows, count = run_in_terminal(hostile, tmp_path, "users", "list", "--plain", "--limit", "3").splitlines()
    assert (len(rows), count) == (3, "3 of 12 users")
    assert all(re.match("email: .+, .+, created: ", row) for row in rows)
    file = tmp_path / "people.csv"
    file.write_text("email\n" + "".join(f"plain{n}@example.com\n" for n in range(30)))
    values = ("--set", "emailVerifiedAt=unverified", "--batch", "10", "--settle", "0")
    shown = run_in_terminal(hostile, tmp_path, "import", str(file), "--plain", "--yes", *values)
    assert " of 30 rows" in shown and "30 created" in shown
    assert "\r\x1b" not in shown and "\x1b" not in shown
    assert not re.search(r"\r(?!\n)", shown)


COMMANDS = [
    ("users", "list"),
    ("users", "list", "--json"),
    ("users", "export"),
    *(("users", "export", "-o", name) for name in FORMATS[1:]),
    *(("users", "list", "-o", name) for name in FORMATS[1:]),
    ("users", "list", "-q", ".items[]"),
    ("users", "list", "--template", "{firstName} {email}"),
    ("wallets", "list"),
    ("wallets", "export"),
    ("allowlists", "list"),
    ("gates", "list"),
    ("webhooks", "list"),
    ("tokens", "list"),
    ("members", "list"),
    ("exports", "list"),
    ("get", "events"),
    ("get", "events", "--json"),
    ("get", "sessions", "--json"),
    ("get", "nothing\x1b]0;x\x07\u202e"),
    ("users", "get", "no\x1b[31msuch\u202e\nid"),
    ("users", "list", "--no-such\x1b]0;x\x07\u202e"),
    ("api", "getEnvironmentUsers"),
    ("api", "getEnvironmentUsers", "--all", "--ndjson"),
    ("api", "getEnvironmentUsers", "--all"),
    ("access",),
]


FAST = (
    ("users", "list"),
    ("get", "events", "--json"),
    ("users", "get", "no\x1b[31msuch\u202e\nid"),
    ("users", "list", "--no-such\x1b]0;x\x07\u202e"),
    ("access",),
)


@pytest.mark.parametrize("arguments", slow_except([(words,) for words in COMMANDS], *((words,) for words in FAST)))
def test_no_command_sends_unsafe_characters_to_a_terminal(
    hostile: Sandbox, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    shown = run_in_terminal(hostile, tmp_path, *arguments)
    assert shown.strip()
    assert unsafe_characters(shown) == []


def first_user(hostile: Sandbox, home: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "dyntui", "api", "getEnvironmentUsers", "-p", "limit=1"],
        env=hostile.environ(home),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)["users"][0]
    return found


def test_json_on_a_terminal_is_read_back_unchanged(hostile: Sandbox, tmp_path: Path) -> None:
    sent = first_user(hostile, tmp_path)
    shown = run_in_terminal(hostile, tmp_path, "api", "getEnvironmentUsers", "-p", "limit=1")
    assert json.loads(shown)["users"][0] == sent
    assert any(payload in json.dumps(sent, ensure_ascii=False) for payload in PAYLOADS if payload.isprintable())
    rows = run_in_terminal(hostile, tmp_path, "users", "export", sent["id"], "--ndjson").strip().splitlines()
    assert json.loads(rows[0])["id"] == sent["id"]


def test_a_confirmation_shows_no_line_break_of_the_server(hostile: Sandbox, tmp_path: Path) -> None:
    user = first_user(hostile, tmp_path)
    shown = run_in_terminal(hostile, tmp_path, "users", "delete", user["id"], answers=("n",))
    assert unsafe_characters(shown) == []
    assert not re.search(r"^ TAB", shown.replace("\r\n", "\n"), re.MULTILINE), "part of a payload is on its own line"


def test_an_export_to_a_file_has_the_data_without_control_characters(hostile: Sandbox, tmp_path: Path) -> None:
    environ = hostile.environ(tmp_path)
    for format in ("csv", "csv-exact", "ndjson", "json"):
        target = tmp_path / f"out.{format}"
        command = [sys.executable, "-m", "dyntui", "users", "export", "-O", str(target), "-o", format]
        subprocess.run(command, env=environ, check=True, capture_output=True)
    text = (tmp_path / "out.csv").read_text("utf-8-sig")
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", text)
    assert "\u202e" in text
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    for line, row in zip((tmp_path / "out.ndjson").read_bytes().splitlines(), rows, strict=True):
        assert json.loads(line)["id"] == row["id"]
    assert len(json.loads((tmp_path / "out.json").read_bytes())["items"]) == len(rows)


def test_the_status_of_an_export_is_made_safe(server: Server, run: Run) -> None:
    add(run, "x", url=server.url)
    server.answers["e1"] = (200, {"id": "e1", "status": "done\x1b]0;x\x07\u202e", "model": "users\x9b31m"})
    server.answers["exports"] = (200, {"exports": [{"id": "e1", "status": "\x1b[2J"}]})
    done = run("exports", "watch", "e1")
    assert unsafe_characters(done.out + done.err) == []


def test_an_error_of_the_server_stays_on_one_line(server: Server, run: Run) -> None:
    add(run, "x", url=server.url)
    server.answers["users"] = (400, {"error": "no\nerror: forged\r\x1b[31m\u2028more"})
    done = run("users", "list")
    assert unsafe_characters(done.err) == []
    assert [line for line in done.err.splitlines() if line.startswith("error: forged")] == []


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_every_function_of_the_output_module_makes_text_safe(
    payload: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"{payload}\r\n\x1b[2Jnext"
    progress_lines.show_progress(text)
    progress_lines.show_progress(text, end=True)
    progress = capsys.readouterr().err
    assert unsafe_characters(progress.replace("\r", "", 2)) == [], "each begins with a carriage return"
    output.print_lines(text, text, err=True)
    assert not re.search(r"^next", progress + (shown := capsys.readouterr().err), re.MULTILINE)
    assert unsafe_characters(shown) == []
    output.print_usage_error(click.UsageError(text))
    assert unsafe_characters(capsys.readouterr().err) == []
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\nanswer\n"))
    questions.confirm(text)
    questions.prompt(text)
    output.print_document(json.dumps({text: [text]}, ensure_ascii=False))
    printed = capsys.readouterr()
    assert unsafe_characters(printed.out + printed.err) == []
    assert json.loads(printed.out) == {text: [text]}


STRANGE_ROWS: list[Any] = [
    {},
    {"id": None},
    {"id": 5, "name": ["x"]},
    {"id": {"a": 1}},
    "text",
    None,
    7,
    [],
    {"id": ""},
]
"""Rows of an unexpected form that a server could return."""


WRAPPED: dict[str, Callable[[Any], Any]] = {
    "list": lambda rows: rows,
    "items": lambda rows: {"count": "many", "items": rows},
    "other name": lambda rows: {"x": rows},
}


@pytest.mark.usefixtures("no_rate_limit")
@pytest.mark.parametrize("wrapped", slow_except(WRAPPED, "items"))
def test_rows_without_the_expected_fields_do_not_crash_a_command(server: Server, run: Run, wrapped: str) -> None:
    from dyntui.resources.all_resources import RESOURCES

    add(run, "x", url=server.url)

    class AnyPath(dict[str, Any]):
        def get(self, name: str, default: Any = None) -> Any:
            return (200, WRAPPED[wrapped](STRANGE_ROWS))

    server.answers = AnyPath()
    for name, record in RESOURCES.items():
        extra = ("--of", "3f2a1b4c-0000-4000-8000-00000000000c") if record.parent_resource else ()
        for more in ((), ("--json",), ("--all",)):
            assert run("get", name, *extra, *more).code in (0, 1, 2, 3, 4), name
    for command in (
        ("allowlists", "duplicates"), ("allowlists", "list"), ("access",), ("users", "list"), ("users", "export"),
        ("wallets", "list"), ("wallets", "export"), ("gates", "list"), ("users", "get", "x"), ("wallets", "get", "x"),
        ("env", "check"), ("auth", "status"), ("doctor",), ("exports", "watch", "x"), ("webhooks", "list"),
    ):  # fmt: skip
        assert run(*command).code in (0, 1, 2, 3, 4), command


def test_a_lone_surrogate_is_listed_and_exported(server: Server, run: Run) -> None:
    add(run, "x", url=server.url)
    server.answers["users"] = (200, {"count": 1, "users": [{"id": "u1", "firstName": "a\ud800b", "email": "a@x.com"}]})
    assert "a<d800>b" in run("users", "list").out
    assert json.loads(run("users", "list", "--json").out)["items"][0]["firstName"] == "a\ud800b"
    for format in ("csv", "csv-exact", "ndjson", "json"):
        assert run("users", "export", "-o", format, "--fields", "id,firstName").code == 0
    assert safe("a\ud800b") == "a<d800>b"


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("name", slow_except(["SIGTERM", "SIGHUP", "SIGINT"], "SIGHUP"))
def test_an_export_that_is_stopped_leaves_no_file(serve: Callable[..., Any], tmp_path: Path, name: str) -> None:
    import signal

    with serve(latency_ms=1500, users=2000) as sandbox:
        target = tmp_path / "out" / "users.csv"
        target.parent.mkdir()
        command = [sys.executable, "-m", "dyntui", "users", "export", "-O", str(target)]
        process = subprocess.Popen(command, env=sandbox.environ(tmp_path / "home"), stderr=subprocess.PIPE)
        assert process.stderr is not None
        while not list(target.parent.iterdir()):
            assert process.poll() is None
            select.select([process.stderr], [], [], 0.02)
        assert not target.exists(), "the file gets its name when it is complete"
        process.send_signal(getattr(signal, name))
        code = process.wait(20)
        assert code == 128 + getattr(signal, name), process.stderr.read()
        assert list(target.parent.iterdir()) == []
