"""The plan of a job: what it will send, as text for people and as JSON that `dyntui jobs run` runs exactly."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any, Literal

from dyntui.api.rate_limiter import RateLimiters
from dyntui.config.private_files import atomic_write, read_private
from dyntui.core.errors import UsageError
from dyntui.core.file_version import check_version
from dyntui.core.interface import by_interface
from dyntui.core.json_types import as_object
from dyntui.core.strict_json import parse_json
from dyntui.core.text import quantity
from dyntui.core.times import duration, now_iso
from dyntui.core.validation import validate
from dyntui.importer import CODES, Mapping
from dyntui.services.imports.identity import find_missing_identity
from dyntui.services.imports.job_service import action_for, destination_for, set_request_rate
from dyntui.services.imports.jobs import plan_file
from dyntui.services.imports.precheck import PRECHECKED
from dyntui.services.imports.reports import result_document
from dyntui.services.imports.runner import JobOptions, rows_per_request
from dyntui.services.imports.suggestions import ACCEPTED
from dyntui.store import job_queries, review_queries
from dyntui.store.journal import Journal
from dyntui.store.states import JobState, RowState

__all__ = ["check_plan", "make_plan", "plan_lines", "read_plan", "save_plan"]

_NOT_DIGESTED = frozenset({"digest", "made", "seconds_at_rate_limit"})
_READING = ("format", "encoding", "delimiter", "header_row", "records", "sheet", "preset", "notes")
"""What the plan says of how the file was read."""
_PLAN_LIMIT = 4 * 1024 * 1024


def make_plan(journal: Journal) -> dict[str, Any]:
    """Make the plan of a job that is ready: outcomes, requests, time at the rate limit, problems by code, side
    effects.
    """
    options = JobOptions.of(journal)
    found: AbstractMapping[str, Any] = journal.facts.get(PRECHECKED) or {}
    pending = journal.counts.get(RowState.PENDING, 0)
    update = found.get("exists", 0) if options.upsert else 0
    requests = _requests(journal, options)
    mapping = Mapping.from_json(json.dumps(journal.facts["mapping"]))
    in_review = review_queries.count_in_review(journal)
    missing = find_missing_identity(journal)
    document = {
        "dyntui": "plan",
        "version": 1,
        **result_document(journal, None),
        "made": now_iso(),
        "kind": journal.kind,
        "where": journal.facts["where"],
        "source": journal.facts["source"]["name"],
        "reading": {name: journal.facts["source"].get(name) for name in _READING},
        "unmapped": [each.column for each in mapping.unmapped],
        "left_out": list(dict.fromkeys(rule.text for rule in mapping.exclusions)),
        "accepted_suggestions": journal.facts.get(ACCEPTED, {}),
        "mapping": {each["column"]: each["field"] for each in journal.facts["mapping"]["columns"] if each.get("field")},
        "constants": journal.facts["mapping"].get("constants", {}),
        "options": options.facts(),
        "outcomes": {
            "create": pending - update,
            "update": update,
            "exists": journal.counts.get(RowState.EXISTS, 0),
            "conflict": journal.counts.get(RowState.REVIEW, 0) - in_review,
            "review": in_review,
            "taken": found.get("taken", 0),
            "invalid": journal.counts.get(RowState.INVALID, 0),
            "skipped": journal.counts.get(RowState.SKIPPED, 0),
        },
        "checked_against_server": found.get("at") is not None,
        "collisions": [{"row": row, "meaning": words} for row, words in found.get("collisions", [])],
        "requests": requests,
        "seconds_at_rate_limit": _seconds(requests, options.rate, action_for(journal).operation),
        "problems": [
            {"level": each.level, "code": each.code, "rows": each.n, "meaning": CODES.get(each.code, "")}
            for each in job_queries.problem_counts(journal)
        ],
        "changes": {
            "fields": found.get("changes", {}),
            "unchanged": found.get("unchanged", 0),
            "samples": [{"row": row, "user": user, "fields": diff} for row, user, diff in found.get("samples", [])],
        },
        "on_invalid": dict(mapping.on_invalid),
        "no_identity": None if missing is None else missing.facts(),
        "side_effects": _side_effects(journal, options, requests),
    }
    return {**document, "digest": _digest(document)}


def save_plan(journal: Journal, plan: AbstractMapping[str, Any]) -> Path:
    """Write the plan next to the journal and return its path."""
    path = plan_file(journal)
    atomic_write(path, json.dumps(plan, ensure_ascii=False, indent=2).encode() + b"\n")
    return path


def read_plan(path: Path) -> dict[str, Any]:
    """Read a plan from its file. Raises UsageError when the file is not a plan or was changed."""
    hint = "Make a plan with `dyntui import --save-plan`."
    try:
        plan = dict(as_object(parse_json(read_private(path, _PLAN_LIMIT))))
    except ValueError as error:
        raise UsageError(f"{path} is not JSON: {error}.", hint=hint) from error
    check_version(plan, path, hint=hint)
    if validate(_PlanHeader, plan, name=str(path), hint=hint).digest != _digest(plan):
        raise UsageError(f"{path} was changed after the plan was made.", hint=hint)
    return plan


@dataclass(frozen=True, slots=True)
class _PlanHeader:
    """What shows that a file is a plan. The digest covers the rest, so it needs no other check."""

    dyntui: Literal["plan"]
    version: Literal[1]
    digest: str


def check_plan(journal: Journal, plan: AbstractMapping[str, Any]) -> None:
    """Raise UsageError when the job is no longer as the plan describes it."""
    if journal.state is not JobState.READY or journal.first_send is not None:
        raise UsageError(
            f"The plan's job {journal.id} is {journal.state} already.",
            hint=by_interface(f"Resume it with `dyntui jobs resume {journal.id}`.", "Resume it in {app.jump}jobs."),
        )
    if make_plan(journal)["digest"] != plan["digest"]:
        raise UsageError(
            f"The job {journal.id} changed after the plan was made.",
            hint="Make a new plan: `dyntui import --save-plan`.",
        )


def plan_lines(plan: AbstractMapping[str, Any]) -> list[str]:
    out = [f"{quantity(plan['total'], 'row')} of {plan['source']} for {plan['where']['profile']}"]
    labels = {
        "create": "will be created",
        "update": "update an existing user",
        "exists": "exist already and stay unchanged",
        "conflict": "match two users and need your review",
        "review": "share a value with another row, or have one that you review; not sent",
        "taken": "have a value that another user has; the server will probably refuse them",
        "invalid": "are invalid and will not be sent",
        "skipped": "are skipped (duplicates in the file, or left out)",
    }
    out += [f"  {plan['outcomes'][name]:>9,} {text}" for name, text in labels.items() if plan["outcomes"][name]]
    out += [f"    row {each['row']:,}: {each['meaning']}" for each in plan.get("collisions", [])[:5]]
    if not plan["checked_against_server"]:
        out.append("  not checked against the server")
    if plan.get("no_identity"):
        out.append(f"  {plan['no_identity']['message']}")
    if plan["unmapped"]:
        out.append(f"  not mapped: {', '.join(plan['unmapped'])}")
    out += [f"  {text}" for text in plan["left_out"]]
    for code, rows in plan["accepted_suggestions"].items():
        out.append(f"  suggestion applied: {code} in {quantity(rows, 'row')}")
    count = sum(plan["requests"].values())
    out.append(f"{quantity(count, 'request')}, {duration(plan['seconds_at_rate_limit'])} at the rate limit")
    for level in ("error", "warning", "info"):
        for each in plan["problems"]:
            if each["level"] == level:
                out.append(f"  {level} {each['code']}: {each['rows']:,} ({each['meaning'] or 'no description'})")
    for name, count in plan["changes"]["fields"].items():
        out.append(f"  changes {name} of {quantity(count, 'user')}")
    for sample in plan["changes"]["samples"][:5]:
        diffs = ", ".join(f"{name}: {old!r} -> {new!r}" for name, (old, new) in sample["fields"].items())
        out.append(f"    row {sample['row']}, user {sample['user']}: {diffs}")
    if plan["changes"]["unchanged"]:
        out.append(f"  no change for {quantity(plan['changes']['unchanged'], 'user')}")
    return out + list(plan["side_effects"])


def _requests(journal: Journal, options: JobOptions) -> dict[str, int]:
    out: dict[str, int] = {}
    for queue in destination_for(journal).queues:
        rows = journal.count_pending(queue.number)
        if rows:
            out[queue.operation] = ceil(rows / (queue.max_rows or rows_per_request(journal, options.batch)))
    return out


def _seconds(requests: AbstractMapping[str, int], rate: float | None, operation_of_job: str) -> int:
    from dyntui.config.settings import Settings

    settings = Settings.load()
    rate_limiters = RateLimiters(settings.rate_per_minute, settings.bulk_per_minute)
    if rate is not None:
        set_request_rate(rate_limiters.for_operation(operation_of_job), rate)
    minutes = 0.0
    for operation, count in requests.items():
        paces = [
            rate_limiter.per_minute
            for rate_limiter in rate_limiters.for_operation(operation)
            if rate_limiter.per_minute
        ]
        minutes += count / min(paces) if paces else 0
    return ceil(minutes * 60)


def _side_effects(journal: Journal, options: JobOptions, requests: AbstractMapping[str, int]) -> list[str]:
    if journal.kind != "users":
        return []
    mapping = journal.facts["mapping"]
    mapped = {each["field"] for each in mapping["columns"] if each.get("field")}
    constants = mapping.get("constants", {})
    verified = "a column of the file" if "emailVerifiedAt" in mapped else constants.get("emailVerifiedAt")
    out = []
    if verified == "unverified":
        out.append("Emails stay unverified: a later sign-in by email may not reach the imported user.")
    elif verified:
        out.append(
            f"Emails count as verified ({verified}): users can sign in with them, and a social account with the same "
            "verified email is linked automatically."
        )
    if "id" in mapped and (single := requests.get("createUser")):
        out.append(
            f"{quantity(single, 'user')} keep their ids: one request for each, not one for {options.batch} users."
        )
    if "policiesConsent" in mapped or "policiesConsent" in constants:
        out.append("policiesConsent is set: make sure that these users gave their consent.")
    if options.upsert:
        out.append("Existing users are updated. Whether the API merges or replaces wallets is not documented.")
    out.append("Webhooks of this environment get an event for each user.")
    return out


def _digest(document: AbstractMapping[str, Any]) -> str:
    digested = {name: value for name, value in document.items() if name not in _NOT_DIGESTED}
    return hashlib.sha256(json.dumps(digested, sort_keys=True).encode()).hexdigest()
