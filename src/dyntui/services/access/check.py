"""Would this e-mail, wallet or user get in? Answered from lists and gates, with the reasoning, and without more
certainty than they give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dyntui.core.errors import UsageError
from dyntui.resources.allowlists import IDENTIFIER_TITLES
from dyntui.services.access.access_policy import (
    AccessPolicy,
    PolicyKind,
    PolicyRole,
    Row,
    is_enabled,
    join_names,
    name_of,
    read_access,
    role_of,
)
from dyntui.services.access.drafts import DraftState, entry_label, parse_identifiers
from dyntui.services.access.entry_search import find_on_lists
from dyntui.services.access.gates import describe_rule
from dyntui.services.access.user_identifiers import entries_for, with_domain

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["AccessAnswer", "AccessMatch", "AccessVerdict", "check_access", "check_user", "parse_subject"]


class AccessVerdict(StrEnum):
    """DEPENDS: gates decide as well, and they cannot be asked from here."""

    YES = "yes"
    NO = "no"
    DEPENDS = "depends"


@dataclass(frozen=True, slots=True)
class AccessMatch:
    """An entry that names somebody, and the list it stands on."""

    allowlist: Row
    entry: Mapping[str, Any]

    @property
    def text(self) -> str:
        """`e-mail domain example.com on “Partners”`."""
        kind = next((name for name in IDENTIFIER_TITLES if self.entry.get(name) not in (None, "")), "")
        return f"{IDENTIFIER_TITLES.get(kind, kind)} {entry_label(self.entry)} on “{name_of(self.allowlist)}”"


@dataclass(frozen=True, slots=True)
class AccessAnswer:
    """because: the steps that lead to the verdict. matches: on which lists, on or off. scopes: what they get."""

    subject: str
    verdict: AccessVerdict
    reasons: tuple[str, ...]
    matches: tuple[AccessMatch, ...] = ()
    scopes: tuple[str, ...] = ()
    entries: tuple[Mapping[str, Any], ...] = field(default=())

    @property
    def summary(self) -> str:
        """The answer in a sentence."""
        match self.verdict:
            case AccessVerdict.YES:
                return f"Yes: {self.subject} may sign in."
            case AccessVerdict.NO:
                return f"No: {self.subject} is refused at sign-in."
        return f"It depends: gates decide about {self.subject}, and what a wallet holds cannot be seen from here."

    def as_json(self) -> dict[str, Any]:
        """The same as JSON."""
        return {
            "subject": self.subject,
            "verdict": self.verdict.value,
            "because": list(self.reasons),
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


def parse_subject(text: str, *, region: str | None = None) -> Mapping[str, Any]:
    """What is asked about, as an entry: `ada@example.com`, a wallet, `discord:ada`, ... Raises Usage."""
    (draft,) = parse_identifiers([text], region=region)
    if draft.state is DraftState.INVALID:
        raise UsageError(f"{text!r} is nobody that can be looked for: {draft.problem_text}")
    return draft.entry


async def check_access(client: Client, entry: Mapping[str, Any], *, access: AccessPolicy | None = None) -> AccessAnswer:
    """About whoever has this one identifier, and nothing else."""
    return await _check(client, with_domain(entry), entry_label(entry), access)


async def check_user(client: Client, user: Mapping[str, Any], *, access: AccessPolicy | None = None) -> AccessAnswer:
    """About a user, with every identifier that is linked."""
    label = str(user.get("email") or user.get("username") or user.get("alias") or user.get("id") or "")
    return await _check(client, entries_for(user), label, access)


async def _check(
    client: Client, entries: Sequence[Mapping[str, Any]], subject: str, access: AccessPolicy | None
) -> AccessAnswer:
    access = access or await read_access(client)
    matches = [
        AccessMatch(row, entry)
        for row, found in await find_on_lists(client, access.lists, entries)
        for entry in found.values()
    ]
    return make_answer(access, matches, subject, entries)


def make_answer(
    access: AccessPolicy, matches: Sequence[AccessMatch], subject: str, entries: Sequence[Mapping[str, Any]] = ()
) -> AccessAnswer:
    """The verdict that follows from the lists somebody is on."""
    because: list[str] = []
    having = {role: [match for match in matches if role_of(match.allowlist) is role] for role in PolicyRole}
    doors = access.with_role(PolicyRole.SITE_ACCESS)
    verdict = AccessVerdict.YES
    if having[PolicyRole.BLOCK]:
        verdict = AccessVerdict.NO
        because += [f"{match.text}, which keeps people out." for match in having[PolicyRole.BLOCK]]
    elif not doors:
        because.append("No siteAccess list is on, so lists keep nobody out but those who are blocked.")
    elif having[PolicyRole.SITE_ACCESS]:
        because += [f"{match.text}, which lets people in." for match in having[PolicyRole.SITE_ACCESS]]
        if len(doors) > 1:
            because.append(f"One of {join_names(doors, 'and')} is enough.")
    else:
        verdict = AccessVerdict.NO
        because.append(f"Only who is on {join_names(doors)} may sign in, and {subject} is on none of them.")
    if access.with_role(PolicyRole.BLOCK) and not having[PolicyRole.BLOCK]:
        because.append(f"Not on {join_names(access.with_role(PolicyRole.BLOCK))}, which would keep them out.")
    if not having[PolicyRole.BLOCK]:
        verdict = _with_gates(access, verdict, bool(doors), because)
    if having[PolicyRole.OTHER]:
        verdict = AccessVerdict.DEPENDS
        because += [
            f"{match.text}, whose outcome {match.allowlist.get('outcome')} this version does not know."
            for match in having[PolicyRole.OTHER]
        ]
    because += [f"{match.text}, which is off." for match in having[PolicyRole.OFF]]
    scopes = [str(match.allowlist["scope"]) for match in having[PolicyRole.SCOPE] if match.allowlist.get("scope")]
    because += [
        f"{match.text} gives the scope {match.allowlist.get('scope') or '(none)'}."
        for match in having[PolicyRole.SCOPE]
    ]
    return AccessAnswer(subject, verdict, tuple(because), tuple(matches), tuple(dict.fromkeys(scopes)), tuple(entries))


def _with_gates(access: AccessPolicy, verdict: AccessVerdict, lists_decide: bool, because: list[str]) -> AccessVerdict:
    """The verdict once gates have been thought of: they ask what a wallet holds, which nobody here can see."""
    if access.gates_unread:
        because.append(f"Whether gates ask for more is not known: {access.gates_unread}")
        return verdict if verdict is AccessVerdict.NO else AccessVerdict.DEPENDS
    for role, words in ((PolicyRole.SITE_ACCESS, "lets in only who holds"), (PolicyRole.BLOCK, "keeps out who holds")):
        for gate in access.with_role(role, PolicyKind.GATE):
            rules = "; and ".join(describe_rule(rule) for rule in gate.get("rules") or () if isinstance(rule, Mapping))
            because.append(f"The gate “{name_of(gate)}” {words} {rules or 'what it names'}.")
    if access.with_role(PolicyRole.SITE_ACCESS, PolicyKind.GATE):
        if lists_decide:
            because.append("Whether a gate lets in who is on no list, or the other way round, is not documented.")
        return AccessVerdict.DEPENDS
    if access.with_role(PolicyRole.BLOCK, PolicyKind.GATE) and verdict is AccessVerdict.YES:
        return AccessVerdict.DEPENDS
    return verdict
