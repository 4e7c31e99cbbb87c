"""The result of a write as a sentence, for the notifications of the console and the output of the command line.

The words are from the action: `3 users deleted`, `1 of 4 wallets not deleted`, `50 users added to Beta testers`.
"""

from __future__ import annotations

from dyntui.resources.action import past_participle
from dyntui.services.actions.write_types import WriteOutcome, WriteResults

__all__ = ["result_sentence"]


def result_sentence(results: WriteResults) -> str:
    """Return what the action did, without a full stop and without the reasons of failures."""
    from dyntui.services.access.entries import already_existed

    existing = sum(already_existed(item.value) for item in results.items)
    done = results.count(WriteOutcome.DONE) - existing
    accepted = results.count(WriteOutcome.ACCEPTED)
    failed, unknown = results.count(WriteOutcome.FAILED), results.count(WriteOutcome.UNKNOWN)
    not_tried = results.count(WriteOutcome.NOT_TRIED)
    past = results.action.past or past_participle(results.action.verb)
    done_shown = 0 if failed or unknown else done
    parts = [
        (failed, f"not {past}"),
        (unknown, f"may be {past}"),
        (accepted, f"not {past} yet"),
        (done_shown, past),
        (existing, "already present"),
        (not_tried, "not attempted"),
    ]
    (first_count, first), *others = [part for part in parts if part[0]] or [(0, past)]
    tail = [f"{number:,} {text}" for number, text in others]
    complement = f" {results.action.complement}" if results.action.complement and first != "already present" else ""
    return ", ".join([f"{_subject(results, first_count)} {first}{complement}", *tail])


def _subject(results: WriteResults, count: int) -> str:
    """Return the subject: `Webhook https://example.com`, `3 users`, `1 of 3 users`, `Sessions of 3 users`."""
    action, total = results.action, len(results.items)
    if total == 1:
        subject = action.describe(results.items[0].target)
    else:
        number = f"{count:,}" if count == total else f"{count:,} of {total:,}"
        subject = f"{number} {action.plural_noun}"
    if action.result_subject:
        return f"{action.result_subject} {subject}"
    return subject[:1].upper() + subject[1:]
