"""The access check: whether an identifier or a user could sign in, with the reasons, from allowlists and gates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row, as_objects
from dyntui.resources.allowlists import IDENTIFIER_TITLES, identifier_kind
from dyntui.services.access.access_policy import (
    AccessPolicy,
    PolicyKind,
    PolicyRole,
    describe_unknown,
    is_enabled,
    join_names,
    name_of,
    read_access,
    role_of,
)
from dyntui.services.access.drafts import DraftState, entry_label, parse_identifiers
from dyntui.services.access.entry_search import find_on_lists
from dyntui.services.access.gate_rules import describe_rule
from dyntui.services.access.user_identifiers import entries_for, with_domain

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["AccessAnswer", "AccessMatch", "AccessVerdict", "check_access", "check_user", "parse_subject"]


class AccessVerdict(StrEnum):
    """Whether an identifier or a user may sign in."""

    YES = "yes"
    NO = "no"
    DEPENDS = "depends"
    """Gates decide as well, and the tokens of a wallet cannot be checked; or an outcome is unknown to this version."""


@dataclass(frozen=True, slots=True)
class AccessMatch:
    """An entry that matches, and its list."""

    allowlist: Row
    entry: Mapping[str, object]

    @property
    def text(self) -> str:
        """The match as text: `email domain example.com on “Partners”`."""
        kind = IDENTIFIER_TITLES.get(identifier_kind(self.entry), "")
        return f"{kind} {entry_label(self.entry)} on “{name_of(self.allowlist)}”"


@dataclass(frozen=True, slots=True)
class AccessAnswer:
    """The result of an access check."""

    subject: str
    """The identifier or the label of the user."""
    verdict: AccessVerdict
    reasons: tuple[str, ...]
    """Sentences that explain the verdict."""
    matches: tuple[AccessMatch, ...] = ()
    """The entries that match, also on disabled lists."""
    scopes: tuple[str, ...] = ()
    """The access scopes that scope lists give."""
    entries: tuple[Mapping[str, object], ...] = field(default=())
    """The identifiers that were checked, as entries."""
    unknown: tuple[Row, ...] = ()
    """The lists and gates of which the effect is not known, if the verdict depends on them."""

    @property
    def summary(self) -> str:
        """The result in one sentence."""
        match self.verdict:
            case AccessVerdict.YES:
                return f"Yes: {self.subject} may sign in."
            case AccessVerdict.NO:
                return f"No: {self.subject} is refused at sign-in."
        if self.unknown:
            names = join_names(self.unknown, "and")
            return f"It depends: this version of dyntui cannot know what {names} does to {self.subject}."
        return f"It depends: gates also decide about {self.subject}, and dyntui cannot read what a wallet holds."

    def as_json(self) -> dict[str, object]:
        return {
            "subject": self.subject,
            "verdict": self.verdict.value,
            "reasons": list(self.reasons),
            "lists": [
                {
                    "id": match.allowlist.get("id"),
                    "name": match.allowlist.get("name"),
                    "outcome": match.allowlist.get("outcome"),
                    "enabled": is_enabled(match.allowlist),
                    "entry": dict(match.entry),
                }
                for match in self.matches
            ],
            "scopes": list(self.scopes),
        }


def parse_subject(text: str, *, region: str | None = None) -> Mapping[str, object]:
    """Parse an identifier as an entry: `ada@example.com`, a wallet, `discord:ada`, ... Raises UsageError."""
    (draft,) = parse_identifiers([text], region=region)
    if draft.state is DraftState.INVALID:
        raise UsageError(f"Cannot tell what {text!r} is.", hint=draft.problem_text)
    return draft.entry


async def check_access(
    client: Client, entry: Mapping[str, object], *, access: AccessPolicy | None = None
) -> AccessAnswer:
    """Check one identifier."""
    return await _check(client, with_domain(entry), entry_label(entry), access)


async def check_user(client: Client, user: Mapping[str, object], *, access: AccessPolicy | None = None) -> AccessAnswer:
    """Check a user with all linked identifiers."""
    label = str(user.get("email") or user.get("username") or user.get("alias") or user.get("id") or "")
    return await _check(client, entries_for(user), label, access)


async def _check(
    client: Client, entries: Sequence[Mapping[str, object]], subject: str, access: AccessPolicy | None
) -> AccessAnswer:
    access = access or await read_access(client)
    matches = [
        AccessMatch(row, entry)
        for row, found in await find_on_lists(client, access.lists, entries)
        for entry in found.values()
    ]
    return make_answer(access, matches, subject, entries)


def make_answer(
    access: AccessPolicy, matches: Sequence[AccessMatch], subject: str, entries: Sequence[Mapping[str, object]] = ()
) -> AccessAnswer:
    reasons: list[str] = []
    by_role = {role: [match for match in matches if role_of(match.allowlist) is role] for role in PolicyRole}
    required = access.with_role(PolicyRole.SITE_ACCESS)
    verdict = AccessVerdict.YES
    if by_role[PolicyRole.BLOCK]:
        verdict = AccessVerdict.NO
        reasons += [f"{match.text}, which blocks sign-in." for match in by_role[PolicyRole.BLOCK]]
    elif not required:
        reasons.append("No siteAccess list is enabled, so lists refuse only blocked users.")
    elif by_role[PolicyRole.SITE_ACCESS]:
        reasons += [f"{match.text}, which allows sign-in." for match in by_role[PolicyRole.SITE_ACCESS]]
        if len(required) > 1:
            reasons.append(f"One of {join_names(required, 'and')} is enough.")
    else:
        verdict = AccessVerdict.NO
        reasons.append(f"Only users on {join_names(required)} may sign in, and {subject} is on none of them.")
    if access.with_role(PolicyRole.BLOCK) and not by_role[PolicyRole.BLOCK]:
        reasons.append(f"Not on {join_names(access.with_role(PolicyRole.BLOCK))}, which would block sign-in.")
    if not by_role[PolicyRole.BLOCK]:
        verdict = _with_gates(access, verdict, bool(required), reasons)
    if by_role[PolicyRole.OTHER]:
        verdict = AccessVerdict.DEPENDS
        reasons += [f"{match.text}. {describe_unknown(match.allowlist)}" for match in by_role[PolicyRole.OTHER]]
    on_ids = {match.allowlist.get("id") for match in by_role[PolicyRole.OTHER]}
    others = [row for row in access.with_role(PolicyRole.OTHER) if row.get("id") not in on_ids]
    reasons += [f"Not on “{name_of(row)}”. {describe_unknown(row)}" for row in others]
    gates = access.with_role(PolicyRole.OTHER, PolicyKind.GATE)
    reasons += [f"The gate “{name_of(row)}” is enabled. {describe_unknown(row)}" for row in gates]
    # A list that blocks decides. To be on no list that is required is not made good by a list that one is not on.
    if not by_role[PolicyRole.BLOCK] and (gates or (others and verdict is AccessVerdict.YES)):
        verdict = AccessVerdict.DEPENDS
    reasons += [f"{match.text}, which is disabled." for match in by_role[PolicyRole.OFF]]
    scopes = [str(match.allowlist["scope"]) for match in by_role[PolicyRole.SCOPE] if match.allowlist.get("scope")]
    reasons += [
        f"{match.text} gives the scope {match.allowlist.get('scope') or '(none)'}."
        for match in by_role[PolicyRole.SCOPE]
    ]
    unknown = access.unknown if verdict is AccessVerdict.DEPENDS else ()
    distinct = tuple(dict.fromkeys(scopes))
    return AccessAnswer(subject, verdict, tuple(reasons), tuple(matches), distinct, tuple(entries), unknown)


def _with_gates(access: AccessPolicy, verdict: AccessVerdict, lists_decide: bool, reasons: list[str]) -> AccessVerdict:
    """Return the verdict with gates taken into account: dyntui cannot check their rules about wallets."""
    if access.gates_unread:
        reasons.append(f"The gates could not be read: {access.gates_unread}")
        return verdict if verdict is AccessVerdict.NO else AccessVerdict.DEPENDS
    for role, verb in ((PolicyRole.SITE_ACCESS, "requires"), (PolicyRole.BLOCK, "refuses")):
        for gate in access.with_role(role, PolicyKind.GATE):
            rules = "; and ".join(describe_rule(rule) for rule in as_objects(gate.get("rules")))
            reasons.append(f"The gate “{name_of(gate)}” {verb} {rules or 'its tokens'}.")
    if access.with_role(PolicyRole.SITE_ACCESS, PolicyKind.GATE):
        if lists_decide:
            reasons.append("It is not documented whether a gate or a list alone is enough.")
        return AccessVerdict.DEPENDS
    if access.with_role(PolicyRole.BLOCK, PolicyKind.GATE) and verdict is AccessVerdict.YES:
        return AccessVerdict.DEPENDS
    return verdict
