"""The examples in the help of every command; loaded only for help.

Commands that are made from records have examples by their kind and by `_TARGETS`; all others are in `_EXAMPLES`. A test
parses each example.
"""

from __future__ import annotations

__all__ = ["examples_of"]

_TARGETS = {
    "users": "ada@example.com",
    "wallets": "0x52908400098527886E0F7030069857D2E4169EE7",
    "allowlists": "'Beta testers'",
    "gates": "'NFT holders'",
    "webhooks": "https://app.example.com/hooks",
    "tokens": "'CI import'",
    "members": "bob@example.com",
    "exports": "8f6b1c9e-2f0d-4c53-9d64-5f0c7f0e1a11",
    "events": "b0c5d0d4-6a0f-4b55-8f43-0f1d2c3b4a59",
}
"""An object of each resource that has commands of its own."""

_SESSION = "3f2a1b4c-7d1e-4a0b-9c55-2b6f4f1d9e10"

_EXAMPLES: dict[str, tuple[str, ...]] = {
    "demo": ("demo", "demo --users 50000 --seed 7"),
    "sandbox": ("sandbox --port 8765 --users 500", "sandbox --fault 429=0.1 --latency 300"),
    "help": ("help auth", "help users delete"),
    "env list": ("env list", "env list --json"),
    "env add": ("env add acme --environment-id ID --kind live", "env add ci --credential environment --kind sandbox"),
    "env use": ("env use acme", "env use acme-sandbox"),
    "env check": ("env check", "env check acme --json"),
    "env remove": ("env remove acme-sandbox", "env remove acme-sandbox --json"),
    "auth login": ("auth login", "auth login --profile acme --token-stdin < token.txt"),
    "auth status": ("auth status", "auth status --profile acme --json"),
    "auth logout": ("auth logout", "auth logout --profile acme"),
    "config pull": (
        "config pull config/ --dry-run",
        "config pull config/ --only allowlists --only gates --include-entries",
        "config pull config/ --values --profile acme-live",
    ),
    "config plan": (
        "config plan config/ --profile acme-live",
        "config plan --from-profile acme-sandbox --to-profile acme-live --save acme.plan",
    ),
    "config apply": (
        "config apply acme.plan --profile acme-live --confirm-environment acme-live",
        "config apply --snapshot last --prune",
    ),
    "config drift": ("config drift config/ --profile acme-live", "config drift config/ -o ndjson"),
    "config validate": ("config validate config/", "config validate config/ --json"),
    "config history list": ("config history list", "config history list --since 7d --json"),
    "config history diff": ("config history diff 20261129-122811-pull", "config history diff ID last --json"),
    "config history delete": ("config history delete 20261129-122811-pull", "config history delete last --json"),
    "config history export": ("config history export last restored/", "config history export ID restored/ --json"),
    "users revoke-all-sessions": (
        "users revoke-all-sessions --dry-run",
        "users revoke-all-sessions --confirm-environment acme-live",
    ),
    "users list": (
        "users list --filter example.com --column email",
        "users list --since 30d --no-wallet --all -o csv > users.csv",
    ),
    "users export": ("users export -O users.csv", "users export -o ndjson --column email --filter example.com"),
    "users balances": ("users balances ada@example.com", "users balances ada@example.com --chain EVM --json"),
    "users sessions": ("users sessions ada@example.com", "users sessions ada@example.com --json"),
    "users create": (
        "users create email=ada@example.com firstName=Ada metadata.plan=pro",
        "users create -d @user.json --yes",
    ),
    "users edit": (
        "users edit ada@example.com lastName=Lovelace metadata.seats:=3",
        """users edit ada@example.com -d '{"jobTitle": null}'""",
    ),
    "users edit-metadata": (
        "users edit-metadata ada@example.com",
        "users edit-metadata ada@example.com --from metadata.json",
    ),
    "users set-metadata": (
        "users set-metadata plan=pro ada@example.com",
        "users set-metadata seats:=3 @emails.txt --yes",
    ),
    "users add-to-allowlist": (
        "users add-to-allowlist 'Beta testers' ada@example.com",
        "users add-to-allowlist 'Beta testers' @emails.txt --yes",
    ),
    "users reveal-social-token": (
        "users reveal-social-token google --of ada@example.com",
        f"users reveal-social-token {_SESSION} --of ada@example.com --yes",
    ),
    "users revoke-session": (
        f"users revoke-session {_SESSION} --of ada@example.com",
        f"users revoke-session {_SESSION} --of ada@example.com --yes",
    ),
    "wallets list": ("wallets list --user ada@example.com", "wallets list --all --ndjson"),
    "wallets balances": (
        "wallets balances 0x52908400098527886E0F7030069857D2E4169EE7",
        "wallets balances 0x52908400098527886E0F7030069857D2E4169EE7 --json",
    ),
    "wallets link": (
        "wallets link ada@example.com --address 0x52908400098527886E0F7030069857D2E4169EE7 --chain EVM --name metamask",
        "wallets link ada@example.com --address 4Nd1mYvM1 --chain SOL --name phantom --yes",
    ),
    "wallets pregenerate": (
        "wallets pregenerate ada@example.com --chain EVM --chain SVM",
        "wallets pregenerate +14155550100 --type phoneNumber --chain EVM --yes",
    ),
    "wallets recover": ("wallets recover ada@example.com", "wallets recover @emails.txt --yes"),
    "wallets export": ("wallets export -O wallets.csv", "wallets export -o ndjson -O wallets.ndjson"),
    "allowlists entries": (
        "allowlists entries 'Beta testers'",
        "allowlists entries 'Beta testers' --search acme --all",
    ),
    "allowlists add": (
        "allowlists add 'Beta testers' ada@example.com fid:77",
        "allowlists add 'Beta testers' --skip-invalid < emails.txt",
    ),
    "allowlists remove": (
        "allowlists remove 'Beta testers' ada@example.com",
        "allowlists remove 'Beta testers' ada@example.com --yes",
    ),
    "allowlists create": (
        "allowlists create 'Beta testers' --outcome siteAccess",
        "allowlists create 'Beta testers' outcome=scope scope=beta --yes",
    ),
    "allowlists edit": (
        "allowlists edit 'Beta testers' --name Testers",
        "allowlists edit 'Beta testers' outcome=scope scope=beta",
    ),
    "allowlists edit-entry": (
        "allowlists edit-entry 'Beta testers' ada@example.com alias=Ada",
        "allowlists edit-entry 'Beta testers' ada@example.com email=lovelace@example.com",
    ),
    "allowlists copy": (
        "allowlists copy Staff 'Beta testers'",
        "allowlists copy Staff 'Beta testers' --search @acme.com",
    ),
    "allowlists import": (
        "allowlists import 'Beta testers' people.csv",
        "allowlists import 'Beta testers' people.csv --dry-run",
    ),
    "allowlists export": (
        "allowlists export 'Beta testers' -O testers.csv",
        "allowlists export 'Beta testers' -o ndjson",
    ),
    "allowlists diff": ("allowlists diff 'Beta testers' Staff", "allowlists diff 'Beta testers' people.csv --json"),
    "allowlists sync": (
        "allowlists sync 'Beta testers' people.csv",
        "allowlists sync 'Beta testers' people.csv --remove --yes",
    ),
    "allowlists duplicates": ("allowlists duplicates", "allowlists duplicates 'Beta testers' --json"),
    "allowlists undo": ("allowlists undo", "allowlists undo entries-20261129-101500"),
    "gates create": (
        "gates create 'NFT holders' --outcome siteAccess --rule nft:1:0x52908400098527886E0F7030069857D2E4169EE7",
        "gates create -d @gate.json --yes",
    ),
    "gates edit": ("gates edit 'NFT holders' --name Holders", "gates edit 'NFT holders' outcome=scope scope=holder"),
    "access status": ("access status", "access status --json"),
    "access check": ("access check ada@example.com", "access check 0x52908400098527886E0F7030069857D2E4169EE7 --json"),
    "import": (
        "import people.csv --set emailVerifiedAt=unverified --dry-run",
        "import people.csv --set emailVerifiedAt=now --upsert --yes",
    ),
    "jobs list": ("jobs list", "jobs list --json"),
    "jobs get": ("jobs get last", "jobs get last --rows failed"),
    "jobs run": ("jobs run plan.json", "jobs run last --yes"),
    "jobs resume": ("jobs resume", "jobs resume last --yes"),
    "jobs pause": ("jobs pause last", "jobs pause 20261129-1015"),
    "jobs cancel": ("jobs cancel last", "jobs cancel 20261129-1015"),
    "jobs report": ("jobs report last", "jobs report last reports/"),
    "jobs retry": ("jobs retry last", "jobs retry last --yes"),
    "jobs undo": ("jobs undo last", "jobs undo last --confirm-environment acme"),
    "jobs purge": ("jobs purge", "jobs purge 20261129-1015"),
    "webhooks create": (
        "webhooks create url=https://app.example.com/hooks events=user.created,user.deleted isEnabled=true",
        "webhooks create -d @webhook.json --yes",
    ),
    "webhooks edit": (
        "webhooks edit https://app.example.com/hooks events=user.created",
        "webhooks edit https://app.example.com/hooks isEnabled=false --yes",
    ),
    "webhooks messages": (
        "webhooks messages https://app.example.com/hooks --failed",
        "webhooks messages https://app.example.com/hooks --limit 20 --ndjson",
    ),
    "webhooks deliveries": (
        f"webhooks deliveries https://app.example.com/hooks {_SESSION}",
        f"webhooks deliveries https://app.example.com/hooks {_SESSION} --json",
    ),
    "webhooks redeliver": (
        "webhooks redeliver https://app.example.com/hooks --failed",
        f"webhooks redeliver https://app.example.com/hooks {_SESSION} --yes",
    ),
    "webhooks verify": (
        "webhooks verify https://app.example.com/hooks delivery.json --yes",
        "webhooks verify https://app.example.com/hooks body.json --signature 5f2e… --yes",
        "webhooks verify https://app.example.com/hooks --signature 5f2e… < body.json",
    ),
    "events tail": ("events tail --type user.session", "events tail --since 24h --once --ndjson"),
    "events types": ("events types", "events types --json"),
    "exports create": ("exports create model=users format=csv", "exports create model=users format=csv --yes --json"),
    "exports download": ("exports download EXPORT-ID", "exports download EXPORT-ID -O users.csv"),
    "exports watch": ("exports watch EXPORT-ID", "exports watch EXPORT-ID --json"),
    "settings get": ("settings get security.jwtDuration", "settings get --json"),
    "settings set": (
        "settings set general.displayName=Acme security.jwtDuration.amount:=4",
        """settings set -d '{"general": {"displayName": "Acme"}}' --yes""",
    ),
    "tokens create": (
        "tokens create note='CI import' scopes=environment.users.read,environment.users.write",
        "tokens create note='CI import' scopes=environment.users.read --yes --json",
    ),
    "members edit": ("members edit bob@example.com role=admin", "members edit bob@example.com role=viewer --yes"),
    "get": ("get origins", "get custom-networks --json"),
    "do": ("do webhooks", "do origins create origin=https://app.example.com --yes"),
    "api": (
        "api --list webhook",
        "api getEnvironmentUsers -p limit=5",
        "api GET /environments/ID/users -p 'filter[filterValue]=ada'",
    ),
    "audit": ("audit --last 20", "audit failed --since 7d --this-environment"),
    "undo": ("undo --list", "undo 3fa2b19c --dry-run", "undo 3fa2b19c --even-if-changed --yes"),
    "cache status": ("cache status", "cache status --json"),
    "cache allow": ("cache allow", "cache allow acme"),
    "cache forbid": ("cache forbid", "cache forbid acme"),
    "cache purge": ("cache purge", "cache purge --json"),
    "keys": ("keys", "keys filter"),
    "alias list": ("alias list", "alias list --json"),
    "alias set": ("alias set de 'users list --where country=DE'", "alias set who 'access check'"),
    "alias remove": ("alias remove de", "alias remove who"),
    "doctor": ("doctor", "doctor --profile acme --json"),
    "completion": ('eval "$(dyntui completion bash)"', "completion fish | source"),
}
"""By command; without `dyntui`, unless the example begins in another way."""


def examples_of(path: str) -> list[str]:
    """Return the examples of a command as lines to type. path: its name without `dyntui`, such as `users delete`."""
    examples = _EXAMPLES.get(path) or _generated(path)
    return [line if "dyntui " in line else f"dyntui {line}" for line in examples]


def _generated(path: str) -> tuple[str, ...]:
    """Return the examples of a command that is made from a record; () for another one."""
    from dyntui.resources.action import ActionTarget
    from dyntui.resources.all_resources import resource

    group, _, name = path.partition(" ")
    record = resource(group)
    if record is None or record.name != group:
        return ()
    if name == "list":
        return path, f"{path} --json"
    target = _TARGETS.get(group, "ID")
    action = record.action(name)
    if name == "get" or (action is not None and action.single_row):
        return f"{path} {target}", f"{path} {target} --json"
    if action is None or action.target is ActionTarget.LIST:
        return ()
    return f"{path} {target}", f"{path} @{record.plural.replace(' ', '-').lower()}.txt --yes"
