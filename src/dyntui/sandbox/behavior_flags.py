"""What the vendor leaves undocumented, as named switches with a default, listed by `dyntui sandbox --help`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dyntui.core.errors import UsageError

__all__ = ["SWITCHES", "BehaviorFlag", "BehaviorFlags", "parse_switches"]


@dataclass(frozen=True, slots=True)
class BehaviorFlag:
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
            raise UsageError(
                f"Switch {self.name} cannot be {value!r}.", hint=f"Choose one of: {', '.join(self.choices)}."
            )
        if value.isascii() and value.isdigit():
            return value
        raise UsageError(f"Switch {self.name} cannot be {value!r}.", hint="Give a whole number, 0 or more.")


def _yes_no(name: str, default: str, help: str) -> BehaviorFlag:
    return BehaviorFlag(name, default, help, ("yes", "no"))


_ALL = (
    BehaviorFlag("environment-name", "sandbox", "what settings.environmentName says", ("sandbox", "live")),
    _yes_no("tokens-me", "yes", "GET /tokens/me exists (newer servers only)"),
    _yes_no("organization-access", "no", "the token also reaches organizations and projects (a person's token does)"),
    BehaviorFlag("max-tokens", "100", "more API tokens than this are refused with too_many_api_tokens; 0: no limit"),
    BehaviorFlag("malformed-id", "404", "answer to an id that is not a UUID", ("404", "400")),
    BehaviorFlag(
        "null-fields", "null", "profile fields without a value are sent as null, or left out", ("null", "omit")
    ),
    BehaviorFlag("filter-match", "contains", "how filterValue matches, ignoring case", ("contains", "prefix", "exact")),
    BehaviorFlag("filter-encoding", "deep", "filter[filterValue]=, or filterValue= as well", ("deep", "both")),
    BehaviorFlag(
        "users-count", "total", "count of a users page: all that match, or those on the page", ("total", "page")
    ),
    BehaviorFlag(
        "default-order", "createdAt-desc", "order of users without orderBy", ("createdAt-desc", "createdAt-asc")
    ),
    BehaviorFlag("unknown-order", "reject", "orderBy of a column that cannot be sorted", ("reject", "ignore")),
    BehaviorFlag("limit-above-maximum", "reject", "limit above 100", ("reject", "clamp")),
    _yes_no("sessions-on-get", "yes", "GET of one user carries its sessions"),
    _yes_no("deleted-wallets-listed", "yes", "the wallets of the environment include soft-deleted ones"),
    BehaviorFlag("user-names", "any", "names of people: any text, or only the named-string pattern", ("any", "named")),
    BehaviorFlag("upsert-match", "any", "what finds the existing user of an upsert row", ("any", "email")),
    BehaviorFlag("upsert-metadata", "merge", "metadata of an upsert row", ("merge", "replace")),
    BehaviorFlag("upsert-wallets", "merge", "wallets of an upsert row", ("merge", "replace")),
    BehaviorFlag("upsert-oauth", "merge", "oauthAccounts of an upsert row", ("merge", "replace")),
    BehaviorFlag(
        "upsert-email", "keep", "the e-mail of a user that an upsert row matched by another key", ("keep", "change")
    ),
    BehaviorFlag("upsert-email-verified", "change", "emailVerifiedAt of an upsert row", ("keep", "change")),
    BehaviorFlag("update-metadata", "replace", "metadata of PUT user", ("replace", "merge")),
    BehaviorFlag(
        "bulk-violation", "whole", "a row that breaks the schema: 400 for all, or failed[] for it", ("whole", "row")
    ),
    BehaviorFlag(
        "bulk-echo", "input", "failed[].user echoes the row, its keys only, or nothing", ("input", "keys", "none")
    ),
    BehaviorFlag("bulk-order", "input", "order of created[] and updated[]", ("input", "reversed")),
    BehaviorFlag("bulk-max-rows", "1000", "more rows in a bulk request than this: 413; 0: no limit"),
    BehaviorFlag("bulk-max-bytes", "5242880", "a bigger bulk request than this: 413; 0: no limit"),
    BehaviorFlag("unknown-fields", "ignore", "fields of a row that the schema does not know", ("ignore", "reject")),
    BehaviorFlag("metadata-max-bytes", "2048", "bigger metadata than this: metadata_size_exceeded; 0: no limit"),
    BehaviorFlag("metadata-values", "any", "nested objects and arrays in metadata", ("any", "flat")),
    BehaviorFlag(
        "allowlist-identifiers", "one", "an allowlist entry has exactly one identifier, or any number", ("one", "any")
    ),
    BehaviorFlag(
        "entry-query",
        "documented",
        "query of allowlist entries searches alias, wallet and e-mail, or every identifier",
        ("documented", "all"),
    ),
    BehaviorFlag(
        "settings-put",
        "replace",
        "settings that PUT of the environment leaves out are lost, or kept",
        ("replace", "merge"),
    ),
    BehaviorFlag("page-size", "50", "rows of a page of events and of webhook messages"),
    BehaviorFlag(
        "events-order", "newest", "events and webhook messages come newest or oldest first", ("newest", "oldest")
    ),
    BehaviorFlag(
        "event-resource", "tree", "resourceType=user finds user.session.created too, or not", ("tree", "exact")
    ),
    _yes_no("admin-events", "yes", "changes of the configuration are events too: admin.gate.created and the like"),
    BehaviorFlag(
        "webhook-url", "documented", "http URLs on this machine are taken as well", ("documented", "loopback")
    ),
    BehaviorFlag(
        "webhook-signature", "hex", "x-dynamic-signature-256 is the HMAC alone, or after sha256=", ("hex", "prefixed")
    ),
    BehaviorFlag(
        "webhook-elsewhere",
        "accepted",
        "nothing is sent to other machines: told as accepted, or as failed",
        ("accepted", "failed"),
    ),
    BehaviorFlag("webhook-second-ms", "1000", "how long a second of the retry schedule lasts"),
    BehaviorFlag("webhook-disable-after", "250", "messages that fail every attempt disable the webhook; 0: never"),
    BehaviorFlag("max-webhooks", "10", "more webhooks than this are refused; 0: no limit"),
    BehaviorFlag("export-delay-ms", "1500", "an export is pending this long before it is made"),
    BehaviorFlag("export-url-seconds", "3600", "how long the download URL of an export works"),
    BehaviorFlag(
        "export-download",
        "body",
        "GET of the download answers with the CSV, or redirects to its URL",
        ("body", "redirect"),
    ),
    BehaviorFlag("rate-limit-body", "mixed", "body of a 429", ("mixed", "error", "message", "text")),
    BehaviorFlag("rate-window-ms", "60000", "the window that --rate-limit counts in"),
    BehaviorFlag("late-min-ms", "50", "fault `late`: applied at the earliest this long after the cut"),
    BehaviorFlag("late-max-ms", "600", "fault `late`: applied at the latest this long after the cut"),
    BehaviorFlag("slow-ms", "1500", "fault `slow`: how long the answer is held back"),
)

SWITCHES: Mapping[str, BehaviorFlag] = {switch.name: switch for switch in _ALL}


class BehaviorFlags:
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
            raise UsageError(f"There is no switch {name!r}.", hint="`dyntui sandbox --help` names them all.")
        self._values[name] = SWITCHES[name].check(str(value))

    def as_dict(self) -> dict[str, str]:
        return dict(self._values)


def parse_switches(pairs: Iterable[str]) -> dict[str, str]:
    """`NAME=VALUE` words of the command line. Raises Usage for anything else."""
    out: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"--switch {pair!r} has no value.", hint="Write --switch NAME=VALUE.")
        BehaviorFlags().set(name, value)
        out[name] = value
    return out
