"""`dyntui config plan|apply|drift`: from files to another environment, with secrets, sign-in and later changes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from tests.conftest import Cli, Sandbox, serving
from tests.docs_commands import ProfileCli

NAMES = ("origins", "allowlists", "settings", "providers")
ONLY = tuple(word for name in NAMES for word in ("--only", name))


@pytest.fixture(scope="module")
def rich() -> Iterator[Sandbox]:
    with serving(users=12, flags=("organization-access=yes",)) as running:
        yield running


@pytest.fixture(scope="module")
def pulled(rich: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a part of the configuration of the sample data."""
    folder = tmp_path_factory.mktemp("pulled") / "config"
    Cli(rich, folder.parent / "home")("config", "pull", str(folder), *ONLY, "--only", "allowlist-entries")
    for path in (folder / "providers").glob("*.yaml"):
        if path.stem not in ("google", "github"):
            path.unlink()
    for path in (folder / "allowlist-entries").glob("beta*.yaml"):
        path.unlink()
        (folder / "allowlists" / path.name).unlink()
    return folder


@pytest.fixture
def folder(pulled: Path, tmp_path: Path) -> Path:
    return shutil.copytree(pulled, tmp_path / "config")


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Cli]:
    """The command line against a new environment with the users of the sample data."""
    with serving(users=12, empty=True, flags=("organization-access=yes",)) as running:
        (tmp_path / "home/config").mkdir(parents=True, mode=0o700)
        (tmp_path / "home/config/settings.toml").write_text("rate_per_minute = 0\nsettle_seconds = 0\n")
        yield Cli(running, tmp_path / "home")


def with_secret(folder: Path) -> Path:
    """Have a client secret in the file of a provider."""
    google = folder / "providers/google.yaml"
    google.write_text(google.read_text() + 'clientSecret: "${GOOGLE_SECRET}"\n')
    return folder


def test_a_plan_with_a_missing_secret_names_it_before_anything_is_sent(
    new: Cli, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = tmp_path / "plan.json"
    some = (str(with_secret(folder)), "--only", "providers")
    done = new("config", "plan", *some, "--exit-code", "--save", str(plan), check=False)
    assert done.returncode == 2
    assert "+ provider google\n" in done.stdout
    assert "? GOOGLE_SECRET is not set. provider google needs it." in done.stdout
    done = new("config", "apply", str(plan), "--yes", check=False)
    assert done.returncode == 2 and "GOOGLE_SECRET for provider google" in done.stderr, done.stderr
    assert new.json("audit")["items"] == []
    assert plan.stat().st_mode & 0o777 == 0o600
    settings = folder / "settings/settings.yaml"
    settings.write_text(settings.read_text().replace("displayName: Northwind", "displayName: ${MISSPELLED}"))
    assert "It has no value for MISSPELLED" in new("config", "plan", str(folder), "--only", "settings").stderr
    monkeypatch.setenv("MISSPELLED", "Northwind")
    assert "MISSPELLED" not in new("config", "plan", str(folder), "--only", "settings").stderr


@pytest.mark.slow
def test_secrets_are_sent_from_environment_variables_and_are_in_no_file(
    new: Cli, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_secret(folder)
    environ = {**new._environ(None), "GOOGLE_SECRET": "canary-0123456789"}
    monkeypatch.setattr(new, "_environ", lambda token: environ)
    done = new("config", "apply", str(folder), "--only", "providers", "--yes")
    assert done.stdout.splitlines()[-4:] == [
        "done      create provider github", "done      create provider google",
        "done      enable provider github", "done      enable provider google",
    ]  # fmt: skip
    assert "4 of 4 steps done." in done.stderr
    [google] = [each for each in new.json("get", "providers")["items"] if each["provider"] == "google"]
    assert google["clientId"] == "northwind-google" and "canary" not in json.dumps(google)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in files if b"canary-0123456789" in path.read_bytes()]
    assert new("config", "plan", str(folder), "--only", "providers", "--exit-code").stdout == ""


def test_a_saved_plan_is_refused_after_a_change_and_applied_with_its_effects_on_sign_in(
    new: Cli, folder: Path, tmp_path: Path
) -> None:
    party = folder / "allowlists/launch-party.yaml"
    party.write_text(party.read_text().replace("enabled: false", "enabled: true"))
    plan, rest = tmp_path / "plan.json", ("--only", "allowlists", "--only", "allowlist-entries", "--only", "origins")
    text = new("config", "plan", str(folder), *rest, "--markdown", "--save", str(plan)).stdout
    assert text.startswith(
        f"### Plan for `sandbox` from `{folder}`\n\nsandbox: 9 to create.\n\n```diff\n+ allowlist Launch"
    )
    assert "EVERYONE ELSE IS LOCKED OUT." in text
    assert "12 could no longer sign in" in text and "such as" not in text, "no names of users in a pull request"

    new("do", "origins", "create", "origin=https://by-hand.example", "--yes")
    done = new("config", "apply", str(plan), "--yes", check=False)
    assert done.returncode == 2
    assert "sandbox was changed since the plan was made. Nothing was sent." in done.stderr
    assert "+ origin https://by-hand.example" in done.stderr
    document = json.loads(plan.read_text())
    plan.write_text(json.dumps({**document, "prune": True}))
    assert "was changed after dyntui wrote it" in new("config", "apply", str(plan), "--yes", check=False).stderr

    made = new.json("config", "plan", str(folder), *rest, "--save", str(plan))
    assert made["counts"] == {"create": 9, "update": 0, "delete": 0}
    assert [each["name"] for each in made["extra"]] == ["https://by-hand.example"]
    done = new("config", "apply", str(plan), "--yes", check=False)
    assert done.returncode == 2 and f"Re-run with {made['confirm_with']}" in done.stderr
    assert len(new.json("get", "allowlists")["items"]) == 0, "nothing was sent"
    wrong = [*made["confirm_with"].split()[:2], "--read", "000000"]
    assert new("config", "apply", str(plan), *wrong, check=False).returncode == 2
    done = json.loads(new("config", "apply", str(plan), *made["confirm_with"].split(), "--json").stdout)
    assert done["complete"] and {step["outcome"] for step in done["steps"]} == {"done"}
    order = [(step["action"], step["resource"]) for step in done["steps"]]
    assert order.index(("enable", "allowlists")) > max(
        index for index, step in enumerate(order) if step[1] == "allowlist-entries"
    ), "a list decides who may sign in only when it has its entries"

    assert new("config", "apply", str(plan)).stderr.endswith("There is nothing to apply.\n")
    other = ("config", "apply", str(folder), "--only", "origins", "--environment-id", str(UUID(int=1)), "--yes")
    done = new(*other, check=False)
    assert done.returncode == 1 and "no difference in what could be compared" in done.stderr + done.stdout
    done = new("config", "drift", str(folder), *rest, check=False)
    assert (done.returncode, done.stdout) == (2, "extra\torigin https://by-hand.example\t\t\t\n")
    new("config", "apply", str(folder), *rest, "--prune", "--yes")
    assert new("config", "drift", str(folder), *rest).stdout == ""
    new("allowlists", "disable", "Launch party", "--confirm", "Launch party", "--read", "", check=False)
    first = new.json("config", "history")["items"][0]["id"]
    back = new.json("config", "plan", "--snapshot", first, "--prune")
    assert back["counts"] == {"create": 1, "update": 0, "delete": 6}


@pytest.mark.slow
def test_a_write_whose_response_was_lost_is_awaited_and_not_sent_again(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    (folder / "webhooks").mkdir(parents=True)
    (folder / "dyntui.yaml").write_text("resources: [webhooks]\n")
    urls = {f"https://hooks.example/{number}" for number in range(6)}  # the server accepts a URL two times
    for number, url in enumerate(urls):
        text = f"url: {url}\nisEnabled: true\nevents: [user.created]\n"
        (folder / f"webhooks/{number}.yaml").write_text(text)
    with serving(users=5, empty=True, flags=("late-min-ms=1500", "late-max-ms=1600")) as running:
        cli = Cli(running, tmp_path / "home")
        some = ("config", "apply", str(folder), "--yes", "--settle", "3")
        running.set_faults(late=0.45)  # reads are repeated, writes are not
        done = cli(*some, check=False)
        assert done.returncode == 1
        assert "\nunknown   create webhook " in done.stdout
        assert "sandbox still differs:" in done.stderr and "\n  + webhook " in done.stderr
        running.set_faults(late=0)
        cli(*some)
        running.flush()  # what was sent two times arrives
        assert sorted(each["url"] for each in cli.json("get", "webhooks")["items"]) == sorted(urls)


@pytest.mark.slow
def test_drift_names_what_no_file_can_create_and_does_not_count_it(new: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "config"
    new("config", "pull", str(folder), "--only", "name-services")
    (folder / "name-services").mkdir(exist_ok=True)
    (folder / "name-services/acme.yaml").write_text("domain: acme.example\nchainName: EVM\n")
    done = new("config", "drift", str(folder), check=False)
    assert "cannot be created: " in done.stderr and "a message that the wallet of the domain signed" in done.stderr
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.slow
def test_drift_counts_a_value_that_differs_and_says_that_the_api_cannot_set_it(new: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "config"
    new("do", "exchanges", "create", "exchange=coinbase", "onRampProvider=coinbaseOnramp", "--yes")
    new("config", "pull", str(folder), "--only", "exchanges")
    (file,) = (folder / "exchanges").iterdir()
    file.write_text(file.read_text().replace("coinbaseOnramp", "banxa"))
    done = new("config", "drift", str(folder), check=False)
    assert (done.returncode, done.stdout) == (
        2, "changed\texchange coinbase\tonRampProvider\tbanxa\tcoinbaseOnramp\n",
    )  # fmt: skip
    assert "cannot be applied: exchange coinbase onRampProvider: The API cannot edit it." in done.stderr
    planned = new("config", "plan", str(folder), "--exit-code", check=False)
    assert planned.returncode == 2 and "! exchange coinbase onRampProvider: The API cannot edit it." in planned.stdout


@pytest.mark.slow
def test_a_step_that_failed_leaves_the_rest_and_nothing_is_deleted_then(new: Cli, folder: Path) -> None:
    new("do", "origins", "create", "origin=https://by-hand.example", "--yes")
    (folder / "origins/refused.yaml").write_text("origin: https://example.com/with/path\n")
    done = new(
        "config", "apply", str(folder), "--only", "origins", "--only", "allowlists", "--prune", "--yes", check=False
    )
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    assert any(line.startswith("failed    create origin https://example.com/with/path: ") for line in lines)
    assert "done      create origin https://app.northwind.example" in lines
    assert "not tried delete origin https://by-hand.example: not deleted, because another step failed" in lines
    assert "sandbox still differs:" in done.stderr
    assert "https://by-hand.example" in [each["origin"] for each in new.json("get", "origins")["items"]]


@pytest.mark.slow
def test_a_live_environment_is_confirmed_by_its_name_and_a_read_only_one_is_refused(new: Cli, folder: Path) -> None:
    add = ("--base-url", new.sandbox.url, "--environment-id", new.sandbox.environment_id, "--credential", "environment")
    new("env", "add", "acme-live", *add, "--kind", "live")
    some = ("config", "apply", str(folder), "--only", "origins", "--profile", "acme-live")
    for options in (("--yes",), ("--confirm-environment", "acme"), ("--yes", "--confirm", "acme-sandbox")):
        done = new(*some, *options, check=False)
        assert done.returncode == 2 and "acme-live" in done.stderr, done.stderr
    done = new(*some, "--confirm-environment", "acme-live", "--read-only", check=False)
    assert done.returncode == 2 and "read-only" in done.stderr
    assert new.json("get", "origins")["items"] == []
    assert "Dry run" in new(*some, "--dry-run").stderr
    assert new.json("get", "origins")["items"] == []
    new(*some, "--confirm-environment", "acme-live")
    assert len(new.json("get", "origins")["items"]) == 3


@pytest.mark.slow
def test_an_environment_gets_the_configuration_of_another_profile(new: Cli, rich: Sandbox) -> None:
    cli = ProfileCli(new.sandbox, new.home)
    for name, each in (("rich", rich), ("new", new.sandbox)):
        add = ("--base-url", each.url, "--environment-id", each.environment_id, "--credential", "environment")
        cli("env", "add", name, *add, "--kind", "sandbox")
    some = ("--from-profile", "rich", "--to-profile", "new", "--only", "allowlists", "--only", "webhooks")
    made = cli.json("config", "plan", *some)
    assert (made["environment"], made["source"]) == ("new", "rich")
    assert made["counts"] == {"create": 6, "update": 0, "delete": 0}
    done = cli("config", "apply", *some, "--include-entries", "--yes")
    assert "9 of 9 steps done. new is as planned." in done.stderr
    assert cli("config", "plan", *some, "--exit-code").stdout == ""
    client_id = cli.json("config", "plan", *some[:4], "--only", "providers")["missing"]
    assert "PROVIDERS_GOOGLE_CLIENT_ID" in client_id, "what differs by nature is not taken over"
    for wrong, message in (
        (("--from-profile", "new", "--to-profile", "new"), "are the same environment"),
        (("--from-profile", "rich", "--to-profile", "new", "--profile", "rich"), "name different environments"),
        (("--from-profile", "rich", "--snapshot", "last"), "cannot be combined"),
        ((), "Nothing to compare with"),
    ):
        done = cli("config", "plan", *wrong, check=False)
        assert done.returncode == 2 and message in done.stderr
