"""Every command of the documentation does what its page says, to what it names and to nothing else.

A command in a fenced block of README.md or docs/ needs a case here. After each one everything in the environment is
compared with what was there before: a command without a stated effect must have none.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import signal
import subprocess
from pathlib import Path

import pytest
from tests.conftest import READY
from tests.docs_commands import (
    ROOT,
    Case,
    DocsEnvironment,
    commands,
    docs_environment,
    pages,
    shown_output,
    try_commands,
)
from tests.e2e.terminal import Terminal
from tests.test_docs_recipes import RECIPES, RECIPES_PAGE

from dyntui.resources.webhooks import is_delivered

NOT_RUN = {
    "pipx install .": "installs from the network; tests/dist runs it",
    "uv tool install --compile-bytecode .": "installs from the network; tests/dist runs it",
}
YES = (("[y/N]", "y\n"),)
HEADER = "email,firstName,lastName\n"


def people(world: DocsEnvironment, *emails: str) -> None:
    (world.folder / "people.csv").write_text(HEADER + "".join(f"{email},Ada,Lovelace\n" for email in emails))


def misspelled(world: DocsEnvironment) -> None:
    """A file of an allowlist has a mistake."""
    file = world.folder / "config" / "allowlists" / "staff.yaml"
    file.write_text(file.read_text().replace("outcome: scope", "outcome: scop"))


def changed_files(world: DocsEnvironment) -> None:
    """Another scope in the files, and an origin that is not in the environment."""
    file = world.folder / "config" / "allowlists" / "staff.yaml"
    file.write_text(file.read_text().replace("scope: staff", "scope: staff admin"))
    (world.folder / "config" / "origins" / "new.yaml").write_text("origin: https://app.acme.example\n")


def first_snapshot(world: DocsEnvironment) -> str:
    folder = world.folder / "home" / "state" / "snapshots"
    return min(path.name.removesuffix(".json.gz") for path in folder.glob("*-pull.json.gz"))


def acme(_: DocsEnvironment) -> dict[str, str]:
    return {"acme-live": "acme"}


def console(world: DocsEnvironment, line: str) -> None:
    """The console opens and is left again."""
    with Terminal(*line.split()[1:], env=world.env) as terminal:
        terminal.wait("users")
        terminal.wait("? help")
        terminal.press("Q")
        assert terminal.wait_for_exit() == 0


def plain_console(world: DocsEnvironment, line: str) -> None:
    """The console announces its first screen as lines and is left again."""
    with Terminal(*line.split()[1:], env=world.env) as terminal:
        terminal.wait("Screen: users")
        terminal.press("Q")
        assert terminal.wait_for_exit() == 0


def served(world: DocsEnvironment, line: str) -> None:
    """The sandbox says where it listens; another port, so that tests do not meet there."""
    command = line.removesuffix("&").replace("8765", "0").split()
    with subprocess.Popen(command, env=world.env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert READY.fullmatch(process.stdout.readline())
        process.send_signal(signal.SIGTERM)


def planned_target(world: DocsEnvironment, line: str) -> None:
    """What make would do; doing it opens a console, or runs these tests."""
    done = subprocess.run(["make", "-n", line.split()[1]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def user_id(world: DocsEnvironment, email: str) -> str:
    users = world.call("getEnvironmentUsers")["users"]
    return str(next(user["id"] for user in users if user.get("email") == email))


def some_users(world: DocsEnvironment) -> None:
    """Ada, with a session, and two users, of whom one email contains the other."""
    for email in ("ada-l@example.com", "bad@spam.example", "good@spam.example.org"):
        world.call("createUser", {"email": email})
    world.names["owner"], world.names["session"] = next(
        (user["id"], session["id"])
        for user in world.call("getEnvironmentUsers")["users"]
        for session in world.call("getUser", userId=user["id"])["user"].get("sessions") or ()
        if not session.get("revokedAt")
    )
    (world.folder / "FILE").write_text('{"plan": "pro"}')


def ada(world: DocsEnvironment) -> dict[str, str]:
    return {"ID": user_id(world, "ada-l@example.com")}


def ada_and_bad(world: DocsEnvironment) -> dict[str, str]:
    return {"ID...": f"{user_id(world, 'ada-l@example.com')} {user_id(world, 'bad@spam.example')}"}


def vip_list(world: DocsEnvironment) -> None:
    made = world.call("createAllowlistByEnvironmentId", {"name": "VIP list", "outcome": "siteAccess"})
    world.call("postEntryByAllowlistId", {"email": "vip@example.com"}, allowlistId=made["id"])


def shown_code(world: DocsEnvironment) -> dict[str, str]:
    return {"3fa9c1": re.findall(r"--read (\w+)", world.output)[-1]}


def other_origins(world: DocsEnvironment) -> None:
    for origin in ("https://app.example.org", "https://my.app.example"):
        world.call("addOrigin", {"origin": origin})


def hook(world: DocsEnvironment) -> str:
    return str(next(each["webhookId"] for each in world.call("getWebhooks")["data"] if "legacy" in each["url"]))


def failed(world: DocsEnvironment) -> set[str]:
    messages = world.call("getWebhookMessages", webhookId=hook(world))["data"]
    found = {str(each["messageId"]) for each in messages if is_delivered(each) is False}
    assert found, messages
    return found


def signed(world: DocsEnvironment) -> dict[str, str]:
    body = b'{"eventName": "user.created"}'
    (world.folder / "body.json").write_bytes(body)
    path, query = {"webhookId": hook(world)}, {"includeSecret": True}
    secret = world.query(lambda client: client.call("getWebhook", path=path, query=query))["secret"]
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"5f2e…": signature}


def own_environment(world: DocsEnvironment) -> dict[str, str]:
    return {"ID": world.sandbox.environment_id}


def variables(world: DocsEnvironment) -> dict[str, str]:
    box = world.sandbox
    return {
        "http://127.0.0.1:8765/api/v0": box.url,
        "DYNTUI_ENVIRONMENT_ID=…": f"DYNTUI_ENVIRONMENT_ID={box.environment_id}",
        "DYNTUI_TOKEN=…": f"DYNTUI_TOKEN={box.token}",
    }


def on_it(world: DocsEnvironment) -> str:
    return f" --base-url {world.sandbox.url} --credential environment"


def no_terminal(_: DocsEnvironment) -> str:
    return " < /dev/null"


def plan(world: DocsEnvironment) -> dict[str, str]:
    return {"PLAN": re.findall(r"dyntui jobs run ([\w-]+)", world.output)[-1]}


def exported(world: DocsEnvironment, line: str) -> None:
    assert world.run(line, ()) == 0, world.output
    assert (
        len((world.folder / "wallets.ndjson").read_text().splitlines())
        == world.call("getWalletsByEnvironmentId")["count"]
    )


PREGENERATED = ("wallet EVM of ada@example.com", "wallet SOL of ada@example.com")
PLANNED = ("one@example.com", "two@example.com")
FIRST = tuple(f"first{n:02}@example.com" for n in range(10))
REST = ("rest1@example.com", "rest2@example.com")
PAIVI = "paivi.virtanen@example.org"
LEGACY = "https://legacy.northwind.example/dynamic"
DRY_RUN = "dyntui import people.csv --set emailVerifiedAt=unverified --dry-run"
SAVE_PLAN = "dyntui import people.csv --set emailVerifiedAt=unverified --save-plan"

CASES: dict[str, dict[str, Case]] = {
    "README.md": {
        "make demo": Case(run=planned_target),
        "make test": Case(run=planned_target),
        "dyntui demo": Case(run=console),
        "dyntui env add": Case(
            answers=(("Name", "second\n"), ("Base URL", "{url}\n"), ("Environment id", "{environment}\n"),
                     ("Kind", "sandbox\n"), ("Credential store", "session\n")),
            affects=lambda w: {"+profile second"},
        ),
        "dyntui": Case(run=console),
        "dyntui sandbox --port 8765 --users 500 &": Case(run=served),
        "export DYNTUI_BASE_URL=http://127.0.0.1:8765/api/v0 DYNTUI_ENVIRONMENT_ID=… DYNTUI_TOKEN=…": Case(variables),
        DRY_RUN: Case(before=lambda w: people(w, *PLANNED), prints="2 will be created"),
        "dyntui import people.csv --set emailVerifiedAt=unverified --yes": Case(
            affects=lambda w: {f"+user {email}" for email in PLANNED}
        ),
        "dyntui jobs list": Case(prints="done"),
    },
    "docs/access.md": {
        'dyntui allowlists enable "VIP list"': Case(more=no_terminal, before=vip_list, exit_code=2, prints="--read "),
        'dyntui allowlists enable "VIP list" --confirm "VIP list" --read 3fa9c1': Case(
            shown_code, more=no_terminal, affects=lambda w: {"~allowlist VIP list"}
        ),
    },
    "docs/undo.md": {
        "dyntui do origins create origin=https://app.example --yes": Case(affects=lambda w: {"+origin https://app.example"}),
        "dyntui undo --list": Case(prints="origins.create"),
        "dyntui undo --dry-run": Case(prints="DELETE"),
        "dyntui undo --yes": Case(affects=lambda w: {"-origin https://app.example"}, prints="deleted"),
    },
    "docs/upgrade.md": {"dyntui --version": Case(prints="catalog"), "dyntui doctor --offline": Case()},
    "docs/vendor-api.md": {
        "make catalog": Case(run=planned_target),
        "make catalog CLIENT=dynamic-labs-sdk-api.tgz": Case(run=planned_target),
        "make catalog DOCUMENT=dynamic.yml SOURCE='repository, file, commit, date'": Case(run=planned_target),
    },
    "docs/accessibility.md": {"dyntui --plain": Case(run=plain_console), "export DYNTUI_PLAIN=1": Case()},
    "docs/config.md": {
        "dyntui config pull config/": Case(prints="created"),
        "dyntui config pull config/ --values --profile acme-live": Case(acme),
        "dyntui config plan config/ --profile acme-live --save acme.plan": Case(
            acme, before=changed_files, prints="1 to create, 1 to update"
        ),
        "dyntui config apply acme.plan --confirm-environment acme-live": Case(
            acme, affects=lambda w: {"~allowlist Staff", "+origin https://app.acme.example"}, prints="2 of 2 steps done"
        ),
        "dyntui config plan --snapshot last --prune": Case(prints="1 to update, 1 to delete"),
        "dyntui config apply --snapshot last --prune --confirm-environment acme-live": Case(
            acme, affects=lambda w: {"~allowlist Staff", "-origin https://app.acme.example"}
        ),
        "dyntui config drift config/": Case(exit_code=2, prints="https://app.acme.example"),
        "dyntui config validate config/": Case(before=misspelled, exit_code=2, prints="Did you mean scope?"),
        "dyntui config history": Case(prints="pull"),
        "dyntui config history diff 20261128-091502-pull": Case(
            lambda w: {"20261128-091502-pull": first_snapshot(w)}, exit_code=1
        ),
    },
    "docs/features.md": {
        "dyntui do webhooks": Case(prints="reveal-secret"),
        "dyntui do origins create origin=https://app.example --yes": Case(
            before=other_origins, affects=lambda w: {"+origin https://app.example"}
        ),
        "dyntui get origins --filter https://app.example --exact --ndjson | dyntui do origins delete - --yes": Case(
            affects=lambda w: {"-origin https://app.example"}
        ),
        "dyntui audit failed --since 7d --this-environment": Case(),
        "dyntui audit --last 20": Case(prints="origins.delete"),
        "dyntui settings get security.jwtDuration": Case(prints="hours"),
        "dyntui settings set general.displayName=Acme security.jwtDuration.amount:=4": Case(
            answers=YES, affects=lambda w: {"~environment settings"}, prints="2 → 4"
        ),
        "dyntui api --list webhook": Case(prints="getWebhooks"),
        "dyntui api getWebhooks -i": Case(prints='"isEnabled"'),
        "dyntui api getEvents --all --ndjson -p resourceType=user": Case(prints='"eventName"'),
        "dyntui api GET /environments/ID/users -p 'filter[filterValue]=ada'": Case(own_environment, prints='"users"'),
    },
    "docs/guide.md": {
        "dyntui env add acme --environment-id ID --kind live": Case(
            own_environment, more=on_it, affects=lambda w: {"+profile acme"}
        ),
        "dyntui env check acme": Case(prints="live"),
        "dyntui env use acme": Case(prints="acme"),
        "dyntui users edit ID lastName=Lovelace metadata.zip=03 metadata.seats:=3": Case(
            ada, before=some_users, answers=YES, affects=lambda w: {"~user ada-l@example.com"}
        ),
        "dyntui users set-metadata seats:=3 ID...": Case(
            ada_and_bad, answers=YES, prints="1 unchanged", affects=lambda w: {"~user bad@spam.example"}
        ),
        "dyntui users edit-metadata ID --from FILE": Case(
            ada, answers=YES, affects=lambda w: {"~user ada-l@example.com"}
        ),
        "dyntui users sessions ID": Case(ada),
        "dyntui users revoke-session SESSION-ID --of USER": Case(
            lambda w: {"SESSION-ID": w.names["session"], "USER": w.names["owner"]},
            affects=lambda w: {f"-session {w.names['session']}"},
            answers=(("acme", "acme\n"),),
        ),
        "dyntui wallets pregenerate ada@example.com --chain EVM --chain SVM": Case(
            answers=YES,
            affects=lambda w: {f"+{each}" for each in ("user ada@example.com", *PREGENERATED)},
        ),
        "dyntui wallets export -O wallets.ndjson": Case(run=exported),
    },
    "docs/scripting.md": {
        "dyntui users list --limit 2 --fields email,country --json": Case(),
        "dyntui users list --where country=IL --fields email | sort": Case(),
        'dyntui users get nobody@example.com -q .id || echo "exit code $?"': Case(),
        "dyntui users delete nobody@example.com --ignore-missing --yes": Case(),
        "dyntui users list --filter bad@spam.example --column email --exact --ndjson"
        " | dyntui users delete - --confirm-environment acme": Case(
            before=some_users, affects=lambda w: {"-user bad@spam.example"}
        ),
    },
    "docs/support.md": {
        f"dyntui users get {PAIVI} --fields email,username,country": Case(),
        "dyntui users list --filter friedman --fields email,id": Case(),
        "dyntui access check david.friedman@example.com": Case(),
        f"dyntui users sessions {PAIVI}": Case(),
        f"dyntui users revoke-sessions {PAIVI} --dry-run": Case(),
        f"dyntui users edit {PAIVI} lastName=Korhonen --yes": Case(affects=lambda w: {f"~user {PAIVI}"}),
        "dyntui undo --yes": Case(affects=lambda w: {f"~user {PAIVI}"}),
        "dyntui audit --last 2": Case(),
    },
    "docs/troubleshooting.md": {
        "dyntui doctor --offline": Case(),
        "dyntui env check acme": Case(),
        "dyntui help exit-codes": Case(),
        "dyntui --version": Case(),
    },
    "docs/webhooks.md": {
        "dyntui webhooks list --fields url,isEnabled,events": Case(),
        f"dyntui webhooks messages {LEGACY} --failed": Case(),
        f"dyntui webhooks deliveries {LEGACY} MESSAGE": Case(lambda w: {"MESSAGE": min(failed(w))}, prints="503"),
        f"dyntui webhooks enable {LEGACY} --yes": Case(affects=lambda w: {f"~webhook {LEGACY}"}),
        f"dyntui webhooks redeliver {LEGACY} --failed --yes": Case(
            affects=lambda w: {f"~message {each}" for each in failed(w)}
        ),
        f"dyntui webhooks verify {LEGACY} body.json --signature 5f2e… --yes": Case(signed, prints="is valid"),
    },
    "docs/output.md": {
        "dyntui users list --all --fields id,email | cut -f 2": Case(prints="@"),
        "dyntui users list --all -q '.items[] | select(.wallets == []) | .email'": Case(),
        "dyntui events tail --once --ndjson -q '[.timestamp, .eventName] | @tsv'": Case(),
        "dyntui users list --template '{email:<40} {createdAt:.10}'": Case(prints="@"),
        'dyntui alias set de "users list --where country=DE --fields id,email"': Case(),
        "dyntui de --limit 10 -o csv-exact": Case(prints="email"),
        "dyntui users export -O users.csv --fields id,email,createdAt": Case(prints="exported"),
    },
    "docs/import.md": {
        DRY_RUN: Case(before=lambda w: people(w, *PLANNED), prints="2 will be created"),
        SAVE_PLAN: Case(before=lambda w: people(w, *PLANNED), prints="2 will be created"),
        "dyntui jobs run PLAN": Case(plan, answers=YES, affects=lambda w: {f"+user {email}" for email in PLANNED}),
        "dyntui import people.csv --set emailVerifiedAt=unverified --first 10": Case(
            before=lambda w: people(w, *FIRST, *REST), answers=YES,
            affects=lambda w: {f"+user {email}" for email in FIRST},
        ),
        "dyntui jobs resume": Case(affects=lambda w: {f"+user {email}" for email in REST}),
    },
    RECIPES_PAGE: RECIPES,
}  # fmt: skip


def test_every_page_and_command_has_a_case_and_every_case_is_used() -> None:
    assert set(CASES) == set(pages())
    for page, cases in CASES.items():
        assert [line for line in commands(page) if line not in NOT_RUN] == list(cases), page


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in CASES if page != RECIPES_PAGE])
def test_the_commands_of_a_page_have_the_described_effect(page: str, tmp_path: Path) -> None:
    live = "live" if page == "docs/guide.md" else "sandbox"
    with docs_environment(tmp_path, kind=live, profile=page != "docs/guide.md") as world:
        try_commands(world, CASES[page], shown=shown_output(page))
