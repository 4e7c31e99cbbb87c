"""The behavior flags of the sandbox: one for each choice that the vendor's documentation leaves open.

`dyntui sandbox --help` lists them. The operations of the sandbox read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dyntui.core.errors import UsageError

__all__ = ["BEHAVIOR_FLAGS", "BehaviorFlag", "BehaviorFlags", "parse_flags"]


@dataclass(frozen=True, slots=True)
class BehaviorFlag:
    """A choice that the documentation of the API leaves open."""

    name: str
    """The name, in kebab-case."""
    default: str
    """The value when none is given."""
    help: str
    """What the flag decides, as a phrase for the help text."""
    choices: tuple[str, ...] = ()
    """The allowed values; empty when the value is a whole number."""

    def check(self, value: str) -> str:
        """Return `value` if the flag allows it. Raises UsageError otherwise."""
        if self.choices:
            if value in self.choices:
                return value
            raise UsageError(
                f"Behavior flag {self.name} cannot be {value!r}.", hint=f"Choose one of: {', '.join(self.choices)}."
            )
        if value.isascii() and value.isdigit():
            return value
        raise UsageError(f"Behavior flag {self.name} cannot be {value!r}.", hint="Give a whole number, 0 or more.")


def _yes_no_flag(name: str, default: str, help: str) -> BehaviorFlag:
    return BehaviorFlag(name, default, help, ("yes", "no"))


_FLAGS = (
    BehaviorFlag("environment-name", "sandbox", "value of settings.environmentName", ("sandbox", "live")),
    _yes_no_flag("tokens-me", "yes", "GET /tokens/me exists (newer servers only)"),
    _yes_no_flag(
        "newer-operations", "yes", "the operations exist that only the OpenAPI document has, such as a user's sessions"
    ),
    _yes_no_flag(
        "organization-access", "no", "the token also reaches organizations and projects, as a personal token does"
    ),
    BehaviorFlag("max-tokens", "100", "more API tokens than this are refused with too_many_api_tokens; 0: no limit"),
    BehaviorFlag("malformed-id", "404", "status for an id that is not a UUID", ("404", "400")),
    BehaviorFlag(
        "null-fields", "null", "profile fields without a value are sent as null, or left out", ("null", "omit")
    ),
    BehaviorFlag("filter-match", "contains", "how filterValue matches, ignoring case", ("contains", "prefix", "exact")),
    BehaviorFlag(
        "filter-encoding",
        "deep-object",
        "filters of lists are understood as filter[filterValue]=, as filterValue= (form) or as both; or they, the "
        "query of entries and what events are selected by are ignored; or they and the query are refused with 400",
        ("deep-object", "form", "both", "ignored", "refused"),
    ),
    BehaviorFlag(
        "users-count", "total", "count of a page of users: all that match, or those on the page", ("total", "page")
    ),
    BehaviorFlag(
        "default-order", "createdAt-desc", "order of users without orderBy", ("createdAt-desc", "createdAt-asc")
    ),
    BehaviorFlag("unknown-order", "reject", "orderBy of a column that cannot be sorted", ("reject", "ignore")),
    BehaviorFlag("limit-above-maximum", "reject", "limit above 100", ("reject", "clamp")),
    _yes_no_flag("sessions-on-get", "yes", "GET of one user carries its sessions"),
    _yes_no_flag("sessions-on-list", "yes", "the list of users carries sessions with includeSessions"),
    _yes_no_flag("deleted-wallets-listed", "yes", "the wallets of the environment include soft-deleted ones"),
    BehaviorFlag(
        "field-patterns",
        "documented",
        "texts of users: those that the documented patterns allow, or any",
        ("documented", "any"),
    ),
    BehaviorFlag("empty-text", "remove", "empty text of a user removes the value, or is stored", ("remove", "store")),
    BehaviorFlag("upsert-match", "any", "identifiers that find the existing user of an upsert row", ("any", "email")),
    BehaviorFlag("upsert-metadata", "merge", "metadata of an upsert row", ("merge", "replace")),
    BehaviorFlag("upsert-wallets", "merge", "wallets of an upsert row", ("merge", "replace")),
    BehaviorFlag("upsert-oauth", "merge", "oauthAccounts of an upsert row", ("merge", "replace")),
    BehaviorFlag(
        "upsert-email", "keep", "email of a user that an upsert row matched by another identifier", ("keep", "change")
    ),
    BehaviorFlag("upsert-email-verified", "change", "emailVerifiedAt of an upsert row", ("keep", "change")),
    BehaviorFlag("update-metadata", "replace", "metadata of PUT user", ("replace", "merge")),
    BehaviorFlag(
        "bulk-violation",
        "whole",
        "a row that violates the schema: 400 for the whole request, or an entry in failed[]",
        ("whole", "row"),
    ),
    BehaviorFlag(
        "bulk-echo",
        "input",
        "failed[].user contains the row, its identifiers only, or nothing",
        ("input", "keys", "none"),
    ),
    BehaviorFlag("bulk-order", "input", "order of created[] and updated[]", ("input", "reversed")),
    BehaviorFlag("bulk-max-rows", "50", "more rows in a bulk request than this are refused; 0: no limit"),
    BehaviorFlag("bulk-too-many", "400", "status for too many rows in a bulk request", ("400", "413", "422")),
    BehaviorFlag("bulk-max-bytes", "5242880", "a larger bulk request than this: 413; 0: no limit"),
    BehaviorFlag("unknown-fields", "ignore", "fields of a row that are not in the schema", ("ignore", "reject")),
    BehaviorFlag("metadata-max-bytes", "2048", "larger metadata than this: metadata_size_exceeded; 0: no limit"),
    BehaviorFlag("metadata-values", "any", "nested objects and arrays in metadata", ("any", "flat")),
    BehaviorFlag(
        "allowlist-identifiers", "one", "an allowlist entry has exactly one identifier, or any number", ("one", "any")
    ),
    BehaviorFlag(
        "entry-query",
        "documented",
        "query of allowlist entries searches alias, wallet and email, or every identifier",
        ("documented", "all"),
    ),
    BehaviorFlag(
        "settings-put",
        "replace",
        "settings that PUT of the environment omits are removed, or kept",
        ("replace", "merge"),
    ),
    BehaviorFlag("page-size", "50", "number of rows on a page of events and of webhook messages"),
    BehaviorFlag(
        "events-order", "newest", "order of events and webhook messages: newest or oldest first", ("newest", "oldest")
    ),
    BehaviorFlag(
        "event-resource", "tree", "resourceType=user also returns user.session.created, or not", ("tree", "exact")
    ),
    _yes_no_flag("admin-events", "yes", "configuration changes are events, such as admin.gate.created"),
    BehaviorFlag(
        "webhook-url",
        "documented",
        "accept only the documented URLs, or http URLs on this machine too",
        ("documented", "loopback"),
    ),
    BehaviorFlag(
        "webhook-signature",
        "prefixed",
        "x-dynamic-signature-256 is the HMAC after sha256=, or alone",
        ("prefixed", "hex"),
    ),
    BehaviorFlag(
        "webhook-elsewhere",
        "accepted",
        "deliveries to other machines are never sent; record them as accepted, or as failed",
        ("accepted", "failed"),
    ),
    BehaviorFlag("webhook-second-ms", "1000", "duration of one second of the retry schedule, in milliseconds"),
    BehaviorFlag("webhook-disable-after", "250", "messages that fail every attempt disable the webhook; 0: never"),
    BehaviorFlag("max-webhooks", "10", "more webhooks than this are refused; 0: no limit"),
    BehaviorFlag("export-delay-ms", "1500", "milliseconds that an export is pending before it is made"),
    BehaviorFlag(
        "approvals",
        "off",
        "writes are accepted with 202 and done later: none, those that remove something, all, or all and then denied",
        ("off", "destructive", "all", "denied"),
    ),
    BehaviorFlag(
        "accepted-delay-ms",
        "1500",
        "milliseconds until an accepted write is done, such as revoking all sessions of the environment",
    ),
    BehaviorFlag("export-url-seconds", "3600", "seconds until the download URL of an export expires"),
    _yes_no_flag("export-url-listed", "yes", "a completed export carries its downloadUrl"),
    BehaviorFlag(
        "export-download",
        "redirect",
        "GET of the download redirects to the URL of the CSV, or returns the CSV",
        ("redirect", "body"),
    ),
    BehaviorFlag("rate-limit-body", "mixed", "body of a 429", ("mixed", "error", "message", "text")),
    BehaviorFlag("rate-window-ms", "60000", "length of the window of --rate-limit, in milliseconds"),
    BehaviorFlag("late-min-ms", "50", "fault `late`: minimum delay in milliseconds before the request is applied"),
    BehaviorFlag("late-max-ms", "600", "fault `late`: maximum delay in milliseconds before the request is applied"),
    BehaviorFlag("slow-ms", "1500", "fault `slow`: delay of the response, in milliseconds"),
)

BEHAVIOR_FLAGS: Mapping[str, BehaviorFlag] = {flag.name: flag for flag in _FLAGS}


class BehaviorFlags:
    """The values of the behavior flags of one sandbox. Tests may change them while it runs."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values = {name: flag.default for name, flag in BEHAVIOR_FLAGS.items()}
        for name, value in (values or {}).items():
            self.set(name, value)

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def number(self, name: str) -> int:
        """Return the value of a flag that is a whole number."""
        return int(self._values[name])

    def on(self, name: str) -> bool:
        """Return whether a yes/no flag is `yes`."""
        return self._values[name] == "yes"

    def set(self, name: str, value: object) -> None:
        """Change one flag. Raises UsageError for an unknown name or a value that is not allowed."""
        if name not in BEHAVIOR_FLAGS:
            raise UsageError(f"There is no behavior flag {name!r}.", hint="`dyntui sandbox --help` lists them.")
        self._values[name] = BEHAVIOR_FLAGS[name].check(str(value))

    def as_dict(self) -> dict[str, str]:
        return dict(self._values)


def parse_flags(pairs: Iterable[str]) -> dict[str, str]:
    """Parse the `NAME=VALUE` arguments of `--flag`. Raises UsageError for anything else."""
    out: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"--flag {pair!r} has no value.", hint="Write --flag NAME=VALUE.")
        BehaviorFlags().set(name, value)
        out[name] = value
    return out
