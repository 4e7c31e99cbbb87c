"""The registry: everything a key can do is in it, and everything that shows keys reads it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from math import inf
from typing import Any, ClassVar

import pytest
from tests.families import slow_except
from tests.tui.tui_support import demo, lines_of, press, settled, text_of
from textual.binding import Binding
from textual.message_pump import MessagePump

import dyntui.tui
from dyntui.config.settings import Settings
from dyntui.core.effect import Effect
from dyntui.resources.all_resources import RESOURCES
from dyntui.sandbox.options import SandboxOptions
from dyntui.services.actions.registry import declaration, declarations
from dyntui.services.actions.write_types import ConfirmationLevel, Requirement
from dyntui.tui.kit import action_registry
from dyntui.tui.kit.action_registry import ACTIONS, Action, ActionMixin, bindings, disabled_reason_of, key_label
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.shell import confirm_dialog
from dyntui.tui.shell.all_actions import ALL_ACTIONS
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.confirm_dialog import ConfirmDialog
from dyntui.tui.shell.console_state import ConsoleState
from dyntui.tui.shell.key_meanings import CONTEXT_KEYS, KEY_MEANINGS, find_conflicts
from dyntui.tui.shell.keymap import RENAMED_ACTIONS
from dyntui.tui.shell.routes import list_screen


def acting_classes() -> list[type[Any]]:
    """Every class of the console that has keys."""
    found: dict[str, type[Any]] = {}
    for module in pkgutil.walk_packages(dyntui.tui.__path__, "dyntui.tui."):
        for _, each in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(each, ActionMixin) and each is not ActionMixin and each.__module__.startswith("dyntui.tui"):
                found[f"{each.__module__}.{each.__qualname__}"] = each
    for record in RESOURCES.values():
        found[record.name] = type(list_screen(record))
    return list(found.values())


def own_bindings(each: type[Any]) -> list[Binding]:
    return [binding for binding in each.__dict__.get("BINDINGS", ()) if isinstance(binding, Binding)]


def test_an_action_without_a_declaration_is_a_write() -> None:
    assert Action("x.y", ("x",), "x", "X.").effect is Effect.WRITE


@pytest.mark.parametrize("action", ALL_ACTIONS, ids=lambda action: action.id)
def test_every_action_has_a_description(action: Action) -> None:
    assert action.title
    assert action.help.endswith(".")
    assert action.keys


def test_every_key_runs_a_method_of_the_class_that_binds_it() -> None:
    bound: set[str] = set()
    for each in acting_classes():
        for binding in own_bindings(each):
            assert binding.id in ACTIONS, f"{each.__name__} binds {binding.key!r} past the registry"
            assert callable(getattr(each, ACTIONS[binding.id].method, None)), f"{each.__name__}: {binding.id}"
            bound.add(binding.id)
    assert bound == set(ACTIONS)


def test_no_method_is_taken_for_the_handler_of_a_key() -> None:
    """Textual calls `key_at` or `_key_at` of the focused widget when `@` is pressed, whatever the method is for."""
    acting_classes()  # imports all modules of the console
    for each in all_subclasses(MessagePump):
        if each.__module__.startswith("dyntui."):
            assert [name for name in vars(each) if name.startswith(("key_", "_key_"))] == [], each


def test_every_dialog_with_input_is_submitted_by_ctrl_s() -> None:
    for each in acting_classes():
        if issubclass(each, BaseDialog) and each.current_input is not BaseDialog.current_input:
            keys = {
                key for parent in each.__mro__ for binding in own_bindings(parent) for key in binding.key.split(",")
            }
            assert "ctrl+s" in keys, each.__name__


def test_a_text_names_the_key_of_a_feature_that_was_not_opened() -> None:
    """In a process of its own: here all features are imported."""
    code = "from dyntui.tui.shell.keymap import key_in_text as f; print(f('map.choose'))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "enter\n"


def all_subclasses(parent: type[Any]) -> Iterator[type[Any]]:
    for each in parent.__subclasses__():
        yield each
        yield from all_subclasses(each)


CALLED_BY_OTHERS = {"app_disabled_reason", "column_disabled_reason", "follow_up_disabled_reason"}
"""Methods that are not called for one action: by the registry itself, or by the reasons of several actions."""


def test_every_reason_is_that_of_an_action() -> None:
    reasons = {action.disabled_reason or f"{action.name}_disabled_reason" for action in ALL_ACTIONS}
    found = {name for each in acting_classes() for name in dir(each) if name.endswith("_disabled_reason")}
    private = {name for name in found if name.startswith("_")}
    assert found - reasons - private == CALLED_BY_OTHERS


# Why these writes have a text, a key or an effect of their own, instead of those of a declaration.
NOT_DECLARED = {
    "audit.undo": "Runs the action that reverses the change, whichever it is.",
    "change.undo": "Runs the action that reverses the change, whichever it is.",
    "app.undo": "Runs the action that reverses the last change, whichever it is.",
    "allowlist-entries.paste": "Opens an editor; the entries are reviewed and then added with `entry-drafts.add`.",
    "allowlist-entries.copy_to": "Asks for the other allowlist; the entries are added to that one.",
    "comparison.apply": "Runs the actions of every object that is marked.",
    "compare.sync": "One direction of allowlists.sync: it only adds.",
    "request.send": "Sends any operation of the catalog.",
    "webhook.redeliver_failed": "Finds the messages for webhook-messages.redeliver, which it then runs.",
    "plan.first": "A step of the import wizard.",
    "plan.all": "A step of the import wizard.",
    "run.resume": "A step of the import wizard.",
    "jobs.resume": "Continues an import.",
    "import-undo.delete": "Undoes an import of users or of entries.",
    "user.editor": "Opens $EDITOR with the metadata; users.edit saves it.",
}


# Keys that only open the screen of a declared write, so that they work in a read-only environment too.
OPENERS = {"app.import": Effect.READ}


def test_every_write_is_made_from_its_declaration() -> None:
    own_text = {each.id for each in ALL_ACTIONS if each.effect is not Effect.READ and not each.declarations}
    assert own_text == set(NOT_DECLARED)


def test_a_declared_action_has_the_texts_and_the_effect_of_its_record() -> None:
    for each in ALL_ACTIONS:
        declared = [declaration(name).action for name in each.declarations]
        if len(declared) == 1:
            effect = OPENERS.get(each.id, declared[0].effect)
            assert (each.title, each.help, each.effect) == (declared[0].label, declared[0].help, effect)
        elif declared:
            assert [action.name for action in declared] == ["enable", "disable"], each.id
            destructive = any(action.effect is Effect.DESTRUCTIVE for action in declared)
            assert (each.effect is Effect.DESTRUCTIVE) == destructive


def test_every_declared_write_has_a_key_in_the_console_or_a_reason() -> None:
    other_screens = {  # The screens of these are among NOT_DECLARED.
        "users.import-undo": "import-undo.delete",
        "allowlists.import-undo": "import-undo.delete",
        "wallets.pregenerate-legacy": "wallets.pregenerate asks which API to use",
        "wallets.pregenerate-farcaster": "wallets.pregenerate asks which API to use",
    }
    on_a_key = {name for each in ALL_ACTIONS for name in each.declarations}
    assert {each.name for each in declarations()} - on_a_key == set(other_screens)


def test_a_key_means_the_same_on_every_screen() -> None:
    assert find_conflicts(ALL_ACTIONS) == []
    assert not set(KEY_MEANINGS) & set(CONTEXT_KEYS)
    other_screen = Action("other.open", ("d",), "open", "Open it.")
    assert find_conflicts([other_screen]) == [f"other.open: d means `{KEY_MEANINGS['d'].text}` on the other screens."]
    assert find_conflicts([Action("other.open", ("f9",), "open", "Open it.")]) != []
    assert find_conflicts([Action("other.open", ("enter",), "open", "Open it.")]) == []


def test_keys_are_unique_in_a_scope() -> None:
    for scope in {action.scope for action in ACTIONS.values()}:
        counts = Counter(key for action in ACTIONS.values() if action.scope == scope for key in action.keys)
        assert [key for key, count in counts.items() if count > 1] == []


def test_keys_are_shown_with_readable_names() -> None:
    assert [key_label(key) for key in ("colon", "question_mark", "escape", "ctrl+p", "left_square_bracket")] == [
        ":",
        "?",
        "esc",
        "ctrl+p",
        "[",
    ]


class _App(ActionMixin):
    """The app, as far as it decides which actions are available."""

    offline_label = ""
    app_disabled_reason = Console.app_disabled_reason

    def __init__(self, *, read_only: bool) -> None:
        self.read_only = read_only
        self.notifications: list[str] = []

    def notify(self, text: str, **_options: Any) -> None:
        self.notifications.append(text)


class _Node:
    def __init__(self, read_only: bool) -> None:
        self.app = _App(read_only=read_only)

    def no(self) -> str | None:
        return "Not today."


@pytest.mark.parametrize(
    ("effect", "read_only", "reason"),
    [
        (Effect.READ, True, None),
        (Effect.WRITE, False, None),
        (Effect.WRITE, True, "This environment is read-only."),
        (Effect.DESTRUCTIVE, True, "This environment is read-only."),
    ],
)
def test_read_only_disables_all_writes(effect: Effect, read_only: bool, reason: str | None) -> None:
    assert disabled_reason_of(Action("x.y", ("x",), "x", "X.", effect), _Node(read_only)) == reason


class _ReadOnly(ActionMixin):
    """A node of a read-only console; whatever an action would do here is a mistake."""

    def __init__(self) -> None:
        self._app = _App(read_only=True)

    @property
    def app(self) -> Any:  # type: ignore[override]
        return self._app

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was asked for")


@pytest.mark.parametrize(
    "action", [each for each in ALL_ACTIONS if each.effect is not Effect.READ], ids=lambda each: each.id
)
async def test_in_read_only_no_write_action_has_an_effect(action: Action) -> None:
    node = _ReadOnly()
    await node.action_do(action.id, *(action.keys[:1] if action.each else ()))
    assert node.app.notifications == ["This environment is read-only."]


async def test_a_disabled_action_shows_its_reason_when_its_key_is_pressed() -> None:
    console = demo()
    async with console.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "U")
        assert console.session.notifications[-1].text == "No row is marked."


async def test_a_keymap_changes_the_key_of_an_action_everywhere() -> None:
    console = Console(
        ConsoleState(demo=SandboxOptions(users=120)), Settings(keymap={"list.filter": "f", "no.such": "x"})
    )
    async with console.run_test(size=(120, 50)) as pilot:
        await settled(pilot)
        assert " f filter" in lines_of(console)[-1]
        await press(pilot, "question_mark")
        assert "  List" in text_of(console)
        assert re.search(r"▌ f +filter", text_of(console))
        await press(pilot, "escape", "f", *"anna", "enter")
        assert "/anna" in lines_of(console)[0]
        assert any("no.such" in note.text for note in console.session.notifications)


async def test_the_actions_menu_runs_the_selected_action() -> None:
    console = demo()
    async with console.run_test(size=(120, 60)) as pilot:
        await settled(pilot)
        await press(pilot, "a")
        assert "Show the row as JSON." in text_of(console)
        await press(pilot, "enter")
        assert lines_of(console)[-1].startswith(" /")


async def test_custom_actions_of_a_resource_have_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    from dyntui.tui.shell import routes
    from dyntui.tui.shell.lists import resource_screen

    done: list[str] = []
    record = replace(RESOURCES["wallets"], name="waving")
    action = Action("waving.wave", ("w",), "wave", "Wave at a wallet.", Effect.READ)
    monkeypatch.setitem(action_registry.ACTIONS, action.id, action)
    monkeypatch.setattr(
        resource_screen.ResourceScreen, "action_wave", lambda self: done.append(self.record.name), raising=False
    )
    routes._list_class.cache_clear()
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        console.visit(list_screen(record))
        await settled(pilot)
        await press(pilot, "w")
        assert done == ["waving"]
    routes._list_class.cache_clear()


NEEDED = Requirement(
    ConfirmationLevel.CONFIRM, "Delete user ada?", ("ada",), "It cannot be undone.", "live environment acme"
)
TYPED = Requirement(
    ConfirmationLevel.TYPED, "Delete user ada?", (), "It cannot be undone.", "live environment acme", ("acme",)
)


async def test_letters_do_not_cancel_a_dialog_where_a_text_is_typed_after_scrolling() -> None:
    console = demo(users=5)
    effects = tuple(f"Effect {number}." for number in range(40))
    async with console.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        dialog = ConfirmDialog(replace(TYPED, effects=effects), verb="Delete")
        console.ask(dialog)
        await settled(pilot)
        assert "↑ ↓ scroll" in text_of(console)
        await press(pilot, *"nobody", "enter")
        assert console.screen is dialog
        await press(pilot, "pagedown", "pagedown", "pagedown", *"acme", "enter")
        assert console.screen is not dialog


async def _answer(needed: Requirement, keys: list[str], opening_key: str = "") -> tuple[list[Any], str]:
    answers: list[Any] = []
    console = demo(users=5)
    async with console.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        console.ask(ConfirmDialog(needed, verb="Delete", opening_key=opening_key), answers.append)
        await settled(pilot)
        text = text_of(console)
        await press(pilot, *keys)
    return answers, text


async def test_a_dialog_that_opens_while_keys_are_typed_is_not_confirmed_by_one_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers: list[Any] = []
    console = demo(users=5)
    async with console.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        typed_before = console.typed_keys
        await press(pilot, "j")  # while the action is assessed
        monkeypatch.setattr(confirm_dialog, "_REACTION_S", inf)
        console.ask(ConfirmDialog(NEEDED, verb="Delete", opening_key="d", typed_before=typed_before), answers.append)
        await settled(pilot)
        await press(pilot, "y")
        assert not answers and "This opened while you were typing. Press y again to confirm." in text_of(console)
        await press(pilot, "escape")
        monkeypatch.setattr(confirm_dialog, "_REACTION_S", 0.0)
        for before in (typed_before, console.typed_keys):
            dialog = ConfirmDialog(NEEDED, verb="Delete", opening_key="d", typed_before=before)
            console.ask(dialog, answers.append)
            await settled(pilot)
            await press(pilot, "y")
        assert [answer is not None for answer in answers] == [False, True, True]


async def test_an_action_is_not_confirmed_on_another_screen() -> None:
    console = demo(users=5, latency_ms=300)
    async with console.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "colon", *"allowlists", "enter")
        await settled(pilot)
        await pilot.press("t")  # the impact is read first
        console.open_route("environments")
        await settled(pilot)
        assert not isinstance(console.screen, ConfirmDialog)
        texts = [each.text for each in console.session.notifications]
        assert texts == ["Disable was not confirmed: you opened another screen first. Nothing was changed."]


async def test_a_confirmation_names_target_environment_and_irreversible_effects() -> None:
    _, text = await _answer(NEEDED, ["escape"])
    for part in ("Delete user ada?", "In live environment acme.", "It cannot be undone.", "esc cancel"):
        assert part in text
    assert "scroll" not in text, "all lines are in view"


@pytest.mark.parametrize("key", slow_except(["enter", "escape", "q", "n"], "enter", "escape"))
async def test_cancel_is_the_default_of_a_confirmation(key: str) -> None:
    answers, _ = await _answer(NEEDED, [key])
    assert answers == [None]


async def test_y_confirms_unless_y_opened_the_dialog() -> None:
    answers, _ = await _answer(NEEDED, ["y"], opening_key="d")
    assert answers[0].yes
    answers, _ = await _answer(NEEDED, ["y", "escape"], opening_key="y")
    assert answers == [None]
    answers, _ = await _answer(NEEDED, ["o"], opening_key="y")
    assert answers[0].yes


def test_the_confirming_key_differs_from_the_opening_key() -> None:
    for action in ALL_ACTIONS:
        for key in action.keys:
            assert ConfirmDialog(NEEDED, verb="Delete", opening_key=key).key != key


async def test_the_typed_text_must_match() -> None:
    answers, text = await _answer(TYPED, [*"acm", "enter", *"e", "enter"])
    assert "Type acme to confirm:" in text
    assert [answer.typed for answer in answers] == ["acme"]


def test_the_kind_of_dialog_follows_the_requirement() -> None:
    assert isinstance(ConfirmDialog(TYPED, verb="Delete"), ConfirmDialog)
    assert isinstance(ConfirmDialog(NEEDED, verb="Delete"), ConfirmDialog)


def test_bindings_contain_the_action_id() -> None:
    class Anything:
        BINDINGS: ClassVar = bindings(ACTIONS.values(), "setup")

    assert [binding.id for binding in Anything.BINDINGS if isinstance(binding, Binding)] == ["setup.choose"]


def test_a_keymap_with_former_ids_keeps_working() -> None:
    former = Settings(keymap={"taking.copy": "z", "list.filter": "f"})
    assert Console(ConsoleState(), former).custom_keys == {"copying.copy": "z", "list.filter": "f"}
    assert RENAMED_ACTIONS.keys().isdisjoint(ACTIONS)
    assert ACTIONS.keys() >= set(RENAMED_ACTIONS.values())
