"""What each key means. A key means the same on every screen, so that people learn it once.

`KEY_MEANINGS` is the table of docs/keys.md and of `dyntui keys`. A test checks that every action has a key whose
meaning it has: `find_conflicts` returns the others. The keys of `CONTEXT_KEYS` act on what is under the cursor instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from dyntui.tui.kit.action_registry import Action, key_label

__all__ = ["CONFIRMING_KEY", "CONTEXT_KEYS", "KEY_MEANINGS", "KeyMeaning", "KeyRow", "find_conflicts", "key_table"]


class KeyMeaning(NamedTuple):
    """What a key means on every screen."""

    text: str
    """The meaning, for people."""
    names: frozenset[str]
    """The names of the actions with this meaning: the part of their ids after the dot."""


def _meaning(text: str, names: str) -> KeyMeaning:
    return KeyMeaning(text, frozenset(names.split()))


_NEW = "new add create pregenerate constant value accept apply-coupon"

KEY_MEANINGS: Mapping[str, KeyMeaning] = {
    "a": _meaning("Show all actions for the row or the object.", "menu"),
    "A": _meaning("Add to an allowlist.", "allowlist add sync copy_to"),
    "b": _meaning("Open what was saved: views, requests, mappings.", "views saved load"),
    "B": _meaning("Show what was done before: requests, jobs.", "history jobs"),
    "c": _meaning("Copy in the usual form: as id, email, JSON or curl.", "copy curl"),
    "C": _meaning("Copy in another form: as a command, the text to search for.", "command find"),
    "d": _meaning("Delete, remove or exclude. Asks before it deletes.", "delete remove exclude reject"),
    "delete": _meaning("Exclude the row from what is sent.", "exclude"),
    "D": _meaning("Compare with another allowlist or a file.", "compare"),
    "e": _meaning("Edit or fix.", "edit fill set_type transforms fix fix_failed upgrade"),
    "E": _meaning("Edit in another way: the JSON, your editor, the address.", "editor body edit-address"),
    "f": _meaning("Show only some rows, or all.", "filter failed all resource duplicates environments"),
    "F": _meaning("Search the loaded rows, without a request.", "find"),
    "g": _meaning("Go to the first row.", "first"),
    "G": _meaning("Go to the last row.", "last"),
    "h": _meaning("Go left, or fold.", "left close collapse narrower"),
    "H": _meaning("Return to the previous screen.", "back"),
    "i": _meaning("Import from a file.", "import new another"),
    "I": _meaning("Refresh at an interval.", "auto_refresh"),
    "j": _meaning("Go down.", "down"),
    "J": _meaning("Join: link a wallet, map several columns to one field.", "link path"),
    "k": _meaning("Go up.", "up"),
    "K": _meaning("Show a secret or a token.", "reveal reveal-secret"),
    "l": _meaning("Go right, or unfold.", "right open expand wider"),
    "L": _meaning("Go forward, after going back.", "forward"),
    "m": _meaning("Set metadata.", "metadata"),
    "M": _meaning("Mark all rows from the last marked row to this one.", "mark_range"),
    "n": _meaning("Go to the next match or problem.", "find_next next_problem"),
    "N": _meaning("Go to the previous match or problem.", "find_previous previous_problem"),
    "o": _meaning("Choose columns.", "columns"),
    "O": _meaning("Open the user, or the users, of the row.", "user users"),
    "p": _meaning("Paste rows or entries.", "paste"),
    "P": _meaning("Choose the period.", "range"),
    "q": _meaning("Return to the previous screen, or close the dialog.", "back cancel"),
    "Q": _meaning("Quit dyntui.", "quit"),
    "r": _meaning("Refresh.", "refresh"),
    "R": _meaning("Show the request log.", "requests"),
    "s": _meaning("Sort.", "sort"),
    "S": _meaning("Save for later.", "save"),
    "t": _meaning("Toggle: enable or disable, yes or no.", "toggle verified upsert"),
    "T": _meaning("Change the format of times.", "times"),
    "u": _meaning("Undo or recover what is shown.", "undo recover"),
    "U": _meaning("Unmark all rows.", "unmark"),
    "v": _meaning("View in full: the row as JSON, all its cells.", "raw details"),
    "V": _meaning(
        "Check or get a signature, or show what may be signed.", "verify verify-jwt signing-message signature_policies"
    ),
    "w": _meaning("Check access: of an identifier, a user, a token, the rows of an import.", "check access explain"),
    "W": _meaning("Show or open the address of a web page.", "dashboard open"),
    "x": _meaning("Export to a file.", "export download report"),
    "X": _meaning("Revoke all sessions or access; cancel a job.", "revoke_sessions revoke-delegated-access cancel"),
    "y": _meaning("Copy the value under the cursor.", "copy"),
    "Y": _meaning("Copy the id of the object.", "copy_id"),
    "z": _meaning("Fold or unfold all.", "all"),
    "Z": _meaning("Undo the last change.", "undo"),
    "plus": _meaning("Create or add.", _NEW),
    "minus": _meaning("Revoke the session under the cursor.", "revoke revoke_session"),
    "full_stop": _meaning("Send all rows, or send again.", "all retry redeliver resend"),
    "comma": _meaning("Send again what failed, all of it.", "redeliver_failed"),
    "equals_sign": _meaning("Reset to the default or the start.", "reset reset_mfa propose clear"),
    "semicolon": _meaning("Show all columns of the row in full.", "row"),
    "slash": _meaning("Find: filter a list, search a text, type the path of a file.", "find filter path"),
    "asterisk": _meaning("Mark every row that matches.", "mark_all"),
    "less_than_sign": _meaning("Show less: a narrower column, a shorter period.", "narrower shorter"),
    "greater_than_sign": _meaning("Show more: a wider column, a longer period.", "wider longer"),
    "left_square_bracket": _meaning("Go to the previous tab, chart or step.", "previous_tab previous"),
    "right_square_bracket": _meaning("Go to the next tab, chart or step.", "next_tab next"),
    "left_curly_bracket": _meaning("Show the previous object of the list.", "previous"),
    "right_curly_bracket": _meaning("Show the next object of the list.", "next"),
    "left_parenthesis": _meaning("Move the column to the left.", "move_left"),
    "right_parenthesis": _meaning("Move the column to the right.", "move_right"),
    "shift+up": _meaning("Move the column to the left.", "move_left"),
    "shift+down": _meaning("Move the column to the right.", "move_right"),
    "underscore": _meaning("Set which texts mean an empty cell.", "nulls"),
    "number_sign": _meaning("Set the country of phone numbers.", "region"),
    "dollar_sign": _meaning("Set name, provider and chain of wallets.", "wallets"),
    "percent_sign": _meaning("Choose what happens to values that the API refuses.", "on_invalid"),
    "vertical_line": _meaning("Revoke the sessions of all users.", "revoke_all_sessions"),
    "ampersand": _meaning("Delegate the ownership.", "delegate-ownership"),
    "exclamation_mark": _meaning("Show all notifications.", "notifications"),
    "at": _meaning("Show the environments; there, a digit switches to one.", "environments"),
    "colon": _meaning("Go to a screen, a row or an object.", "jump"),
    "question_mark": _meaning("Show and change the keys of this screen.", "help"),
    "backspace": _meaning("Return to the previous screen.", "back"),
    "escape": _meaning("Return to the previous screen, close the dialog or clear the filter.", "back cancel"),
    "up": _meaning("Go up.", "up previous"),
    "down": _meaning("Go down.", "down next"),
    "left": _meaning("Go left, or fold.", "left close collapse narrower"),
    "right": _meaning("Go right, or unfold.", "right open expand wider"),
    "pageup": _meaning("Go up by a page.", "page_up"),
    "pagedown": _meaning("Go down by a page.", "page_down"),
    "home": _meaning("Go to the first row.", "first"),
    "end": _meaning("Go to the last row.", "last"),
    "ctrl+b": _meaning("Go up by a page.", "page_up"),
    "ctrl+c": _meaning("Copy the selection, or show how to quit.", "interrupt"),
    "ctrl+d": _meaning("Go down by half a page.", "half_down"),
    "ctrl+e": _meaning("Edit the profile in use.", "environment"),
    "ctrl+f": _meaning("Go down by a page.", "page_down"),
    "ctrl+l": _meaning("Draw the screen again.", "repaint"),
    "ctrl+o": _meaning("Choose from the known values.", "choose"),
    "ctrl+p": _meaning("Search all actions of the screen.", "palette"),
    "ctrl+q": _meaning("Quit dyntui.", "quit"),
    "ctrl+r": _meaning("Redo the last undone change.", "redo"),
    "ctrl+s": _meaning(
        "Submit: save a form, send a request, continue.", "save submit apply send match resume next choose"
    ),
    "ctrl+t": _meaning("Choose the theme.", "theme"),
    "ctrl+u": _meaning("Go up by half a page.", "half_up"),
    "ctrl+x": _meaning("Remove all MFA devices of the user.", "remove_devices"),
    "ctrl+z": _meaning("Suspend dyntui; in a text, undo.", "suspend"),
    "f2": _meaning("Submit the text.", "submit"),
    "f5": _meaning("Refresh.", "refresh"),
    **{
        digit: _meaning("Go to a tab, a step or an environment by its number.", "tab step number")
        for digit in "1234567890"
    },
}
"""The meaning of every key that is no context key, by the name that Textual gives the key."""

CONTEXT_KEYS: Mapping[str, str] = {
    "enter": "Do what the line under the cursor is there for: open it, choose it, edit it, go to the next field.",
    "space": "Toggle the line under the cursor: mark it, select it, fold it. Pauses what runs: a job, an event tail.",
    "tab": "Go to the next pane or field, or take over the suggestion.",
}
"""What the keys do that depend on what has the focus, by the name that Textual gives the key."""

CONFIRMING_KEY = "y"
"""The key that confirms a change. An action that changes something must not have it: held down, it would confirm."""
CONFIRMATION_KEYS = frozenset({"confirm.cancel"})
"""Actions that answer a question: in a confirmation `y` confirms and `n` cancels."""


def find_conflicts(actions: Iterable[Action]) -> list[str]:
    """Return a line for every key of an action that means something else on other screens, or has no meaning."""
    found: list[str] = []
    for action in actions:
        name = action.id.partition(".")[2]
        for key in action.keys:
            if key in CONTEXT_KEYS or action.id in CONFIRMATION_KEYS:
                continue
            meaning = KEY_MEANINGS.get(key)
            if meaning is None:
                found.append(f"{action.id}: {key_label(key)} has no meaning in KEY_MEANINGS.")
            elif name not in meaning.names:
                found.append(f"{action.id}: {key_label(key)} means `{meaning.text}` on the other screens.")
    return found


class KeyRow(NamedTuple):
    """One key in the table of keys."""

    label: str
    """The key as people write it."""
    meaning: str
    """What it means on every screen."""
    actions: tuple[str, ...]
    """The names of the actions that it runs, without their scopes."""


def key_table(
    actions: Iterable[Action], keys_of: Callable[[Action], Sequence[str]] = lambda action: action.keys
) -> list[KeyRow]:
    """Return the keys with their meanings, letters first; the tabs 1 to 0 are one row.

    keys_of: returns the keys of an action, those of the user where there are some. Their other keys come last.
    """
    names: dict[str, dict[str, None]] = {}
    for action in actions:
        for key in keys_of(action) if action.id not in CONFIRMATION_KEYS else ():
            names.setdefault(key, {})[action.id.partition(".")[2]] = None
    rows = [
        KeyRow(key_label(key), meaning.text, tuple(names.get(key, ())))
        for key, meaning in KEY_MEANINGS.items()
        if not key.isdecimal()
    ]
    rows.append(KeyRow("1 … 0", KEY_MEANINGS["1"].text, tuple(names.get("1", ()))))
    rows += [KeyRow(key_label(key), text, tuple(names.get(key, ()))) for key, text in CONTEXT_KEYS.items()]
    return rows + [
        KeyRow(key_label(key), "Your own key.", tuple(found))
        for key, found in names.items()
        if key not in KEY_MEANINGS and key not in CONTEXT_KEYS
    ]
