"""Styles as the terminal takes them: a pen is SGR codes and a link; `change` is the shortest way to another pen."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

__all__ = ["PLAIN", "CellStyle", "can_erase", "change", "pens"]


class CellStyle(NamedTuple):
    """codes: SGR codes as Textual writes them. link: parameters and address of a hyperlink, as in OSC 8."""

    codes: str
    link: str = ""


PLAIN = CellStyle("")
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "9": "29"}
"""Codes that end an attribute and that terminals agree on; for the others all attributes are set again."""
_SEEN = frozenset({"4", "7", "9", "21", "51", "52", "53"})
"""Attributes that can be seen on a blank."""


def pens(colours: ColorSystem) -> Callable[[Style | None], CellStyle]:
    """The pen of a style, for a terminal with these colours."""

    @lru_cache(maxsize=8192)
    def pen(style: Style | None) -> CellStyle:
        if style is None:
            return PLAIN
        link = style.link or ""
        return CellStyle(
            Strip.render_ansi(style, colours), f"id={style.link_id};{link}" if link and _harmless(link) else ""
        )

    return pen


def _harmless(link: str) -> bool:
    return link.isascii() and link.isprintable()


class _Parts(NamedTuple):
    attributes: tuple[str, ...]
    foreground: str
    background: str


@lru_cache(maxsize=4096)
def _parts(codes: str) -> _Parts:
    attributes: list[str] = []
    colours = {"3": "39", "4": "49"}
    waiting = codes.split(";") if codes else []
    while waiting:
        code = waiting.pop(0)
        if code in ("38", "48"):
            size = 4 if waiting[0] == "2" else 2
            colours[code[0]] = ";".join([code, *waiting[:size]])
            del waiting[:size]
        elif len(code) == 1 or code in ("21", "51", "52", "53"):
            attributes.append(code)
        else:
            colours["3" if code[0] in "39" else "4"] = code
    return _Parts(tuple(attributes), colours["3"], colours["4"])


@lru_cache(maxsize=4096)
def change(old: CellStyle | None, new: CellStyle) -> str:
    """What makes the terminal draw with `new`; old: None when it is not known, but no link is open."""
    link = "" if (old or PLAIN).link == new.link else f"\x1b]8;{new.link or ';'}\x1b\\"
    if old is None:
        return link + _anew(new)
    if old.codes == new.codes:
        return link
    return link + min(_anew(new), _onwards(old, new) or _anew(new), key=len)


def _anew(new: CellStyle) -> str:
    parts = _parts(new.codes)
    codes = (*parts.attributes, *(colour for colour in parts[1:] if colour not in ("39", "49")))
    return f"\x1b[0;{';'.join(codes)}m" if codes else "\x1b[m"


def _onwards(old: CellStyle, new: CellStyle) -> str:
    """Only what differs; empty when an attribute cannot be ended alone."""
    before, after = _parts(old.codes), _parts(new.codes)
    gone = set(before.attributes) - set(after.attributes)
    if gone and not set(before.attributes) <= _OFF.keys():
        return ""
    off = sorted({_OFF[code] for code in gone})
    kept = {code for code in before.attributes if _OFF.get(code) not in off}
    on = [code for code in after.attributes if code not in kept]
    colours = [new_one for old_one, new_one in zip(before[1:], after[1:], strict=True) if old_one != new_one]
    return f"\x1b[{';'.join((*off, *on, *colours))}m" if off or on or colours else ""


@lru_cache(maxsize=4096)
def can_erase(pen: CellStyle, fills: bool) -> bool:
    """Whether erasing leaves what writing blanks would. fills: the terminal erases with the background colour."""
    if pen.link or not _SEEN.isdisjoint(_parts(pen.codes).attributes):
        return False
    return fills or _parts(pen.codes).background == "49"
