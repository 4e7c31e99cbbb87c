"""Every recipe of docs/recipes.md, run as it is printed, does what the page says and nothing else."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.docs_commands import Case, DocsEnvironment, ProfileCli, docs_environment, try_commands

RECIPES_PAGE = "docs/recipes.md"
NEW = ("new1@acme.example", "new2@acme.example")
DOMAIN = "@example.com"
SMOKE_TEST = "smoke-test@acme.example"
LISTED = "Beta testers"
JQ = """#!{python}
import sys, jq
program = jq.compile(sys.argv[-1])
for line in sys.stdin:
    for value in program.input_text(line):
        print(value, flush=True)
"""
"""What stands for `jq -r --unbuffered` where jq is not installed."""


def users_of(world: DocsEnvironment) -> list[dict[str, Any]]:
    return list(world.call("getEnvironmentUsers")["users"])


def create_new_users(world: DocsEnvironment) -> None:
    for email in NEW:
        world.call("createUser", {"email": email})


def check_export(world: DocsEnvironment) -> None:
    since = f"{datetime.now(UTC) - timedelta(days=30):%Y-%m-%dT%H:%M:%S}"
    recent = [user for user in users_of(world) if user["createdAt"] >= since]
    assert any(user["wallets"] for user in recent), "a recent user with a wallet is left out"
    with (world.folder / "no-wallet.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["email"] for row in rows} == {user["email"] for user in recent if not user["wallets"]} > set(NEW)
    assert list(rows[0]) == ["id", "email", "createdAt"]


def write_emails(world: DocsEnvironment) -> None:
    (world.folder / "emails.txt").write_text(f"{NEW[0]}\nnobody@acme.example\n{NEW[1].upper()}\n")


def sessions_of_domain(world: DocsEnvironment) -> set[str]:
    found = {}
    for user in users_of(world):
        sessions = world.call("getUser", userId=user["id"])["user"].get("sessions") or ()
        found[user["email"] or ""] = {f"-session {each['id']}" for each in sessions if not each.get("revokedAt")}
    assert any(sessions for email, sessions in found.items() if email.endswith(".example.com")), "others are signed in"
    revoked = {each for email, sessions in found.items() if email.endswith(DOMAIN) for each in sessions}
    assert revoked
    return revoked


def entries(world: DocsEnvironment) -> list[str]:
    lists = world.call("getAllowlistsByEnvironmentId")
    found = world.call(
        "getEntriesByAllowlistId", allowlistId=next(each["id"] for each in lists if each["name"] == LISTED)
    )
    return [each["email"] for each in found["entries"]]


def cron_cli(world: DocsEnvironment) -> ProfileCli:
    """Commands of the user of the crontab, whose files are in the home folder."""
    return ProfileCli(world.sandbox, world.folder, HOME=str(world.folder / "cron"), DYNTUI_HOME="")


def prepare_cron(world: DocsEnvironment) -> None:
    """Store the token in a file, and write the file of the list: without its first entry, with a new one."""
    home = world.folder / "cron"
    (home / ".local" / "bin").mkdir(parents=True)
    (home / ".local" / "bin" / "dyntui").symlink_to(world.folder / "bin" / "dyntui")
    (home / "beta.csv").write_text("\n".join(["email", *entries(world)[1:], "added@beta.example"]))
    where = ("--base-url", world.sandbox.url, "--environment-id", world.sandbox.environment_id, "--kind", world.kind)
    cli = cron_cli(world)
    cli("env", "add", "acme", *where, "--credential", "environment")
    cli("auth", "login", "--credential", "file", "--token-stdin", stdin=world.sandbox.token)


def run_from_cron(world: DocsEnvironment, line: str) -> None:
    """Run a line of a crontab as cron does: with sh, in the home folder, with hardly any variables."""
    schedule = re.fullmatch(r"0 3 \* \* \* (.*)", line)
    assert schedule is not None and "%" not in line
    home = world.folder / "cron"
    environ = {"HOME": str(home), "LOGNAME": "ops", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        ["/bin/sh", "-c", schedule[1]], cwd=home, env=environ, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    world.output = done.stdout + done.stderr
    assert done.returncode == 0, world.output
    assert "another alias" not in world.output, "a file without aliases does not differ by them"


def synced(world: DocsEnvironment) -> set[str]:
    """One entry is added and one removed, whose user loses the scope of the list."""
    first = entries(world)[0]
    return {f"+entry added@beta.example on {LISTED}", f"-entry {first} on {LISTED}", f"~user {first}"}


def check_sync(world: DocsEnvironment) -> None:
    """The same again sends nothing; a damaged file is refused."""
    file = world.folder / "cron" / "beta.csv"
    words = ("allowlists", "sync", LISTED, str(file), "--remove", "--confirm-environment", "acme")
    before, cli = entries(world), cron_cli(world)
    assert "Nothing to do" in cli(*words).stderr
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:4]))
    refused = cli(*words, check=False)
    assert refused.returncode == 2 and "more than 50%" in refused.stderr
    assert entries(world) == before


def check_missing_user(world: DocsEnvironment) -> None:
    """Each way in which a check fails has its own exit code."""
    user = next(user for user in users_of(world) if user["email"] == SMOKE_TEST)
    assert world.output.split()[-1] == user["id"]
    cli = ProfileCli(world.sandbox, world.folder / "home")
    words = ("users", "get", f"x{SMOKE_TEST}", "-q", ".id")
    assert cli(*words, check=False).returncode == 1
    assert cli(*words, check=False, token="dyn_" + "x" * 56).returncode == 3
    assert cli(*words, "--base-url", "http://127.0.0.1:9/api/v0", check=False).returncode == 4


def tokens_of(world: DocsEnvironment) -> list[dict[str, Any]]:
    tokens = world.query(lambda client: client.call("getTokens"))["tokens"]
    return [token for token in tokens if token["note"] == "nightly"]


def prepare_rotation(world: DocsEnvironment) -> None:
    """Two older tokens of this note, a profile that uses one of them, and a token with another note."""
    notes = ("nightly", "nightly", "nightly report")
    raw = [
        world.call("postToken", {"note": note, "scopes": ["environment.users.read"]})["token"]["rawToken"]
        for note in notes
    ]
    where = ("--base-url", world.sandbox.url, "--environment-id", world.sandbox.environment_id, "--kind", "sandbox")
    cli = ProfileCli(world.sandbox, world.folder / "home")
    cli("env", "add", "nightly", *where, "--credential", "file", "--token-stdin", stdin=raw[1])


def check_rotation(world: DocsEnvironment) -> None:
    (token,) = tokens_of(world)
    cli = ProfileCli(world.sandbox, world.folder / "home", DYNTUI_TOKEN="")
    assert json.loads(cli("users", "list", "--limit", "1", "--json", "--profile", "nightly").stdout)["items"]
    assert token["checksum"] in cli("auth", "status", "--profile", "nightly").stdout
    assert "rawToken" not in world.output and "dyn_" not in world.output.replace("dyn_…", "")


def follow(world: DocsEnvironment, line: str) -> None:
    """The emails of new users are printed until ctrl+c."""
    if not shutil.which("jq"):
        (world.folder / "bin" / "jq").write_text(JQ.format(python=sys.executable))
        (world.folder / "bin" / "jq").chmod(0o700)
    code = world.run(line, ((NEW[1], ""), (SMOKE_TEST, "\x03")))
    assert code in (-2, 130), world.output
    lines = world.output.replace("^C", "").split()
    assert [each for each in lines if "@" in each] == [*NEW, SMOKE_TEST] and "{" not in world.output


def run_in_container(world: DocsEnvironment, line: str) -> None:
    """Run a line without a home folder, a keyring and profiles."""
    environ = {"PATH": f"{world.folder / 'bin'}:/usr/bin:/bin", "HOME": "/proc/none"}
    environ["DYNTUI_BASE_URL"] = world.sandbox.url
    done = subprocess.run(["/bin/sh", "-c", line], env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["items"]) == 5


def container_names(world: DocsEnvironment) -> dict[str, str]:
    (world.folder / "secret").write_text(world.sandbox.token)
    return {
        "DYNTUI_ENVIRONMENT_ID=ID": f"DYNTUI_ENVIRONMENT_ID={world.sandbox.environment_id}",
        "/run/secrets/dynamic-token": str(world.folder / "secret"),
    }


RECIPES: dict[str, Case] = {
    "dyntui users export --since 30d --no-wallet --fields id,email,createdAt -O no-wallet.csv": Case(
        before=create_new_users, check=check_export
    ),
    "dyntui users delete @emails.txt --ignore-missing --confirm-environment acme": Case(
        before=write_emails, affects=lambda w: {f"-user {email}" for email in NEW}, prints="nobody@acme.example"
    ),
    "dyntui users list --all --where 'email $= @example.com' --ndjson"
    " | dyntui users revoke-sessions - --confirm-environment acme": Case(affects=sessions_of_domain),
    '0 3 * * * .local/bin/dyntui allowlists sync "Beta testers" beta.csv --remove --confirm-environment acme': Case(
        before=prepare_cron,
        run=run_from_cron,
        affects=synced,
        check=check_sync,
    ),
    "dyntui users get smoke-test@acme.example -q .id": Case(
        before=lambda w: w.call("createUser", {"email": SMOKE_TEST}), check=check_missing_user
    ),
    "dyntui tokens create note=nightly scopes=environment.users.read --confirm-environment acme"
    " -q '.items[0].result.token.rawToken' | dyntui auth login --profile nightly --token-stdin"
    """ && dyntui tokens list --all -q '[.items[] | select(.note == "nightly")] | sort_by(.createdAt)[:-1][].id'"""
    " | dyntui tokens delete - --confirm-environment acme": Case(
        before=prepare_rotation,
        affects=lambda _: {"~token nightly 1", "-token nightly 2"},
        check=check_rotation,
    ),
    "dyntui events tail --ndjson"
    """ | jq -r --unbuffered 'select(.eventName == "user.created") | .data.email'""": Case(run=follow),
    "dyntui events tail --ndjson --type user.created -q .data.email": Case(run=follow),
    'DYNTUI_ENVIRONMENT_ID=ID DYNTUI_TOKEN="$(cat /run/secrets/dynamic-token)" dyntui users list --limit 5 --json': (
        Case(container_names, run=run_in_container)
    ),
}


@pytest.mark.waits
@pytest.mark.parametrize(
    ("kind", "in_process"),
    [
        ("sandbox", True),
        pytest.param("sandbox", False, marks=pytest.mark.slow),
        pytest.param("live", False, marks=pytest.mark.slow),
    ],
    ids=["fast", "sandbox", "live"],
)
def test_each_recipe_does_what_the_page_says(kind: str, in_process: bool, tmp_path: Path) -> None:
    with docs_environment(tmp_path, kind=kind) as world:
        try_commands(world, RECIPES, in_process=in_process)
