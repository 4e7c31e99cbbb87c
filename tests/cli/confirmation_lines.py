"""The commands that are confirmed: an example of each, and those that are confirmed in a way of their own."""

from __future__ import annotations

SOME = "11111111-2222-4333-8444-555555555555"
ACCOUNT = "0x" + "ab" * 20

LINES = {
    "users create": "email=ada@x.example",
    "settings set": "general.displayName=Acme",
    "users delete": "{user}",
    "users add-to-allowlist": "{list} {user}",
    "users edit-metadata": "{user} --from metadata.json",
    "users recover-wallets": "{user}",
    "users remove-mfa-devices": "{user}",
    "users reset-mfa": "{user}",
    "users reveal-social-token": SOME,
    "users revoke-sessions": "{user}",
    "users revoke-all-sessions": "",
    "users revoke-session": SOME,
    "users set-metadata": "plan=pro {user}",
    "users edit": "{user} alias=Somebody",
    "wallets delete": "{wallet}",
    "wallets link": f"{{user}} --address {ACCOUNT} --chain EVM --name metamask",
    "wallets pregenerate": "ada@x.example --chain EVM",
    "wallets recover": "{user}",
    "wallets revoke-delegated-access": "{wallet}",
    "allowlists add": "{list} ada@x.example",
    "allowlists copy": "{other} {list}",
    "allowlists create": "New --outcome siteAccess",
    "allowlists delete": "{list}",
    "allowlists disable": "{list}",
    "allowlists edit-entry": "{list} {entry} email=eda@x.example",
    "allowlists enable": "{list}",
    "allowlists import": "{list} people.csv",
    "allowlists remove": "{list} {entry}",
    "allowlists sync": "{list} people.csv",
    "allowlists undo": "{entries_job}",
    "allowlists edit": "{list} --outcome block",
    "gates create": f"Owners --outcome siteAccess --rule nft:1:{ACCOUNT}",
    "gates delete": "{gate}",
    "gates disable": "{gate}",
    "gates enable": "{gate}",
    "gates edit": "{gate} --name Renamed",
    "import": "people.csv --set emailVerifiedAt=now",
    "jobs resume": "{planned_job}",
    "jobs retry": "{failed_job}",
    "jobs run": "{planned_job}",
    "jobs undo": "{created_job}",
    "webhooks create": "url=https://x.example events=user.created isEnabled=true",
    "webhooks delete": "{webhook}",
    "webhooks disable": "{webhook}",
    "webhooks edit": "{webhook} url=https://y.example",
    "webhooks enable": "{disabled_webhook}",
    "webhooks redeliver": f"{{webhook}} {SOME}",
    "webhooks reveal-secret": "{webhook}",
    "webhooks verify": "{webhook} people.csv --signature sha256=00",
    "exports create": "model=users format=csv",
    "tokens create": "note=x scopes=environment.users.read",
    "tokens delete": "{token}",
    "members delegate-ownership": "{member} adminMemberIdToDelegate={admin}",
    "members delete": "{member}",
    "members edit": "{member} role=admin",
}
"""A line for every command that is confirmed because of what it does on the server."""

WITH_OPTIONS = {
    "allowlists sync --remove --max-remove 100%": "{list} people.csv",
    "wallets pregenerate --farcaster-fid 4711": "ada@x.example --chain EVM",
    "wallets pregenerate --legacy": "ada@x.example --chain EVM",
}
"""A line for every option by which a command does another write of the registry."""

LOCAL = {"env remove", "jobs purge", "jobs cancel", "do", "api", "undo", "config apply"}
"""Commands that are confirmed for this machine, and the general ones."""

ALWAYS_TYPED = {"jobs undo": "It deletes many objects without any of them being named on the command line."}
"""Commands that demand more than their operation, and why."""
