"""Cell styles as the terminal understands them: SGR codes and a hyperlink, and the shortest change between two."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

__all__ = ["PLAIN", "CellStyle", "can_erase", "style_change", "style_converter"]


class CellStyle(NamedTuple):
    """The style of one cell."""

    codes: str
    """SGR codes as Textual writes them; "" for the plain style."""
    link: str = ""
    """Parameters and address of a hyperlink, as in OSC 8; "" for none."""


PLAIN = CellStyle("")
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "9": "29"}
"""The codes that end an attribute in the same way in all terminals. For other attributes, all of them are set again."""
_VISIBLE_ON_BLANK = frozenset({"4", "7", "9", "21", "51", "52", "53"})
"""Attributes that are visible on a blank."""


def style_converter(colors: ColorSystem) -> Callable[[Style | None], CellStyle]:
    """Return a function from styles of Rich to cell styles, for a terminal with these colors."""

    @lru_cache(maxsize=8192)
    def convert(style: Style | None) -> CellStyle:
        if style is None:
            return PLAIN
        link = style.link or ""
        is_safe = link.isascii() and link.isprintable()
        return CellStyle(Strip.render_ansi(style, colors), f"id={style.link_id};{link}" if link and is_safe else "")

    return convert


class _Parts(NamedTuple):
    attributes: tuple[str, ...]
    foreground: str
    background: str


@lru_cache(maxsize=4096)
def _parts(codes: str) -> _Parts:
    attributes: list[str] = []
    colors = {"3": "39", "4": "49"}
    remaining = codes.split(";") if codes else []
    while remaining:
        code = remaining.pop(0)
        if code in ("38", "48"):
            size = 4 if remaining[0] == "2" else 2
            colors[code[0]] = ";".join([code, *remaining[:size]])
            del remaining[:size]
        elif len(code) == 1 or code in ("21", "51", "52", "53"):
            attributes.append(code)
        else:
            colors["3" if code[0] in "39" else "4"] = code
    return _Parts(tuple(attributes), colors["3"], colors["4"])


@lru_cache(maxsize=4096)
def style_change(old: CellStyle | None, new: CellStyle) -> str:
    """Return the shortest sequence after which the terminal draws with `new`.

    old: the style in use; None when it is unknown and no link is open.
    """
    link = "" if (old or PLAIN).link == new.link else f"\x1b]8;{new.link or ';'}\x1b\\"
    if old is None:
        return link + _full_change(new)
    if old.codes == new.codes:
        return link
    return link + min(_full_change(new), _partial_change(old, new) or _full_change(new), key=len)


def _full_change(new: CellStyle) -> str:
    parts = _parts(new.codes)
    codes = (*parts.attributes, *(color for color in parts[1:] if color not in ("39", "49")))
    return f"\x1b[0;{';'.join(codes)}m" if codes else "\x1b[m"


def _partial_change(old: CellStyle, new: CellStyle) -> str:
    """Return the sequence for only the difference; "" when an attribute cannot be ended on its own."""
    before, after = _parts(old.codes), _parts(new.codes)
    ended = set(before.attributes) - set(after.attributes)
    if ended and not set(before.attributes) <= _OFF.keys():
        return ""
    off = sorted({_OFF[code] for code in ended})
    unchanged = {code for code in before.attributes if _OFF.get(code) not in off}
    on = [code for code in after.attributes if code not in unchanged]
    colors = [new_one for old_one, new_one in zip(before[1:], after[1:], strict=True) if old_one != new_one]
    return f"\x1b[{';'.join((*off, *on, *colors))}m" if off or on or colors else ""


@lru_cache(maxsize=4096)
def can_erase(style: CellStyle, erases_with_background: bool) -> bool:
    """Return whether erasing has the same result as writing blanks of that style.

    erases_with_background: whether the terminal erases with the background color.
    """
    if style.link or not _VISIBLE_ON_BLANK.isdisjoint(_parts(style.codes).attributes):
        return False
    return erases_with_background or _parts(style.codes).background == "49"
