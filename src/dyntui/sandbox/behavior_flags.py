"""What the vendor leaves undocumented, as named switches with a default, listed by `dyntui sandbox --help`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dyntui.core.errors import Usage

__all__ = ["SWITCHES", "Switch", "Switches", "parse_switches"]


@dataclass(frozen=True, slots=True)
class Switch:
    """One choice the documentation leaves open. choices: the allowed words; empty for a whole number."""

    name: str
    default: str
    help: str
    choices: tuple[str, ...] = ()

    def check(self, value: str) -> str:
        """`value` if this switch can take it. Raises Usage otherwise."""
        if self.choices:
            if value in self.choices:
                return value
            raise Usage(f"Switch {self.name} cannot be {value!r}.", hint=f"Choose one of: {', '.join(self.choices)}.")
        if value.isascii() and value.isdigit():
            return value
        raise Usage(f"Switch {self.name} cannot be {value!r}.", hint="Give a whole number, 0 or more.")


def _yes_no(name: str, default: str, help: str) -> Switch:
    return Switch(name, default, help, ("yes", "no"))


_ALL = (
    Switch("environment-name", "sandbox", "what settings.environmentName says", ("sandbox", "live")),
    _yes_no("tokens-me", "yes", "GET /tokens/me exists (newer servers only)"),
    _yes_no("organization-access", "no", "the token also reaches organizations and projects (a person's token does)"),
    Switch("max-tokens", "100", "more API tokens than this are refused with too_many_api_tokens; 0: no limit"),
    Switch("malformed-id", "404", "answer to an id that is not a UUID", ("404", "400")),
    Switch("null-fields", "null", "profile fields without a value are sent as null, or left out", ("null", "omit")),
    Switch("filter-match", "contains", "how filterValue matches, ignoring case", ("contains", "prefix", "exact")),
    Switch("filter-encoding", "deep", "filter[filterValue]=, or filterValue= as well", ("deep", "both")),
    Switch("users-count", "total", "count of a users page: all that match, or those on the page", ("total", "page")),
    Switch("default-order", "createdAt-desc", "order of users without orderBy", ("createdAt-desc", "createdAt-asc")),
    Switch("unknown-order", "reject", "orderBy of a column that cannot be sorted", ("reject", "ignore")),
    Switch("limit-above-maximum", "reject", "limit above 100", ("reject", "clamp")),
    _yes_no("sessions-on-get", "yes", "GET of one user carries its sessions"),
    _yes_no("deleted-wallets-listed", "yes", "the wallets of the environment include soft-deleted ones"),
    Switch("user-names", "any", "names of people: any text, or only the named-string pattern", ("any", "named")),
    Switch("upsert-match", "any", "what finds the existing user of an upsert row", ("any", "email")),
    Switch("upsert-metadata", "merge", "metadata of an upsert row", ("merge", "replace")),
    Switch("upsert-wallets", "merge", "wallets of an upsert row", ("merge", "replace")),
    Switch("upsert-oauth", "merge", "oauthAccounts of an upsert row", ("merge", "replace")),
    Switch(
        "upsert-email", "keep", "the e-mail of a user that an upsert row matched by another key", ("keep", "change")
    ),
    Switch("upsert-email-verified", "change", "emailVerifiedAt of an upsert row", ("keep", "change")),
    Switch("update-metadata", "replace", "metadata of PUT user", ("replace", "merge")),
    Switch(
        "bulk-violation", "whole", "a row that breaks the schema: 400 for all, or failed[] for it", ("whole", "row")
    ),
    Switch("bulk-echo", "input", "failed[].user echoes the row, its keys only, or nothing", ("input", "keys", "none")),
    Switch("bulk-order", "input", "order of created[] and updated[]", ("input", "reversed")),
    Switch("bulk-max-rows", "1000", "more rows in a bulk request than this: 413; 0: no limit"),
    Switch("bulk-max-bytes", "5242880", "a bigger bulk request than this: 413; 0: no limit"),
    Switch("unknown-fields", "ignore", "fields of a row that the schema does not know", ("ignore", "reject")),
    Switch("metadata-max-bytes", "2048", "bigger metadata than this: metadata_size_exceeded; 0: no limit"),
    Switch("metadata-values", "any", "nested objects and arrays in metadata", ("any", "flat")),
    Switch(
        "allowlist-identifiers", "one", "an allowlist entry has exactly one identifier, or any number", ("one", "any")
    ),
    Switch(
        "entry-query",
        "documented",
        "query of allowlist entries searches alias, wallet and e-mail, or every identifier",
        ("documented", "all"),
    ),
    Switch(
        "settings-put",
        "replace",
        "settings that PUT of the environment leaves out are lost, or kept",
        ("replace", "merge"),
    ),
    Switch("page-size", "50", "rows of a page of events and of webhook messages"),
    Switch("events-order", "newest", "events and webhook messages come newest or oldest first", ("newest", "oldest")),
    Switch("event-resource", "tree", "resourceType=user finds user.session.created too, or not", ("tree", "exact")),
    _yes_no("admin-events", "yes", "changes of the configuration are events too: admin.gate.created and the like"),
    Switch("webhook-url", "documented", "http URLs on this machine are taken as well", ("documented", "loopback")),
    Switch(
        "webhook-signature", "hex", "x-dynamic-signature-256 is the HMAC alone, or after sha256=", ("hex", "prefixed")
    ),
    Switch(
        "webhook-elsewhere",
        "accepted",
        "nothing is sent to other machines: told as accepted, or as failed",
        ("accepted", "failed"),
    ),
    Switch("webhook-second-ms", "1000", "how long a second of the retry schedule lasts"),
    Switch("webhook-disable-after", "250", "messages that fail every attempt disable the webhook; 0: never"),
    Switch("max-webhooks", "10", "more webhooks than this are refused; 0: no limit"),
    Switch("export-delay-ms", "1500", "an export is pending this long before it is made"),
    Switch("export-url-seconds", "3600", "how long the download URL of an export works"),
    Switch(
        "export-download",
        "body",
        "GET of the download answers with the CSV, or redirects to its URL",
        ("body", "redirect"),
    ),
    Switch("rate-limit-body", "mixed", "body of a 429", ("mixed", "error", "message", "text")),
    Switch("rate-window-ms", "60000", "the window that --rate-limit counts in"),
    Switch("late-min-ms", "50", "fault `late`: applied at the earliest this long after the cut"),
    Switch("late-max-ms", "600", "fault `late`: applied at the latest this long after the cut"),
    Switch("slow-ms", "1500", "fault `slow`: how long the answer is held back"),
)

SWITCHES: Mapping[str, Switch] = {switch.name: switch for switch in _ALL}


class Switches:
    """The switches of one sandbox: defaults with what was changed. Tests may change them while it runs."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values = {name: switch.default for name, switch in SWITCHES.items()}
        for name, value in (values or {}).items():
            self.set(name, value)

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def number(self, name: str) -> int:
        """The value of a switch that is a whole number."""
        return int(self._values[name])

    def on(self, name: str) -> bool:
        """Whether a yes/no switch says yes."""
        return self._values[name] == "yes"

    def set(self, name: str, value: object) -> None:
        """Change one. Raises Usage for a name or a value that does not exist."""
        if name not in SWITCHES:
            raise Usage(f"There is no switch {name!r}.", hint="`dyntui sandbox --help` names them all.")
        self._values[name] = SWITCHES[name].check(str(value))

    def as_dict(self) -> dict[str, str]:
        return dict(self._values)


def parse_switches(pairs: Iterable[str]) -> dict[str, str]:
    """`NAME=VALUE` words of the command line. Raises Usage for anything else."""
    out: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise Usage(f"--switch {pair!r} has no value.", hint="Write --switch NAME=VALUE.")
        Switches().set(name, value)
        out[name] = value
    return out
