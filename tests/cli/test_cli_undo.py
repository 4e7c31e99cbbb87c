"""`dyntui undo`: the last change and a named one, its plan, its refusals and exit codes."""

from __future__ import annotations

import json

from tests.conftest import Cli


def test_the_last_change_is_undone_and_the_undo_too(dyntui: Cli) -> None:
    assert "No changes were made in this environment" in dyntui("undo", "--yes", check=False).stderr
    made = dyntui("do", "origins", "create", "origin=https://undo.example", "--yes")
    change = dyntui.json("audit")["items"][-1]["job"]
    assert f"To undo this: dyntui undo {change}" in made.stderr
    assert change in dyntui("audit").stdout

    planned = dyntui("undo", "--dry-run", "--json")
    assert f"Undo of {change}: origins.create of " in planned.stderr
    assert (
        json.loads(planned.stdout)["dryRun"] is True
        and json.loads(planned.stdout)["items"][0]["requests"][0]["method"] == "DELETE"
    )
    assert "https://undo.example" in dyntui("get", "origins").stdout

    refused = dyntui("undo", change, check=False)
    assert refused.returncode == 2 and "--yes" in refused.stderr
    assert "The id of the change is empty" in dyntui("undo", "", "--yes", check=False).stderr
    dyntui("undo", change, "--yes")
    assert "https://undo.example" not in dyntui("get", "origins").stdout
    lines = dyntui.json("audit", "--last", "1")["items"]
    assert (lines[0]["action"], lines[0]["undoes"]) == ("origins.delete", change)
    again = dyntui("undo", change, "--yes", check=False)
    assert again.returncode == 2 and "any more" in again.stderr

    redone = dyntui("undo", "last", "--yes", "--json")
    assert json.loads(redone.stdout)["items"][0]["outcome"] == "done"
    assert "This creates it again, with another id." in redone.stderr
    assert "https://undo.example" in dyntui("get", "origins").stdout


def test_what_changed_since_and_what_cannot_be_undone_is_named(dyntui: Cli) -> None:
    user = dyntui.json("users", "create", "email=undo@x.example", "--yes")["items"][0]["id"]
    dyntui("users", "edit", user, "alias=First", "--yes")
    change = dyntui.json("audit", "--last", "1")["items"][0]["job"]
    dyntui("users", "edit", user, "alias=Second", "--yes")
    refused = dyntui("undo", change, "--yes", check=False)
    assert refused.returncode == 2
    assert "alias is Second now" in refused.stderr and "--even-if-changed" in refused.stderr
    overwritten = dyntui("undo", change, "--even-if-changed", "--yes")
    assert "alias: Second → —" in overwritten.stderr
    assert not dyntui.json("users", "get", user)["alias"]
    dyntui("api", "updateUser", f"-puserId={user}", "-d", '{"alias": "Third", "team": "Red"}', "--yes")
    dyntui("undo", "--yes")
    found = dyntui.json("users", "get", user)
    assert not found["alias"] and not found.get("team")
    deleted = dyntui("users", "delete", user, "--yes")
    listed = dyntui.json("undo", "--list")["items"]
    assert listed[0]["action"] == "users.delete" and "cannot restore" in listed[0]["reason"]
    assert [each["undo"] for each in listed[1:]] == ["sending the values before"] * (len(listed) - 2) + ["`delete`"]
    assert "This cannot be undone." in deleted.stderr and "To undo this" not in deleted.stderr
    refused = dyntui("undo", "--yes", check=False)
    assert refused.returncode == 2 and "The API cannot restore a deleted user." in refused.stderr
