"""Header and footer of every console screen, one line each.

The header shows environment, breadcrumbs and the state of requests and jobs; the footer the keys of the screen, then
position and age of the data. Text changes only for a reason: a quick request is not shown, and a latency is shown only
when it differs much from the one before.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from textual import events

from dyntui.config.urls import shown_host
from dyntui.core.ids import short_id
from dyntui.core.text import safe
from dyntui.tui.kit.action_registry import ActiveAction, footer_label, key_label, press_label
from dyntui.tui.kit.plain.plain_text import join_texts, plain_text
from dyntui.tui.kit.widgets.cells import cut, fit, is_identifier, width_of
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece

if TYPE_CHECKING:
    from dyntui.tui.shell.console_app import ConsoleApp
    from dyntui.tui.shell.console_state import ConsoleState

__all__ = ["Breadcrumbs", "StatusBar", "StatusIndicator"]


_HOST_WIDTH = 40
_BEFORE_ID = " · "
"""What is before the id of the environment, which is left out where the breadcrumbs need its room."""
_IDENTIFIER_WIDTH = 19
"""The width of an address or id in the breadcrumbs."""
_GAP, _NARROW_GAP = 3, 2
"""The cells between keys, and between them where not all fit."""
_PROMOTED_RANK = 89
_MIN_PARTS_WIDTH = 16
_WIDTH_STEP = 8


class Breadcrumbs(LineWidget):
    """The left of the header: environment kind and name, server unless it is the vendor's, read-only, breadcrumbs."""

    breadcrumbs: tuple[str, ...] = ()

    @property
    def _session(self) -> ConsoleState:
        return cast("ConsoleApp", self.app).session

    def accessible_lines(self) -> Sequence[str]:
        path = join_texts(*(plain_text(safe(part, 200)) for part in self.breadcrumbs))
        environment = join_texts(*(plain_text(text) for text, style in self._environment() if style == "kind"))
        return [f"Screen: {path}, {environment}"] if path else []

    def accessible_details(self) -> Sequence[str]:
        return [f"Environment: {plain_text(''.join(text for text, _ in self._environment()))}"]

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        breadcrumbs = " › ".join(
            cut(safe(part, 80), _IDENTIFIER_WIDTH) if is_identifier(part) else safe(part, 80)
            for part in self.breadcrumbs
        )
        left: list[Piece] = [(" ", ""), *self._environment()]
        used = sum(width_of(text) for text, _ in left)
        if used + 3 + width_of(breadcrumbs) > width:
            left = [piece for piece in left if not piece[0].startswith(_BEFORE_ID)]
            used = sum(width_of(text) for text, _ in left)
        room = width - used - 3
        breadcrumbs = _cut_left(breadcrumbs, room) if room > 3 else ""
        centre = max(used + 3, (self.screen.size.width - width_of(breadcrumbs)) // 2)
        centre = min(centre, width - width_of(breadcrumbs))
        return [*left, (" " * (centre - used) + breadcrumbs, "")], ""

    def _environment(self) -> list[Piece]:
        profile = self._session.profile
        if profile is None and self._session.demo is not None:
            return [("● sandbox", "kind"), ("  demo", "kind")]
        if profile is None:
            return [("dyntui", "kind"), ("  no environment", "")]
        pieces = [(f"● {profile.kind}", "kind"), (f"  {safe(profile.name, 40)}", "kind")]
        pieces.append((f"{_BEFORE_ID}{safe(short_id(profile.environment_id), 20)}", ""))
        if self._session.demo is None and (host := shown_host(profile.base_url)):
            # The end of a host name tells its owner.
            pieces.append((f"  {_cut_left(safe(host, 300), _HOST_WIDTH)}", "kind"))
        if profile.read_only or self._session.read_only:
            pieces.append(("  read-only", "kind"))
        return pieces


def _cut_left(text: str, width: int) -> str:
    """Return `text` in `width` cells, cut at the left: the last breadcrumb matters most."""
    if width_of(text) <= width:
        return text
    while text and width_of(text) > width - 1:
        text = text[1:]
    return "…" + text.lstrip(" ›")


class StatusIndicator(LineWidget):
    """The right of the header: slow requests, the latency, a running job."""

    in_flight = 0

    def accessible_lines(self) -> Sequence[str]:
        return []

    def accessible_details(self) -> Sequence[str]:
        job = cast("ConsoleApp", self.app).session.job_label
        return [plain_text(safe(job, 60))] if job else []

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        console = cast("ConsoleApp", self.app)
        parts = [f"req {self.in_flight} ▂"] if self.in_flight else []
        if label := console.latency.label:
            parts.append(f"⇅ {label}")
        if job := console.session.job_label:
            parts.append(f"⧖ {safe(job, 60)}")
            while len(parts) > 1 and width_of("  ".join(parts)) > width - 1:
                parts.pop(-2)  # the job matters most
        text = cut("  ".join(parts), width - 1)
        return [(" " * (width - 1 - width_of(text)) + text, "")], ""


class StatusBar(LineWidget):
    """The footer: keys on the left, and the status of the screen on the right (position, marks, age).

    One widget, so that keys and status change in one frame without a new layout. The least important keys are left out
    on a narrow terminal.
    """

    actions: tuple[ActiveAction, ...] = ()
    """The actions of the screen; those with a rank are shown."""
    parts: tuple[Piece, ...] = ()
    """The parts of the status, the most important first."""
    _keys: tuple[tuple[str, str], ...] = ()
    """The keys of the available actions with their titles, by rank."""
    _last_count = 2
    """The number of keys, from the last one, that are shown even when there is little room."""
    _parts_width = 0

    def show(self, parts: tuple[Piece, ...], promoted: str = "") -> None:
        """Show other status parts, and the keys of the actions that are available now.

        promoted: the id of an action that is shown before the last two, and as long as they are; "" for none.
        """
        self.parts = parts
        shown = [active for active in self.actions if active.action.rank and active.disabled_reason is None]
        shown.sort(key=lambda active: active.action.rank if active.action.id != promoted else _PROMOTED_RANK)
        self._last_count = 2 + any(active.action.id == promoted for active in shown)
        self._keys = tuple((_shown_keys(active), active.action.title) for active in shown)
        self.repaint()

    def accessible_lines(self) -> Sequence[str]:
        return [plain_text(text) for text, style in self.parts if style == "warn"]

    def accessible_details(self) -> Sequence[str]:
        status = join_texts(*(plain_text(text) for text, _ in self.parts))
        keys = join_texts(*(f"{plain_text(key)} {title}" for key, title in self._keys))
        return [text for text in (status and f"Status: {status}", keys and f"Keys: {keys}") if text]

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        press_label(self.app, self.label_at(event.x, event.y))

    @property
    def _warnings(self) -> list[Piece]:
        return [part for part in self.parts if part[1] == "warn"]

    def _essential_width(self, first_count: int) -> int:
        """Return the width of the first keys, up to `first_count`, and of the last ones."""
        first_keys = self._keys[: max(0, min(first_count, len(self._keys) - self._last_count))]
        return _keys_length(_short([*first_keys, ("…", ""), *self._keys[-self._last_count :]]), _NARROW_GAP)

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        max_width = width - self._essential_width(2)
        if _length(self._warnings) + 2 > max_width:
            max_width = width - self._essential_width(1)
        max_width = max(_MIN_PARTS_WIDTH, min(width * 3 // 5, max_width))
        needed_width = max(_length(self.parts) + 2 if self.parts else 0, _MIN_PARTS_WIDTH)
        if self._parts_width > max_width or not self._parts_width - 2 * _WIDTH_STEP < needed_width <= self._parts_width:
            # In steps, and smaller only by two steps, so that the keys do not move during scrolling.
            self._parts_width = min(-(-needed_width // _WIDTH_STEP) * _WIDTH_STEP, max_width)
        return [
            *_keys_within(self._keys, width - self._parts_width, self._last_count),
            *_parts_within(self.parts, self._parts_width),
        ], ""


@lru_cache(maxsize=64)
def _keys_within(keys: tuple[tuple[str, str], ...], width: int, last_count: int) -> tuple[Piece, ...]:
    """Return as many keys as fit, in exactly `width` cells. The last `last_count`, such as `? help`, stay longest."""
    names, gap = ([*keys], _GAP) if _keys_length(keys, _GAP) <= width else (_short(keys), _NARROW_GAP)
    cut_off = False
    while names and _keys_length(names, gap) + cut_off * (1 + gap) > width:
        names.pop(-last_count - 1 if len(names) > last_count else -1)
        cut_off = True
    pieces: list[Piece] = [(" ", "")]
    for place, (key, title) in enumerate(names):
        if cut_off and place == max(0, len(names) - last_count):
            pieces.append(("…" + " " * gap, "dim"))
        pieces += [(key, "strong"), (f" {title}" + " " * gap, "dim")]
    last, style = pieces.pop()
    return (*pieces, (fit(last.rstrip(), width - sum(width_of(text) for text, _ in pieces)), style))


def _short(keys: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return only the first of the keys of each action: `]` for `], ctrl+s`."""
    return [(key.partition(", ")[0], title) for key, title in keys]


def _keys_length(keys: Sequence[tuple[str, str]], gap: int) -> int:
    return sum(width_of(key) + width_of(title) + 1 + gap for key, title in keys) + 1


def _shown_keys(active: ActiveAction) -> str:
    """Return the key to show: the first, and the one that submits; first and last where each key is an argument."""
    if not active.action.each:
        return footer_label(active.action.id, active.keys)
    first = key_label(active.keys[0])
    last = key_label(active.keys[getattr(active.node, "each_count", len(active.keys)) - 1])
    return first if first == last else f"{first}-{last}"


def _parts_within(status: Sequence[Piece], width: int) -> list[Piece]:
    """Return as many status parts as fit, aligned to the right. Warnings are kept longest, then the first part."""
    parts = list(status)
    while len(parts) > 1 and _length(parts) > width - 1:
        # the last part that is no warning goes first
        parts.remove(next((part for part in reversed(parts) if part[1] != "warn"), parts[-1]))
    pieces: list[Piece] = []
    for text, style in parts:
        pieces += [(" · ", "plain")] if pieces else []
        pieces.append((cut(text, width - 1), style or "plain"))
    used = sum(width_of(text) for text, _ in pieces)
    return [(" " * max(0, width - 1 - used), "plain"), *pieces, (" ", "plain")]


def _length(parts: Sequence[Piece]) -> int:
    return sum(width_of(text) + 3 for text, _ in parts) - 3
