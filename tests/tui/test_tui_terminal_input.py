"""Whatever bytes a terminal sends: they become text and keys, and none of them ends the program."""

from __future__ import annotations

import inspect

import pytest
from textual import events
from textual.drivers import linux_driver
from textual.keys import Keys

from dyntui.tui.kit.terminal.input_decoder import InputDecoder
from dyntui.tui.kit.terminal.input_parser import InputParser


def keys_of(*reads: bytes, pause: float = 0.0) -> list[str | None]:
    """What is typed, by the character of each key or the name of each that has none. pause: seconds between reads."""
    time = 100.0

    def clock() -> float:
        return time

    decoder, parser = InputDecoder(clock=clock), InputParser()
    found: list[str | None] = []
    for data in reads:
        time += pause
        if text := decoder.decode(data):  # as Textual's driver does: no text is the end of the file to the parser
            keys = [event for event in parser.feed(text) if isinstance(event, events.Key)]
            found += [key.character or key.key for key in keys]
    return found


@pytest.mark.parametrize(
    ("reads", "keys"),
    [
        ((b"a\xffb",), ["a", "\ufffd", "b"]),
        ((b"a\xe9", b"b"), ["a", "\ufffd", "b"]),
        ((b"\xc3", b"\xa9x"), ["é", "x"]),
        ((b"\xf0\x9f", b"\x98\x80"), ["😀"]),
        ((b"\xed\xa0\x80x",), ["\ufffd"] * 3 + ["x"]),
        ((b"\x80\xbf\xfe.",), ["\ufffd"] * 3 + ["."]),
    ],
)
def test_bytes_that_are_not_utf_8_are_replaced_and_the_others_stay(reads: tuple[bytes, ...], keys: list[str]) -> None:
    assert keys_of(*reads) == keys


@pytest.mark.parametrize(
    "reads",
    [
        (b"\x1b[M !!",),
        (b"\x1b[M\xe0\xff\xc3x",),
        (b"\x1b[M\xc3\xa9\xa9x",),
        (b"\x1b", b"[M", b"\xc3\xa9", b"\x80x"),
        (b"\x1b[M\x1b\x1b\x1bx",),
        (b"\x1b[M !!\x1b[M\xff\xff\xffx",),
    ],
)
def test_a_mouse_report_in_the_form_of_x10_is_no_key(reads: tuple[bytes, ...]) -> None:
    assert keys_of(*reads) == (["x"] if reads[-1].endswith(b"x") else [])


def test_escape_and_a_key_typed_later_are_separate_keys() -> None:
    decoder = InputDecoder(clock=iter((10.0, 11.0, 12.0, 13.0)).__next__)
    assert [decoder.decode(data) for data in (b"\x1b", b"[", b"M", b"abc")] == ["\x1b", "[", "M", "abc"]


@pytest.mark.parametrize("sequence", [b"\x1b[99999999u", b"\x1b[55296u", b"\x1b[97;1;1114112u", b"\x1b[57358;9999999u"])
def test_an_unknown_key_sequence_does_not_end_the_parser(sequence: bytes) -> None:
    keys = keys_of(sequence, b"x")
    assert keys[-1] == "x"
    assert all(key == Keys.Ignore or (key or "").encode() for key in keys)


def test_enter_typed_before_application_mode_is_enter() -> None:
    (event,) = InputParser().feed("\n")
    assert isinstance(event, events.Key)
    assert event.key == "enter"


def test_the_driver_of_textual_uses_the_replaced_decoder_and_parser() -> None:
    used = inspect.unwrap(linux_driver.LinuxDriver.run_input_thread).__code__.co_names
    assert {"getincrementaldecoder", "XTermParser"} <= set(used)


@pytest.mark.parametrize(("key", "names"), [(":", ["escape", "colon"]), ("/", ["escape", "slash"]), ("j", ["alt+j"])])
def test_esc_before_a_sign_is_not_lost(key: str, names: list[str]) -> None:
    found = InputParser()._sequence_to_key_events(key, alt=True)
    assert [event.key for event in found] == names, "the console splits the key of a letter, which may be bound"
