"""The registry of every action that a key can run: bindings, footer, help, palette and keymap use it.

Every `actions.py` registers the actions of its package, `shell/record_actions.py` those of the resource records.

A screen or widget mixes in `ActionMixin` and declares `BINDINGS = bindings(ITS_ACTIONS, "scope")`. The scope of an
action is the part of its id before the dot. The method `action_NAME` of that class runs the action, where NAME is the
part after the dot or the `run` of the action. `NAME_disabled_reason`, or the method that `disabled_reason` names,
returns why the action is not available now.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, NamedTuple

from textual import events
from textual.binding import Binding, BindingType

from dyntui.core.effect import Effect
from dyntui.core.text import title_case

if TYPE_CHECKING:
    from textual.app import App
    from textual.dom import DOMNode
    from textual.screen import Screen

    _Node = DOMNode
else:
    _Node = object

__all__ = [
    "ACTIONS",
    "READ",
    "Action",
    "ActionMixin",
    "ActiveAction",
    "active_actions",
    "bindings",
    "disabled_reason_of",
    "footer_label",
    "heading_of",
    "key_label",
    "key_of",
    "press_label",
    "register",
    "use_custom_keys",
]


class Action(NamedTuple):
    """An action that a key runs."""

    id: str
    """`scope.name`; keymap.toml uses it."""
    keys: tuple[str, ...]
    """The keys, as Textual names them; the first one is shown."""
    title: str
    """Its name in the footer and on the help screen."""
    help: str
    """One sentence for the help screen and docs/keys.md."""
    effect: Effect = Effect.WRITE
    """What it does to the server, not to local files. An action that declares nothing counts as a write."""
    rank: int = 0
    """Its position in the footer, from the left; 0 leaves it out."""
    run: str = ""
    """The method `action_<run>` of the node that binds the scope; the name part of the id by default."""
    disabled_reason: str = ""
    """The method of that node that returns why the action is not available now, or None when it is; by default
    `NAME_disabled_reason`, if the node has it."""
    each: bool = False
    """Whether the key is passed as an argument, as in tabs 1 to 9."""
    priority: bool = False
    """Whether it runs before the focused widget sees the key, in dialogs too."""
    declarations: tuple[str, ...] = ()
    """The actions of the resource records that it is made from, as `RECORD.NAME`."""

    @property
    def scope(self) -> str:
        """The part of the id before the dot: what binds the action."""
        return self.id.partition(".")[0]

    @property
    def method(self) -> str:
        """The name of the method that runs it."""
        return f"action_{self.name}"

    @property
    def name(self) -> str:
        """What its methods are named after: `action_NAME` and `NAME_disabled_reason`."""
        return self.run or self.id.partition(".")[2]


READ = Effect.READ
"""The effect of an action that changes nothing at the server, for the lists in `actions.py`."""

ACTIONS: dict[str, Action] = {}
"""Every registered action by id."""

_HEADINGS: dict[str, str] = {}


def register(*actions: Action, headings: Mapping[str, str] | None = None) -> tuple[Action, ...]:
    """Add actions to the registry and return them.

    headings: the headings on the help screen of the scopes that have another one than their name.
    """
    _HEADINGS.update(headings or {})
    ACTIONS.update((action.id, action) for action in actions)
    return actions


def heading_of(scope: str) -> str:
    """Return the heading of a scope on the help screen."""
    return _HEADINGS.get(scope) or title_case(scope.replace("-", " "))


def bindings(actions: Iterable[Action], *scopes: str) -> list[BindingType]:
    """Return the bindings of those of `actions` that are in one of `scopes`."""
    found: list[BindingType] = []
    for action in actions:
        if action.scope in scopes:
            if action.each:
                found += [_binding(action, (key,), f"do('{action.id}', '{key}')") for key in action.keys]
            elif action.keys:
                found.append(_binding(action, action.keys, f"do('{action.id}')"))
    return found


def _binding(action: Action, keys: tuple[str, ...], call: str) -> Binding:
    return Binding(",".join(keys), call, action.title, show=False, id=action.id, priority=action.priority)


def disabled_reason_of(action: Action, node: object) -> str | None:
    """Return why `action` is not available on `node` now, in one sentence; None when it is."""
    app = getattr(node, "app", None)
    if isinstance(app, ActionMixin) and (reason := app.app_disabled_reason(action)):
        return reason
    if action.disabled_reason:
        reason_method = getattr(node, action.disabled_reason)
    else:
        reason_method = getattr(node, f"{action.name}_disabled_reason", None)
    own_reason: str | None = reason_method() if reason_method is not None else None
    return own_reason


class PendingReason(str):
    """Why an action is not available yet: what it needs is being loaded. The app may let the action wait for it."""

    __slots__ = ()


class ActionMixin(_Node):
    """A screen, a widget or the app, whose keys come from the registry."""

    def app_disabled_reason(self, action: Action) -> str | None:
        """Return why `action` is not available anywhere now; None when it is. Only the app overrides this."""
        return None

    def postpones(self, node: ActionMixin, action: Action, run: Callable[[], Awaitable[None]]) -> bool:
        """Return whether the app runs an action of `node` later by itself, with `run`. Only the app overrides this."""
        return False

    def on_action_done(self, action: Action) -> None:
        """Called on the app after an action ran on any node. Only the app overrides this."""

    async def action_do(self, action_id: str, *arguments: str) -> None:
        """Run the action, or show why it is not available."""
        action = ACTIONS[action_id]
        run = partial(self.action_do, action_id, *arguments)
        if isinstance(self.app, ActionMixin) and self.app.postpones(self, action, run):
            return
        if reason := disabled_reason_of(action, self):
            self.app.notify(reason, severity="warning", markup=False)
            return
        result = getattr(self, action.method)(*arguments)
        if isawaitable(result):
            await result
        if isinstance(self.app, ActionMixin):
            self.app.on_action_done(action)


class ActiveAction(NamedTuple):
    """An action that a key runs on the current screen."""

    action: Action
    node: Any
    """The screen, widget or app that runs it."""
    keys: tuple[str, ...]
    """The keys, as Textual names them, after the changes of keymap.toml."""

    @property
    def disabled_reason(self) -> str | None:
        """Why the action is not available now, in one sentence; None when it is."""
        return disabled_reason_of(self.action, self.node)

    @property
    def description(self) -> str:
        """What the action does, or why it is not available now."""
        reason = self.disabled_reason
        return f"not available: {reason}" if reason else self.action.help


def active_actions(screen: Screen[Any]) -> list[ActiveAction]:
    """Return the actions that the keys run on `screen` now, those of the focused widget first."""
    keys: dict[str, list[str]] = {}
    nodes: dict[str, Any] = {}
    for key, active in screen.active_bindings.items():
        if (id_ := active.binding.id) in ACTIONS:
            keys.setdefault(id_, []).append(key)
            nodes[id_] = active.node
    return [ActiveAction(ACTIONS[id_], nodes[id_], tuple(bound)) for id_, bound in keys.items()]


_KEY_LABELS = {
    "colon": ":",
    "question_mark": "?",
    "slash": "/",
    "escape": "esc",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "asterisk": "*",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "at": "@",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "left_parenthesis": "(",
    "right_parenthesis": ")",
    "exclamation_mark": "!",
    "full_stop": ".",
    "comma": ",",
    "semicolon": ";",
    "underscore": "_",
    "number_sign": "#",
    "dollar_sign": "$",
    "percent_sign": "%",
    "ampersand": "&",
    "circumflex_accent": "^",
    "grave_accent": "`",
    "tilde": "~",
    "vertical_line": "|",
    "backslash": "\\",
    "quotation_mark": '"',
    "apostrophe": "'",
}


_ARROWS = "↑↓←→"


def key_label(key: str) -> str:
    """Return a key as people write it: `:`, `esc`, `ctrl+p`."""
    if key.startswith("upper_"):
        return key.removeprefix("upper_").upper()
    return _KEY_LABELS.get(key, key)


_custom_keys: Mapping[str, str] = {}


def use_custom_keys(keymap: Mapping[str, str]) -> None:
    """Use the keys of the user in all texts. keymap: action id -> keys, separated by commas."""
    global _custom_keys
    _custom_keys = keymap


def key_of(action_id: str) -> str:
    """Return the first key of an action as people write it, that of the user where there is one. All texts use this.

    Raises KeyError for an unknown action.
    """
    return key_label(_keys_of(action_id)[0])


def _keys_of(action_id: str) -> Sequence[str]:
    own = [key.strip() for key in _custom_keys.get(action_id, "").split(",")]
    return own if own[0] else ACTIONS[action_id].keys


_SUBMIT_KEY = "ctrl+s"
"""The key that submits every form and step, which is shown after another key."""


def footer_label(action_id: str, keys: Sequence[str] = ()) -> str:
    """Return the key of an action for a footer: the first, and the one that submits.

    keys: the keys of the action; () for those that it has now.
    """
    keys = keys or _keys_of(action_id)
    return f"{key_label(keys[0])}, {_SUBMIT_KEY}" if _SUBMIT_KEY in keys[1:] else key_label(keys[0])


_LABELED_KEYS = {label: key for key, label in _KEY_LABELS.items()}


def press_label(app: App[Any], label: str) -> None:
    """Press the key that people write as `label`, for a click on it; the first one of `y, enter`."""
    label = label.partition(", ")[0]
    if label and " " not in label:
        key = _LABELED_KEYS.get(label, label)
        app.post_message(events.Key(key, label if len(label) == 1 and label not in _ARROWS else None))
