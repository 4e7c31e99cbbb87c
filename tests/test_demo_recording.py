"""The recorded demo of the README: it plays, it is short and small, and it names no secret and no folder."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

from tests.tui.terminal_emulator import Emulator

FOLDER = Path(__file__).parent.parent / "screenshots"
SECRETS = re.compile(r"dyn_[A-Za-z0-9]|/tmp/|/home/|/root/|/Users/|Bearer|\bsk_")
MAX_SECONDS, MAX_BYTES = 30, 1_000_000


def test_the_cast_plays_in_time_from_the_users_to_the_result_of_an_import() -> None:
    text = (FOLDER / "demo.cast").read_text()
    header, *events = map(json.loads, text.splitlines())
    assert (header["version"], header["width"], header["height"]) == (2, 110, 30)
    times = [time_s for time_s, kind, _ in events if kind == "o"]
    assert times == sorted(times) and times[0] == 0 and times[-1] < MAX_SECONDS
    terminal = Emulator(header["width"], header["height"])
    screens = []
    for _, _, output in events:
        terminal.feed(output)
        screens.append(terminal.text)
    assert not terminal.answers, "a player must not answer"
    assert "EMAIL" in screens[0] and "192 of 200 imported" in screens[-1]
    assert len(text) < MAX_BYTES
    assert not SECRETS.search("\n".join([text, *screens]))


def test_the_animated_picture_is_a_small_svg_without_scripts_and_links() -> None:
    text = (FOLDER / "demo.svg").read_text()
    root = ElementTree.fromstring(text)
    assert len(text) < MAX_BYTES
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names <= {"svg", "title", "style", "defs", "g", "rect", "path", "circle", "text", "use"}
    links = {value for element in root.iter() for key, value in element.items() if key.endswith("href")}
    assert links and all(link.startswith("#") for link in links)
    assert "url(" not in text and not SECRETS.search(text)
