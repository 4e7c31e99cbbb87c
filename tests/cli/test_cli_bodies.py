"""Fields on the command line: FIELD=VALUE, FIELD:=JSON and --data alike, warnings for unknown ones, and settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Cli, serving

from dyntui.cli import settings
from dyntui.services.actions.write_types import Confirmation
from dyntui.services.settings import change_settings, find_changes, read_settings, settings_target


def made(done: Any) -> Any:
    return json.loads(done.stdout)["items"][0]["result"]


def test_fields_are_arguments_json_files_and_standard_input_alike(dyntui: Cli, tmp_path: Path) -> None:
    file = tmp_path / "hook.json"
    file.write_text('{"url": "https://a.example/in", "events": ["user.created"], "isEnabled": true}')
    for command in (("webhooks", "create"), ("do", "webhooks", "create")):
        by_file = made(dyntui(*command, "-d", f"@{file}", "isEnabled=false", "--yes", "--json"))
        assert (by_file["url"], by_file["isEnabled"]) == ("https://a.example/in", False)
        by_pairs = made(
            dyntui(*command, "url=https://b.example", "isEnabled:=true", 'events:=["user.created"]', "--yes", "--json")
        )
        by_stdin = made(dyntui(*command, "--data", "-", "--yes", "--json", stdin=file.read_text()))
        assert by_pairs["events"] == by_stdin["events"] == ["user.created"]
        same = dyntui("webhooks", "edit", by_pairs["webhookId"], "-d", '{"isEnabled": true}', "--yes")
        assert "Nothing was sent" in same.stdout + same.stderr
    user = made(
        dyntui(
            "users", "create", "-d", '{"email": "data@example.com", "metadata": {"a": 1}}', "metadata.plan=pro",
            "--yes", "--json",
        )
    )  # fmt: skip
    assert user["metadata"] == {"a": 1, "plan": "pro"}
    edited = made(dyntui("users", "edit", user["id"], "-d", '{"lastName": "L"}', "metadata.b:=2", "--yes", "--json"))
    assert (edited["lastName"], edited["metadata"]) == ("L", {"a": 1, "plan": "pro", "b": 2})
    dyntui("allowlists", "create", "By fields", "-d", '{"outcome": "scope"}', "scope=vip", "--yes")
    dyntui("allowlists", "edit", "By fields", "scope:=null", "outcome=block", "--yes")
    assert dyntui.json("allowlists", "get", "By fields")["outcome"] == "block"


def test_a_skeleton_is_filled_in_and_sent(dyntui: Cli, tmp_path: Path) -> None:
    file = tmp_path / "hook.yaml"
    skeleton = dyntui("api", "createWebhook", "--skeleton").stdout
    file.write_text(skeleton.replace('url: ""', "url: https://skeleton.example/in").replace("[]", "[user.created]"))
    made_by_api = dyntui.json("api", "createWebhook", "-d", f"@{file}", "--yes")
    assert (made_by_api["url"], made_by_api["events"]) == ("https://skeleton.example/in", ["user.created"])
    assert made(dyntui("webhooks", "create", "-d", f"@{file}", "--yes", "--json"))["isEnabled"] is False
    wrong = dyntui("webhooks", "create", "-d", "-", stdin="# a comment\nurl: [", check=False)
    assert wrong.returncode == 2 and "Request body: Invalid YAML" in wrong.stderr
    as_json = dyntui("api", "POST", "/environments/x/webhooks", "--skeleton", "--json")
    assert json.loads(as_json.stdout) == {"url": "", "isEnabled": False, "events": []}
    assert as_json.stderr == "Required: url, isEnabled, events\nOptional: none\n"


@pytest.mark.parametrize(
    ("line", "code", "expected"),
    [
        (("webhooks", "create", "evnts=user.created"), 2, "has no field 'evnts'. Did you mean events?"),
        (("users", "create", "emial=a@example.com", "--yes"), 0, "Did you mean email?"),
        (("users", "edit", "ada@example.com", "metadata:=3", "metadata.a=1"), 2, "metadata is not a JSON object"),
        (("users", "edit", "nobody@example.com", "frstName=Ada"), 1, "Did you mean firstName?"),
        (("allowlists", "create", "Typo", "outcom=block"), 2, "Did you mean outcome?"),
        (("settings", "set", "general.displayName=A", 'general.displayName:="B"', "--yes"), 2, "is given two times"),
        (("do", "users", "edit", "-d", "-"), 2, "cannot be both"),
        (("webhooks", "enable", "w-1", "x=1", "--yes"), 2, "takes only ids"),
        (("webhooks", "create", "-d", "[1]"), 2, "not a JSON object"),
        (("api", "getUser", "--skeleton"), 2, "getUser has no request body"),
        (("webhooks", "create", "-d", "@/no/such/file"), 2, "cannot be read from /no/such/file"),
        (("users", "create", "metadata:=3", "metadata.a=1"), 2, "metadata is not a JSON object"),
        (("users", "create", "email=typo@example.com", "firstNam:=3", "--yes"), 0, "Did you mean firstName?"),
        (("api", "createUser", "-d", '{"email":"t@example.com","alais":"x"}', "--yes"), 0, "Did you mean alias?"),
        (("api", "createUser", "-d", "[]", "--dry-run"), 0, "The body of createUser is not a JSON object."),
        (("webhooks", "create", "url=https://a.example", "isEnabled=true", "events:=3", "--dry-run"), 0, "not a list"),
        (("users", "create", "email=t@example.com", "firstName:=3", "--dry-run"), 0, "firstName is not a text."),
        (("settings", "set", "general.displayNam=x"), 2, "Did you mean general.displayName?"),
        (("settings", "set", "security.jwtDuration.amount=soon"), 2, "'soon' is not a number"),
        (("settings", "get", "securty"), 2, "Did you mean security"),
        (("do", "settings", "edit", "x=1"), 2, "dyntui settings set"),
        (("do", "-d", "{"), 2, "RESOURCE and ACTION are missing"),
        (("do", "webhooks", "-d", "{}"), 2, "`dyntui do webhooks` lists the actions"),
    ],
)
def test_unknown_and_wrong_fields_are_named_with_the_nearest(
    line: tuple[str, ...], code: int, expected: str, dyntui: Cli
) -> None:
    done = dyntui(*line, check=False)
    assert done.returncode == code, done.stderr
    assert expected in done.stderr


def test_unknown_events_are_sent_with_a_warning(tmp_path: Path) -> None:
    fields = {"url": "https://c.example", "isEnabled": True, "events": ["user.sesion.created"]}
    with serving(users=0) as server:  # the other tests leave as many webhooks as an environment may have
        dyntui = Cli(server, tmp_path)
        for command in (("webhooks", "create"), ("api", "createWebhook")):
            done = dyntui(*command, "-d", json.dumps(fields), "--yes")
            assert "Did you mean user.session.created?" in done.stderr
        done = dyntui("events", "tail", "--once", "--type", "user.sesion")
        assert "No known event name contains 'user.sesion'" in done.stderr


def test_settings_are_set_by_path_unless_they_changed_meanwhile(dyntui: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    before = dyntui.json("settings", "get")
    done = dyntui("settings", "set", "general.displayName=Acme", "security.jwtDuration.amount:=3", "--yes")
    assert "security.jwtDuration.amount: 2 → 3" in done.stderr
    assert dyntui("settings", "get", "general.displayName").stdout == "Acme\n"
    assert dyntui.json("settings", "get", "security.jwtDuration.amount") == 3
    same = dyntui("settings", "set", "-d", '{"general": {"displayName": "Acme"}}', "--yes")
    assert "nothing was sent" in same.stderr
    secret = dyntui("settings", "set", "security.hCaptcha.secretKey=top-secret-value", "--yes", "--json")
    shown = [secret, dyntui("settings", "get"), dyntui("get", "settings", "--json"), dyntui("audit", "--json")]
    assert [done for done in shown if "top-secret-value" in done.stdout + done.stderr] == []
    assert dyntui("settings", "get", "security.hCaptcha.secretKey").stdout == "set, not shown\n"
    resent = dyntui("settings", "set", "-d", "-", "--yes", stdin=json.dumps(dyntui.json("settings", "get")))
    assert "nothing was sent" in resent.stderr
    unknown = dyntui("settings", "set", "security.jwtDuration.unit=hourz", "--yes", check=False)
    assert (unknown.returncode, "Did you mean hours?" in unknown.stderr) == (1, True)

    perform: Any = getattr(settings, "perform")  # noqa: B009

    async def after_another(*arguments: Any) -> Any:
        monkeypatch.setattr(settings, "perform", perform)
        connection = arguments[1]
        changes = find_changes(await read_settings(connection.client), {}, {"general.displayName": "Theirs"})
        action, targets = change_settings(changes), [settings_target(changes)]
        assert not (await connection.write_gate.perform(action, targets, Confirmation(yes=True))).remaining
        return await perform(*arguments)

    monkeypatch.setattr(settings, "perform", after_another)
    late = dyntui("settings", "set", "general.displayName=Mine", "--yes", check=False)
    assert late.returncode == 2 and "was changed meanwhile; nothing was sent" in late.stderr + late.stdout
    after = dyntui.json("settings", "get")
    assert after["general"]["displayName"] == "Theirs"
    assert {**after, "general": 0, "security": 0} == {**before, "general": 0, "security": 0}
