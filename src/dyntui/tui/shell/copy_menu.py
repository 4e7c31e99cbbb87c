"""The copy menu of users and wallets (id, email, address, JSON), and the link to the vendor's dashboard."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dyntui.core.json_types import Row
from dyntui.core.masking import mask
from dyntui.core.text import plain_json, quantity
from dyntui.services.web_links import dashboard_url
from dyntui.tui.kit.clipboard import paste_safe_text, send_to_clipboard
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog

if TYPE_CHECKING:
    from dyntui.resources.resource import Resource
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["open_copy_menu", "show_dashboard_link"]

_PARTS = {
    "users": (
        ("id", "id"),
        ("email", "email"),
        ("username", "username"),
        ("phoneNumber", "phone"),
        ("walletPublicKey", "wallet address"),
    ),
    "wallets": (("id", "id"), ("publicKey", "address"), ("userId", "owner id")),
}
_DASHBOARD_FIELDS = {"users": "email", "wallets": "publicKey"}
"""Record -> the field whose value finds a row on the vendor's dashboard."""


def open_copy_menu(console: ConsoleApp, record: Resource, rows: Sequence[Row]) -> None:
    """Show which values of the rows can be copied, and copy the chosen ones. JSON contains the loaded fields,
    without secrets.
    """
    texts: dict[str, str] = {}
    choices: list[Choice] = []
    for field, words in _PARTS[record.name]:
        values = [paste_safe_text(str(row[field])) for row in rows if row.get(field)]
        if values:
            texts[words] = "\n".join(values)
            note = values[0] if len(rows) == 1 else f"{len(values):,} of {len(rows):,}, one per line"
            choices.append(Choice(words, words, note=note))
    whole: object = mask(dict(rows[0]) if len(rows) == 1 else [dict(row) for row in rows])
    texts["JSON"] = plain_json(json.dumps(whole, ensure_ascii=False, indent=2))
    choices.append(Choice("JSON", "JSON", note=quantity(len(texts["JSON"].encode("utf-8", "replace")), "byte")))

    def picked(words: str) -> None:
        what = words if len(rows) == 1 else f"{words} of {len(rows):,} {record.name}"
        send_to_clipboard(console, texts[words], what, lines=True)

    title = record.label_of(rows[0]) if len(rows) == 1 else f"{len(rows):,} {record.title}"
    console.ask_then(SelectDialog(f"Copy from {title}", choices), picked)


def show_dashboard_link(console: ConsoleApp, name: str, row: Row) -> None:
    """Show the address of a user or wallet on the vendor's dashboard. name: `users` or `wallets`."""
    from dyntui.tui.shell.link_dialog import LinkDialog

    profile, pattern = console.session.profile, console.settings.dashboard_url
    url = dashboard_url(profile, pattern, str(row["id"])) if profile is not None else ""
    if not url:
        console.notify("This server has no dashboard: it is not Dynamic's.", "warning")
        return
    find = str(row.get(_DASHBOARD_FIELDS[name]) or row["id"])
    note = "" if "{id}" in pattern else "The dashboard has no documented address for a single user or wallet."
    console.ask(LinkDialog("Dynamic Dashboard", url, note=note, find="" if "{id}" in pattern else find))
