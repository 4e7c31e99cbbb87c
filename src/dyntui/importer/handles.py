"""Read handles of social networks and email domains, also from URLs; used by the validators of allowlist entries."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit

from dyntui.importer.problems import Problem, note_change
from dyntui.importer.wallet_checks import is_ens_name

__all__ = ["HANDLES", "Network", "network_of_url", "read_domain", "read_handle"]


class Network(NamedTuple):
    """A social network whose handles an allowlist entry can have."""

    title: str
    hosts: tuple[str, ...]
    handle: re.Pattern[str]
    rule: str
    """What a handle may have, for messages."""


HANDLES = {
    "twitter": Network(
        "Twitter",
        ("x.com", "twitter.com", "mobile.twitter.com", "nitter.net"),
        re.compile(r"[A-Za-z0-9_]{1,15}"),
        "1 to 15 letters, digits and _",
    ),
    "farcaster": Network(
        "Farcaster",
        ("warpcast.com", "farcaster.xyz"),
        re.compile(r"[a-z0-9][a-z0-9-]{0,15}(?:\.(?:[a-z0-9-]+\.)?eth)?", re.IGNORECASE),
        "1 to 16 letters, digits and -, or an ENS name",
    ),
    "discord": Network(
        "Discord",
        ("discord.com", "discordapp.com"),
        re.compile(r"[\w.]{2,32}(?:#\d{4})?"),
        "2 to 32 letters, digits, _ and .",
    ),
}
"""The networks by the kind of their field."""

_URL = re.compile(r"(?:https?://)?(?:www\.)?(?P<host>[a-z0-9.\-]+\.[a-z]{2,})/(?P<path>[^?#\s]+).*", re.IGNORECASE)
_NO_HANDLES = frozenset({"~", "i", "u", "users", "channels", "home", "intent", "search", "hashtag", "share", "invite"})
"""First steps of paths that belong to no handle, such as that of a profile by its number."""
_DOMAIN = re.compile(r"[a-z0-9]+(?:[-.]+[a-z0-9]+)*\.[a-z]{2,10}")
"""What the API accepts as a domain (docs/vendor-api.md#field-values)."""


_PAGE_HOSTS = frozenset(
    {
        *(host for network in HANDLES.values() for host in network.hosts),
        *("t.me", "telegram.me", "wa.me", "discord.gg", "instagram.com", "facebook.com", "fb.com", "linkedin.com"),
        *("github.com", "gitlab.com", "youtube.com", "tiktok.com", "medium.com", "reddit.com", "bsky.app"),
        *("linktr.ee", "lens.xyz", "hey.xyz", "opensea.io", "app.ens.domains", "debank.com", "zapper.xyz"),
        *("zerion.io", "mirror.xyz", "etherscan.io", "polygonscan.com", "basescan.org", "arbiscan.io"),
        *("bscscan.com", "snowtrace.io", "solscan.io"),
    }
)
"""Sites whose pages are about persons and wallets, so that a URL of one does not mean the email domain."""


def network_of_url(text: str) -> str | None:
    """Return the kind of the network that the URL of a profile belongs to; None for another text."""
    match = _URL.fullmatch(text)
    host = match["host"].lower() if match else ""
    return next((kind for kind, network in HANDLES.items() if host in network.hosts), None)


def read_handle(text: str, kind: str, name: str, problems: list[Problem]) -> str:
    """Return a handle without @ and URL. name: the field, for the problems."""
    network = HANDLES[kind]
    match = _URL.fullmatch(text) if network_of_url(text) == kind else None
    handle = (match["path"].split("/")[0] if match else text).removeprefix("@")
    if not network.handle.fullmatch(handle) or (match and handle in _NO_HANDLES):
        message = f"“{text}” is no {network.title} username ({network.rule})."
        problems.append(Problem("error", "handle_invalid", name, message))
        return text
    note_change(problems, "handle_normalized", name, text, handle)
    return handle


def read_domain(text: str, name: str, problems: list[Problem]) -> str:
    """Return a domain without scheme, @, port and path, in lower case."""
    if is_ens_name(text):
        message = (
            f"“{text}” is an ENS name, not an email domain. Look up its address first, for ENS at app.ens.domains."
        )
        problems.append(Problem("error", "ens_name", name, message))
        return text
    if (page := _URL.fullmatch(text)) and page["host"].lower().removeprefix("www.") in _PAGE_HOSTS:
        message = f"“{text}” is a page about a person or a wallet, not an email domain."
        problems.append(Problem("error", "domain_invalid", name, message))
        return text
    host = text.removeprefix("*").removeprefix("@")
    if re.match(r"(?i)[a-z]+://", host) or "/" in host or ":" in host:
        with suppress(ValueError):
            host = urlsplit(host if "://" in host else f"//{host}").hostname or ""
    host = host.rstrip(".").lower().removeprefix("www.")
    if not host.isascii():
        with suppress(UnicodeError):
            host = host.encode("idna").decode("ascii")
    if not _DOMAIN.fullmatch(host):
        message = f"“{text}” is not a domain name that the API accepts."
        domain = host.rpartition("@")[2]
        suggestion = domain if "@" in host and _DOMAIN.fullmatch(domain) else None
        problems.append(Problem("error", "domain_invalid", name, message, suggestion))
        return text
    note_change(problems, "domain_normalized", name, text, host)
    return host
