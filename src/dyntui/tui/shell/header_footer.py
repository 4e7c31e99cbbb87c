"""The chrome of every screen: one line above, one below.

Above: where one is and what the machine does. Below: the keys that matter here and now, then position and age.
Nothing here moves unless something happened: a quick request is not shown, a latency only when it is quite another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from dyntui.config.urls import shown_host
from dyntui.core.ids import short_id
from dyntui.core.text import safe
from dyntui.tui.kit.action_registry import ActiveAction, key_label
from dyntui.tui.kit.widgets.cells import cut, fit, width_of
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece

if TYPE_CHECKING:
    from dyntui.tui.shell.console_app import ConsoleApp
    from dyntui.tui.shell.console_state import ConsoleState

__all__ = ["Breadcrumbs", "StatusBar", "StatusIndicator"]


_HOST_WIDTH = 40
_LEAST = 24
_STEP = 8


class Breadcrumbs(LineWidget):
    """The left of the top line: kind, environment, server when it is not the vendor's, read-only, crumbs."""

    crumbs: tuple[str, ...] = ()

    @property
    def _session(self) -> ConsoleState:
        return cast("ConsoleApp", self.app).session

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        profile = self._session.profile
        left: list[Piece] = [(" ", "")]
        if profile is None and self._session.demo is not None:
            left += [("● sandbox", "kind"), ("  demo", "kind")]
        elif profile is None:
            left += [("dyntui", "kind"), ("  no environment", "")]
        else:
            left += [(f"● {profile.kind}", "kind"), (f"  {safe(profile.name, 40)}", "kind")]
            left.append((f" · {safe(short_id(profile.environment_id), 20)}", ""))
            if self._session.demo is None and (host := shown_host(profile.base_url)):
                # The end of a name says whose it is.
                left.append((f"  {_cut_left(safe(host, 300), _HOST_WIDTH)}", "kind"))
            if profile.read_only or self._session.read_only:
                left.append(("  read-only", "kind"))
        used = sum(width_of(text) for text, _ in left)
        crumbs = " › ".join(safe(crumb, 80) for crumb in self.crumbs)
        room = width - used - 3
        crumbs = _cut_left(crumbs, room) if room > 3 else ""
        centre = max(used + 3, (self.screen.size.width - width_of(crumbs)) // 2)
        centre = min(centre, width - width_of(crumbs))
        return [*left, (" " * (centre - used) + crumbs, "")], ""


def _cut_left(text: str, width: int) -> str:
    """`text` in `width` cells, the end kept: the last crumb says most."""
    if width_of(text) <= width:
        return text
    while text and width_of(text) > width - 1:
        text = text[1:]
    return "…" + text.lstrip(" ›")


class StatusIndicator(LineWidget):
    """The right of the top line: requests that take long, the latency, a running job."""

    in_flight = 0

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        console = cast("ConsoleApp", self.app)
        parts = [f"req {self.in_flight} ▂"] if self.in_flight else []
        if words := console.latency.words:
            parts.append(f"⇅ {words}")
        if job := console.session.job_label:
            parts.append(f"⧖ {safe(job, 60)}")
            while len(parts) > 1 and width_of("  ".join(parts)) > width - 1:
                parts.pop(-2)  # the job is what somebody waits for
        text = cut("  ".join(parts), width - 1)
        return [(" " * (width - 1 - width_of(text)) + text, "")], ""


class StatusBar(LineWidget):
    """The bottom line: keys and what they do, and on the right what the screen says of itself: position, marks, age.

    One widget, so that what is said is whole in the frame in which it is said: no layout has to make room for it. The
    least important keys are left out where room is scarce.
    """

    actions: tuple[ActiveAction, ...] = ()
    parts: tuple[Piece, ...] = ()
    _room = 0

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        most = width * 3 // 5
        wanted = max(_length(self.parts) + 2 if self.parts else 0, _LEAST)
        if self._room > most or not self._room - 2 * _STEP < wanted <= self._room:
            # In steps, and smaller only when there is much to win, so that the keys rest while one scrolls.
            self._room = min(-(-wanted // _STEP) * _STEP, most)
        return [*_keys_within(self.actions, width - self._room), *_parts_within(self.parts, self._room)], ""


def _keys_within(actions: Sequence[ActiveAction], width: int) -> list[Piece]:
    """As many keys as there is room for, in exactly that many cells."""
    shown = sorted(
        (here for here in actions if here.action.rank and here.reason is None),
        key=lambda here: here.action.rank,
    )
    names = [(_keys(here), here.action.title) for here in shown]
    cut_off = False
    while names and sum(width_of(key) + width_of(title) + 4 for key, title in names) > width - 2:
        # the last two are `: jump` and `? help`: they stay longest
        names.pop(-3 if len(names) > 2 else -1)
        cut_off = True
    pieces: list[Piece] = [(" ", "")]
    for place, (key, title) in enumerate(names):
        if cut_off and place == max(0, len(names) - 2):
            pieces.append(("…  ", "dim"))
        pieces += [(key, "strong"), (f" {title}   ", "dim")]
    last, style = pieces.pop()
    return [*pieces, (fit(last.rstrip(), width - sum(width_of(text) for text, _ in pieces)), style)]


def _keys(here: ActiveAction) -> str:
    """The key to show for an action: the first; the first and last where each of them is an argument."""
    first = key_label(here.keys[0])
    if not here.action.each:
        return first
    last = getattr(here.node, "each_count", len(here.keys))
    return f"{first}-{key_label(here.keys[last - 1])}"


def _parts_within(said: Sequence[Piece], width: int) -> list[Piece]:
    """As many parts as there is room for, at the right; the first says most, and what is wrong, in amber, stays."""
    parts = list(said)
    while len(parts) > 1 and _length(parts) > width - 1:
        # what is wrong stays; else the last part goes first
        parts.remove(next((part for part in reversed(parts) if part[1] != "warn"), parts[-1]))
    pieces: list[Piece] = []
    for text, style in parts:
        pieces += [(" · ", "plain")] if pieces else []
        pieces.append((cut(text, width - 1), style or "plain"))
    used = sum(width_of(text) for text, _ in pieces)
    return [(" " * max(0, width - 1 - used), "plain"), *pieces, (" ", "plain")]


def _length(parts: Sequence[Piece]) -> int:
    return sum(width_of(text) + 3 for text, _ in parts) - 3
