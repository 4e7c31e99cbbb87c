"""The help of every command: one line in the imperative, two examples that parse, groups in order; topics."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest
from tests.cli.cli_support import Run
from tests.docs_commands import ROOT

from dyntui.api.catalog import catalog
from dyntui.cli.examples import _EXAMPLES, examples_of
from dyntui.cli.help_texts import TOPICS
from dyntui.cli.root import COMMANDS, SECTIONS, root
from dyntui.resources.all_resources import resource
from dyntui.services.forms import operation_fields

VERBS = {
    "Add", "Allow", "Call", "Cancel", "Change", "Check", "Clear", "Compare", "Copy", "Create", "Delegate", "Delete",
    "Disable", "Download", "Edit", "Enable", "Export", "Find", "Import", "Keep", "Link", "List", "Make", "Open",
    "Pause",
    "Pre-generate", "Print", "Recover", "Remove", "Request", "Reset", "Resume", "Revoke", "Run", "Send", "Serve", "Set",
    "Show", "Store", "Undo", "Wait", "Write", "Manage",
}  # fmt: skip
SHELL = re.compile(r"\s(?:\||<|>)\s.*")


def walk(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    ctx = click.Context(group, info_name="dyntui")
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from walk(command, (*path, name))


def test_the_first_line_of_help_is_one_sentence_in_the_imperative() -> None:
    for path, command in walk(root):
        first = (command.help or "").split("\n")[0]
        text = command.get_short_help_str(200)
        assert first.split()[0].rstrip(",") in VERBS, (path, first)
        assert len(text) <= 110 and text.count(". ") == 0 and not text.endswith("..."), (path, text)
    assert all(text.split()[0].rstrip(",") in VERBS for _, text in COMMANDS.values())


def test_every_command_has_two_examples_that_parse() -> None:
    commands = {" ".join(path): command for path, command in walk(root) if not isinstance(command, click.Group)}
    assert [path for path in commands if len(examples_of(path)) < 2] == []
    assert _EXAMPLES.keys() - commands.keys() == set()
    for path, command in commands.items():
        ctx = click.Context(command, info_name=path)
        for example in examples_of(path):
            line = re.search(r"dyntui ([^)]*)", SHELL.sub("", example))
            assert line is not None, example
            words = shlex.split(line[1].strip('"'))
            assert words[: len(path.split())] == path.split(), example
            arguments = words[len(path.split()) :]
            try:
                _, _, order = command.make_parser(ctx).parse_args(list(arguments))
            except click.UsageError as error:
                raise AssertionError(f"{example}: {error.message}") from None
            assert all(parameter in command.params for parameter in order), example
            record = resource(path.split()[0])
            if record is not None and (action := record.action(path.split()[-1])) and action.fields:
                fields = operation_fields(catalog(), catalog().get(action.operation), action.fields)
                names = {word.partition("=")[0].partition(".")[0].rstrip(":") for word in arguments if "=" in word}
                assert names <= {field.name for field in fields}, example


def test_commands_are_grouped_and_sorted(run: Run) -> None:
    names = [name for section in SECTIONS.values() for name in section]
    assert sorted(names) == sorted(COMMANDS)
    shown = re.findall(r"^  ([a-z]+)  ", run("--help").out, re.M)
    assert sorted(shown) == sorted(names)
    users = re.findall(r"^  ([a-z-]+)  ", run("users", "--help").out.partition("Commands:")[2], re.M)
    assert users == sorted(users) and "edit" in users and "update" not in users


def test_help_of_an_operation_shows_parameters_body_and_scope(run: Run) -> None:
    for words in (("createWebhook",), ("POST", "/environments/ID/webhooks")):
        text = run("api", *words, "--help").out
        assert "environment.webhooks.write" in text and "isEnabled *" in text and "--ndjson" not in text
    text = run("api", "getEnvironmentUsers", "--help").out
    assert re.search(r"limit +query, number", text) and "environment.users.read" in text
    assert "--all" in run("api", "--help").out and "--all" in run("api", "--list", "webhook", "--help").out
    unknown = run("api", "getUsr", "-p", "limit=5", "--help")
    assert (unknown.code, "Did you mean getUser" in unknown.err) == (2, True)


def test_topics_are_listed_and_shown(run: Run) -> None:
    assert all(topic in run("help", "topics").out for topic in TOPICS)
    assert "DYNTUI_TOKEN" in run("help", "auth").out
    assert run("help", "users", "delete").out.startswith("Usage: dyntui users delete")
    unknown = run("help", "ouput")
    assert (unknown.code, "Did you mean output?" in unknown.err) == (2, True)


@pytest.mark.parametrize("line", ["users update x", "allowlists update x", "jobs show last", "demo --switch x=1"])
def test_former_names_of_commands_and_options_are_not_known(line: str, run: Run) -> None:
    done = run(*line.split())
    assert (done.code, "No such" in done.err) == (2, True)


def test_the_topic_and_the_guide_have_the_same_exit_codes() -> None:
    table = re.findall(r"^\| ([\d, ]+) \|", (ROOT / "docs" / "scripting.md").read_text(), re.M)
    topic = re.findall(r"^ *(\d+) ", TOPICS["exit-codes"][1], re.M)
    assert topic == [codes.split(",")[0] for codes in table]
