"""The keys of every resource record, and of the screens here, for the registry of actions.

Plain data, so that the registry can read it: an action of a record gets the id `RECORD.ACTION` and the method
`act_ACTION`; enabling and disabling share one key, `t`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dyntui.core.effect import Effect
from dyntui.resources import RESOURCES, Resource, ResourceAction
from dyntui.tui.kit.action import Action as Key

__all__ = ["BESPOKE", "KEYS", "KEY_SCOPES", "TOGGLE", "method_of", "offered"]

BESPOKE = frozenset({"users", "allowlists", "allowlist-entries", "gates"})
"""Records whose actions have screens and keys of their own elsewhere."""
TOGGLE = "toggle"
_PAIR = ("enable", "disable")
_READ = Effect.READ


def method_of(name: str) -> str:
    """What the methods of an action are called: `act_NAME`, and `why_not_NAME`."""
    return name.replace("-", "_")


def offered(record: Resource) -> list[tuple[str, tuple[ResourceAction, ...]]]:
    """What the console offers of a record: the name, and the one action, or the two that `t` goes between."""
    if record.name in BESPOKE:
        return []
    pair = tuple(action for name in _PAIR if (action := record.action(name)) is not None)
    if len(pair) < len(_PAIR):
        return [(action.name, (action,)) for action in record.actions]
    rest = [(action.name, (action,)) for action in record.actions if action.name not in _PAIR]
    return [*rest, (TOGGLE, pair)]


def _of_records() -> Iterator[Key]:
    for record in RESOURCES.values():
        for rank, (name, actions) in enumerate(offered(record), 20):
            one = actions[0]
            toggles = name == TOGGLE
            effect = max((action.effect for action in actions), key=list(Effect).index)
            yield Key(
                f"{record.name}.{name}",
                ("t",) if toggles else (one.key,),
                "on or off" if toggles else one.label,
                "Enable it, or disable it." if toggles else one.help,
                effect,
                rank,
                f"act_{method_of(name)}",
                f"why_not_{method_of(name)}",
            )


_SCREENS = (
    # everything
    Key("everything.open", ("enter",), "open", "Go to this list.", _READ, 10, "open", "nothing_to_open"),
    Key("everything.probe", ("p",), "probe", "Ask the server which lists this token reaches; once each.", _READ, 11),
    # a webhook and its messages
    Key("webhook.failed", ("f",), "failed only", "Show only the messages that failed, or all.", _READ, 14, "failed"),
    Key("webhook.verify", ("V",), "verify", "Check the signature of a body that you paste.", _READ, 15),
    Key("webhook.toggle", ("t",), "on or off", "Enable the webhook, or disable it.", rank=16, run="switch"),
    Key("webhook.edit", ("e",), "edit", "Change its URL and what it is told."),
    Key("webhook.reveal", ("S",), "secret", "Show the secret that its messages are signed with.", _READ),
    Key("message.redeliver", ("d",), "redeliver", "Send the message once more.", rank=11, why_not="nothing_to_send"),
    Key("message.verify", ("V",), "verify", "Check the signature of this delivery.", _READ, 12, "verify",
        "nothing_to_verify"),
    Key("signature.check", ("ctrl+s",), "check", "Check what was pasted.", _READ),
    # events
    Key("tail.pause", ("p",), "pause", "Stop the tail, or go on.", _READ, 10),
    Key("tail.filter", ("slash",), "filter", "Show only events with this in their name or in them.", _READ, 11),
    Key("tail.open", ("enter",), "open", "The event in full.", _READ, 12, "open", "nothing_here"),
    Key("tail.user", ("u",), "user", "Open the user behind the event.", _READ, 13, "user", "no_user"),
    Key("tail.resource", ("o",), "resource", "Only events of one kind of thing, as the server filters.", _READ, 14),
    Key("tail.range", ("d",), "time range", "From when, and until when.", _READ, 15, "range"),
    Key("tail.clear", ("x",), "clear", "Take what is shown away; the tail goes on.", _READ),
    Key("tail.copy", ("y",), "copy id", "Send the event's id to the clipboard.", _READ, why_not="nothing_here"),
    Key("event.user", ("u",), "user", "Open the user behind the event.", _READ, 11, "user", "no_user"),
    Key("event.copy", ("y",), "copy", "Send the value under the cursor to the clipboard.", _READ, 12),
    # exports
    Key("export.download", ("w",), "download", "Fetch the file into a new one of yours.", _READ, 11, "download",
        "no_file"),
    # analytics
    Key("figures.range", ("d",), "range", "Other days.", _READ, 10, "range"),
    Key("figures.longer", ("plus", "equals_sign"), "longer", "A longer range.", _READ, 11, "longer", "no_longer"),
    Key("figures.shorter", ("minus",), "shorter", "A shorter range.", _READ, 12, "shorter", "no_shorter"),
    Key("figures.next", ("right_square_bracket",), "next chart", "The next chart.", _READ, 13, "next_chart"),
    Key("figures.previous", ("left_square_bracket",), "chart before", "The chart before.", _READ, 14,
        "previous_chart"),
    Key("figures.refresh", ("r", "f5"), "refresh", "Read the figures again.", _READ, 15),
    Key("figures.copy", ("y",), "copy", "Send the numbers of this chart to the clipboard, as CSV.", _READ, 16, "copy",
        "no_chart"),
    # settings
    Key("setting.edit", ("e",), "change", "Change the value under the cursor.", rank=10, why_not="no_leaf"),
    Key("setting.find", ("slash",), "find", "Find a setting by a part of its name or value.", _READ, 12),
    Key("setting.next", ("n",), "next", "The next one found.", _READ, 13, "next", "nothing_found"),
    Key("setting.copy", ("y",), "copy", "Send the value under the cursor to the clipboard.", _READ, 14),
    Key("setting.refresh", ("r", "f5"), "refresh", "Read the settings again.", _READ, 15),
    # the API console
    Key("operations.filter", ("slash",), "search", "Search the operations.", _READ, 10),
    Key("operations.open", ("enter",), "fill in", "Fill in this operation and send it.", _READ, 11, "open",
        "nothing_here"),
    Key("operations.history", ("b",), "history", "What was sent in this session.", _READ, 12, "history", "no_history"),
    Key("operations.saved", ("o",), "saved", "Requests that were kept.", _READ, 13, "saved"),
    Key("operations.copy", ("y",), "copy id", "Send the operation's id to the clipboard.", _READ, 14,
        why_not="nothing_here"),
    Key("request.fill", ("enter", "e"), "fill in", "Fill in the fields.", _READ, 10, "fill", "no_fields"),
    Key("request.body", ("b",), "body", "Write the body in your editor.", _READ, 11, "body", "no_body"),
    Key("request.send", ("s",), "send", "Send it; what writes is confirmed first.", rank=12, why_not="not_ready"),
    Key("request.find", ("slash",), "find", "Find something in the answer.", _READ, 13, "find"),
    Key("request.next", ("n",), "next", "The next one found.", _READ, 0, "next", "no_answer"),
    Key("request.curl", ("c",), "curl", "Send it to the clipboard as a curl line, without the token.", _READ, 14,
        "curl", "not_ready"),
    Key("request.line", ("x",), "dyntui line", "Send it to the clipboard as a `dyntui api` line.", _READ, 15, "line",
        "not_ready"),
    Key("request.keep", ("K",), "keep", "Keep this request under a name; secrets are left out.", _READ, 16, "keep"),
    Key("request.copy", ("y",), "copy", "Send the value under the cursor to the clipboard.", _READ, 17, "copy",
        "no_answer"),
    # forms and lists of choices
    Key("schema.pick", ("ctrl+o",), "choose", "Choose from what is known.", _READ, 0, "pick", "nothing_to_pick"),
    Key("many.turn", ("space",), "take it", "Take it, or not.", _READ),
    Key("many.take", ("enter",), "take these", "Take what is chosen.", _READ),
    Key("once.copy", ("c",), "copy", "Send it to the clipboard.", _READ),
)  # fmt: skip

KEYS: tuple[Key, ...] = (*_of_records(), *_SCREENS)

KEY_SCOPES: Mapping[str, str] = {
    **{record.name: record.title.lower() for record in RESOURCES.values() if offered(record)},
    "everything": "everything",
    "webhook": "webhook",
    "message": "message",
    "signature": "signature",
    "tail": "events",
    "event": "event",
    "export": "export",
    "figures": "figures",
    "setting": "settings",
    "operations": "API",
    "request": "request",
    "schema": "form",
    "many": "choices",
    "once": "dialog",
}
"""What the help screen calls the scopes."""
