"""The keys that the user gave to actions: action ids of earlier versions, conflicts, and changes of keymap.toml.

The app reads keymap.toml at start. What only the help screen needs is imported when it is used.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from dyntui.tui.kit.action_registry import ACTIONS, Action, key_label, key_of

if TYPE_CHECKING:
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = [
    "RENAMED_ACTIONS",
    "change_keys",
    "current_keymap",
    "describe_conflict",
    "key_in_text",
    "keymap_problems",
    "keys_of",
]

RENAMED_ACTIONS: Mapping[str, str] = {
    "allowlist-entries.switch": "allowlist-entries.toggle",
    "allowlists.switch": "allowlists.toggle",
    "app.messages": "app.notifications",
    "app.notes": "app.notifications",
    "beside.next": "siblings.next",
    "beside.previous": "siblings.previous",
    "cell.keep": "cell.apply",
    "cell.leave": "cell.cancel",
    "columns.earlier": "columns.move_left",
    "columns.later": "columns.move_right",
    "columns.take": "columns.apply",
    "columns.turn": "columns.toggle",
    "columns.usual": "columns.reset",
    "confirm.keep": "confirm.cancel",
    "event.copy": "json.copy",
    "everything.open": "resources.open",
    "everything.probe": "resources.check",
    "figures.copy": "charts.copy",
    "figures.longer": "charts.longer",
    "figures.next": "charts.next",
    "figures.previous": "charts.previous",
    "figures.range": "charts.range",
    "figures.refresh": "charts.refresh",
    "figures.shorter": "charts.shorter",
    "drafts.kind": "entry-drafts.edit",
    "entry-drafts.set_type": "entry-drafts.edit",
    "drafts.leave": "entry-drafts.exclude",
    "drafts.send": "entry-drafts.add",
    "finish.mend": "finish.fix_failed",
    "gate.switch": "gate.toggle",
    "gates.switch": "gates.toggle",
    "impact.down": "confirm.down",
    "impact.page_down": "confirm.page_down",
    "impact.page_up": "confirm.page_up",
    "impact.up": "confirm.up",
    "import-undo.look": "import-undo.refresh",
    "jobs.mend": "jobs.fix_failed",
    "journal.copy": "session-log.copy",
    "journal.open": "session-log.open",
    "many.take": "multi-select.submit",
    "many.turn": "multi-select.toggle",
    "map.anew": "map.propose",
    "map.leave_out": "map.exclude",
    "once.copy": "secret.copy",
    "parse.found": "parse.reset",
    "paste-entries.submit": "text-editor.submit",
    "paste.submit": "text-editor.submit",
    "paste.take": "text-editor.submit",
    "pasting.take": "text-editor.submit",
    "person.add": "user-access.add",
    "person.open": "user-access.open",
    "person.refresh": "user-access.refresh",
    "person.remove": "user-access.remove",
    "person.why": "user-access.explain",
    "pick.choose": "select.choose",
    "raw.copy": "json.copy",
    "request.next": "app.find_next",
    "request.keep": "request.save",
    "request.line": "request.command",
    "review.look": "review.details",
    "run.go_on": "run.resume",
    "schema.pick": "schema.choose",
    "setting.next": "app.find_next",
    "signature.check": "paste-text.submit",
    "source.fold": "source.collapse",
    "source.unfold": "source.expand",
    "taking.console": "copying.dashboard",
    "taking.copy": "copying.copy",
    "weigh.down": "confirm.down",
    "weigh.page_down": "confirm.page_down",
    "weigh.page_up": "confirm.page_up",
    "weigh.up": "confirm.up",
    "writing.take": "text-editor.submit",
    "transforms.toggle": "multi-select.toggle",
}
"""Former action id -> the id that the action has now."""


def current_keymap(keymap: Mapping[str, str]) -> dict[str, str]:
    """Return `keymap` (action id -> keys) with the ids that the actions have now."""
    return {RENAMED_ACTIONS.get(action_id, action_id): keys for action_id, keys in keymap.items()}


def key_in_text(action_id: str) -> str:
    """Return the key of an action for a text, also before a screen of its feature was opened."""
    if action_id not in ACTIONS:
        import_module("dyntui.tui.shell.all_actions")  # adds all actions to the registry
    return key_of(action_id)


def keys_of(action: Action, keymap: Mapping[str, str]) -> tuple[str, ...]:
    """Return the keys of an action, as Textual names them. keymap: the keys of the user, by action id."""
    if (keys := keymap.get(action.id)) is None:
        return action.keys
    from textual.binding import Binding

    return tuple(binding.key for binding in Binding.make_bindings([(keys, "", "")]))


def keymap_problems(keymap: Mapping[str, str]) -> list[str]:
    """Return what is wrong in the keys of the user: unknown actions, and keys that run two actions of one screen."""
    from dyntui.core.effect import Effect
    from dyntui.tui.shell.all_actions import ALL_ACTIONS
    from dyntui.tui.shell.key_meanings import CONFIRMING_KEY

    actions = {action.id: action for action in ALL_ACTIONS}
    problems = [f"keymap.toml: unknown action {action_id!r}." for action_id in keymap if action_id not in actions]
    for action in [actions[action_id] for action_id in keymap if action_id in actions]:
        if action.effect is not Effect.READ and CONFIRMING_KEY in keys_of(action, keymap):
            problems.append(f"keymap.toml: {CONFIRMING_KEY} confirms changes, so {action.id} must not have it.")
        for other in ALL_ACTIONS:
            if other.scope == action.scope and (other.id not in keymap or other.id > action.id):
                shared = set(keys_of(action, keymap)) & set(keys_of(other, keymap))
                if other is not action and shared:
                    labels = ", ".join(sorted(map(key_label, shared)))
                    problems.append(f"keymap.toml: {labels} runs {action.id}, and {other.id} too.")
    return problems


def describe_conflict(action: Action, key: str, keymap: Mapping[str, str], active_ids: Collection[str]) -> str:
    """Return what `key` does now, if it does not run `action`; "" for a free key.

    active_ids: the ids of the actions that the keys of the current screen run.
    """
    from dyntui.tui.shell.all_actions import ALL_ACTIONS
    from dyntui.tui.shell.key_meanings import KEY_MEANINGS

    for other in ALL_ACTIONS:
        is_on_the_same_screen = other.id in active_ids or action.scope == other.scope or other.scope == "app"
        if other.id != action.id and is_on_the_same_screen and key in keys_of(other, keymap):
            return f"{key_label(key)} runs {other.id} ({other.title}) now."
    meaning = KEY_MEANINGS.get(key)
    if meaning is None or action.id.partition(".")[2] in meaning.names:
        return ""
    return f"On other screens {key_label(key)} means: {meaning.text}"


def change_keys(console: ConsoleApp, action: Action, key: str | None) -> None:
    """Give `action` one key and save it in keymap.toml; None restores its default keys. Raises ConfigError."""
    from dyntui.config.keymap_file import save_key

    former_ids = [old for old, new in RENAMED_ACTIONS.items() if new == action.id]
    shown = key_label(key) if key is not None else ""
    # A comma separates keys in the file.
    saved = key if len(shown) != 1 or not shown.isascii() or shown == "," else shown
    save_key(action.id, saved, former_ids)
    keymap = {action_id: keys for action_id, keys in console.custom_keys.items() if action_id != action.id}
    console.use_keymap(keymap if saved is None else {**keymap, action.id: saved})
