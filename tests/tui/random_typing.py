"""Random typing for a console in a terminal, by seed: what is sent, and which keys that is.

Run as a program, with the latency of the sandbox in milliseconds and the path of a log: the console, which writes down
every key or paste that comes from the terminal, and every one that is given to a screen. On SIGUSR1 it also writes what
every thread and every task waits for, and what keys and frames wait for.
"""

from __future__ import annotations

import asyncio
import faulthandler
import random
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from textual import events
from textual.keys import key_to_character

from dyntui.tui.kit.terminal.input_parser import InputParser
from dyntui.tui.shell.all_actions import ALL_ACTIONS

_SEQUENCES = {
    "enter": "\r",
    "escape": "\x1b[27u",
    "tab": "\t",
    "space": " ",
    "slash": "/",
    "at": "@",
    "plus": "+",
    "minus": "-",
    "underscore": "_",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "delete": "\x1b[3~",
    "shift+up": "\x1b[1;2A",
    "shift+down": "\x1b[1;2B",
    "f2": "\x1bOQ",
    "f5": "\x1b[15~",
}
BUSY, IDLE = "busy", "idle"
"""Lines of the log: whether anything goes on in the console that may change which dialog has the keys."""
_BUSY_INTERVAL_S = 0.01
END_OF_STATE = "end of state"
_COROUTINE = {"cr_frame", "cr_await", "gi_frame", "gi_yieldfrom", "ag_frame", "ag_await"}
_IDLE = ("MessagePump._get_message:", "Timer._run:")
"""Where tasks wait that have nothing to do."""
_NOT_SENT = {"ctrl+z"}
"""It stops the program for a shell that is not there."""
_PLACES = (
    *("users", "wallets", "allowlists", "gates", "environments", "jobs", "resources", "settings", "events", "api"),
    *("analytics", "webhooks", "exports", "origins", "sessions"),
)


@dataclass(frozen=True)
class Typed:
    """What is sent at once. keys: what it is to the console; a paste is one of them."""

    data: bytes
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """after: seconds of waiting before it. token: what the prompt then shows, with nothing before or after it."""

    after: float
    typed: tuple[Typed, ...]
    token: str = ""

    def __str__(self) -> str:
        sent = b"".join(each.data for each in self.typed)
        return f"after {self.after:.3f} s {sent!r}{f', then : {self.token}' if self.token else ''}"


def key(name: str) -> Typed:
    """A key by its name or character."""
    if name.startswith("ctrl+"):
        sequence = chr(ord(name[-1]) - ord("a") + 1)
    else:
        sequence = _SEQUENCES.get(name) or key_to_character(name) or name
    (event,) = InputParser().feed(sequence)
    assert isinstance(event, events.Key)
    return Typed(sequence.encode(), (event.key,))


def text(characters: str) -> Iterator[Typed]:
    """A text, key by key."""
    return (key(character) for character in characters)


BOUND = sorted({each for action in ALL_ACTIONS for each in action.keys} - _NOT_SENT)
"""Every key that does anything anywhere."""

_BAD = (b"\xff", b"\x80", b"\xfe", b"\xc0")


def _noise(rng: random.Random) -> Typed:
    match rng.randrange(12):
        case 0:
            return Typed(rng.choice(_BAD), key("\ufffd").keys)
        case 1:
            report = bytes(rng.randrange(32, 256) for _ in range(3))
            return Typed(b"\x1b[M" + report, ())
        case 2:
            pasted = rng.choice(["ada@example.com", "a\nb\nc", "日本 \u202e", "x" * 40])
            return Typed(f"\x1b[200~{pasted}\x1b[201~".encode(), ("paste",))
        case 3:
            return key(rng.choice("é日ß1 ."))
        case _:
            return key(rng.choice(BOUND))


def _token(rng: random.Random, number: int) -> tuple[tuple[Typed, ...], str]:
    """A jump to nowhere whose text says whether a key was lost or came twice."""
    token = f"{number}{''.join(rng.sample('0123456789abcdefghijklmnopqrstuvwxyz', 12))}"
    return (key(":"), *text(token)), token


def token_of(seed: int) -> tuple[tuple[Typed, ...], str]:
    """What is typed last in the run with this seed."""
    return _token(random.Random(-seed), 9)


def script(seed: int) -> list[Step]:
    """What is typed in the run with this seed."""
    rng = random.Random(seed)
    typed, token = _token(rng, 0)
    if rng.random() < 0.5:
        typed = (key(":"), *text(rng.choice(_PLACES)), key("enter"), *typed)
    steps = [Step(rng.choice([0.0, rng.uniform(0, 1.5)]), typed, token)]
    for number in range(1, 3):
        # Typed on the way to another screen, while that one loads: the token, and keys of all kinds.
        typed, token = _token(rng, number)
        there = (*[key("escape")] * 15, key(":"), *text(rng.choice(_PLACES)), key("enter"))
        steps.append(Step(rng.uniform(0, 0.3), (*there, *typed), token))
        steps.append(Step(0.0, (key("escape"),)))
        steps += [
            Step(rng.choice([0.0, 0.0, rng.uniform(0, 0.15)]), tuple(_noise(rng) for _ in range(rng.randrange(1, 5))))
            for _ in range(rng.randrange(3, 8))
        ]
    return steps


def _waits_of(awaitable: Any) -> Iterator[str]:
    """Every coroutine from this one to the one that waits."""
    while awaitable is not None:
        attributes = {name.partition("_")[2]: getattr(awaitable, name) for name in dir(awaitable) if name in _COROUTINE}
        frame = attributes.get("frame")
        yield f"{frame.f_code.co_qualname}:{frame.f_lineno}" if frame else repr(awaitable)
        awaitable = attributes.get("await") or attributes.get("yieldfrom")


def _write_state(app: Any, log: TextIO) -> None:
    """Write what keys and frames wait for, and where every task waits that has something to do."""
    print(f"holds {app._holds}, typed ahead {app._typed_ahead}, batches {app._batch_count}", file=log)
    print(f"screens {app.screen_stack}, focused {app.screen.focused}", file=log)
    if app.lean is not None:
        print(f"flow control {vars(app.lean._flow_control)}", file=log)
        print(f"output {vars(app.lean)}", file=log)
        print(f"queued writes {list(app._driver._writer_thread._queue.queue)}", file=log)
    for task in asyncio.all_tasks(app._loop):
        waits = list(_waits_of(task.get_coro()))
        if not any(wait.startswith(_IDLE) for wait in waits):
            print(f"task {task.get_name()}: {' > '.join(waits)}", file=log)
    for node in (app, *app.screen_stack):
        print(f"messages of {node}: {list(node._message_queue.values)}", file=log)
    print(END_OF_STATE, file=log, flush=True)


async def _write_busy(app: Any, log: TextIO) -> None:
    """Write whether the console is busy, and from then on each change of that."""
    written = ""
    while True:
        connection = app.session.connection
        busy = any(worker.is_running for worker in app.workers) or (connection is not None and connection.log.in_flight)
        if (state := BUSY if busy else IDLE) != written:
            print(written := state, file=log, flush=True)
        await asyncio.sleep(_BUSY_INTERVAL_S)


def main() -> None:
    from dyntui.sandbox.options import SandboxOptions
    from dyntui.tui import run
    from dyntui.tui.shell.app import Console
    from dyntui.tui.shell.type_ahead import TypeAheadMixin

    take, dispatch = TypeAheadMixin.on_event, TypeAheadMixin._dispatch_typed
    apps: list[Any] = []
    tasks: list[asyncio.Task[None]] = []

    def note(what: str, event: Any) -> None:
        print(what, event.key if isinstance(event, events.Key) else "paste", file=log, flush=True)

    async def taken(self: Any, event: events.Event) -> None:
        if not apps:
            apps.append(self)
            tasks.append(asyncio.create_task(_write_busy(self, log)))
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            note("came", event)
        await take(self, event)

    async def given(self: Any, event: Any) -> None:
        note("given", event)
        await dispatch(self, event)

    def write_state(*_: object) -> None:
        for app in apps:
            _write_state(app, log)

    TypeAheadMixin.on_event = taken  # type: ignore[method-assign]
    TypeAheadMixin._dispatch_typed = given  # type: ignore[method-assign]
    Console.action_leave = lambda self: None  # type: ignore[method-assign]
    with Path(sys.argv[2]).open("w") as log:
        signal.signal(signal.SIGUSR1, write_state)
        faulthandler.register(signal.SIGUSR1, log, chain=True)
        raise SystemExit(run(None, demo=SandboxOptions(users=30, latency_ms=int(sys.argv[1]))))


if __name__ == "__main__":
    main()
