"""The themes of the console. Styles are in styles/*.tcss; a theme only defines their colors.

The themes of the console are written out here. Those of Textual are offered too, with their colors made readable:
`readable_theme` moves each text color towards white or black until it is readable on every background it appears on.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual.color import BLACK, WHITE, Color
from textual.theme import BUILTIN_THEMES, Theme

__all__ = [
    "DEFAULT_THEME",
    "DENSE_THEME",
    "NO_COLOR_THEME",
    "OWN_VARIABLES",
    "SELECTED_CONTRAST",
    "SIXTEEN_COLORS_THEME",
    "TEXT_CONTRAST",
    "THEMES",
    "contrast",
    "find_theme",
    "readable_theme",
    "theme_names",
]

DEFAULT_THEME = "quiet"
DENSE_THEME = "dense"
NO_COLOR_THEME = "ansi-dark"

TEXT_CONTRAST = 4.5
"""The smallest contrast of a text with its background (WCAG 2.2, 1.4.3)."""
SELECTED_CONTRAST = 3.0
"""The smallest contrast of a colored text with the background of the selected row (WCAG 2.2, 1.4.11)."""
_TARGET_CONTRAST = 4.7
"""The contrast that is aimed at, because colors are rounded."""
_STEPS = 40
_BASE_COLORS = (
    *("background", "surface", "panel", "foreground"),
    *("primary", "secondary", "accent", "warning", "error", "success"),
)

OWN_VARIABLES = {
    "calm": "#21323c",
    "calm-text": "#cfdde3",
    "live": "#8c1c2c",
    "live-text": "#ffffff",
    "live-word": "#ec7f87",
    "dim-text": "#939ba7",
    "cursor": "#2b333f",
    "cursor-blurred": "#20252d",
    "marked": "#2a2b22",
    "read": "#7fa6c9",
    "number": "#c9a9d8",
    "constant": "#d0a58c",
    "field": "#747d8c",
}
"""Variables that styles/*.tcss use in addition to those of Textual, with defaults for themes without them."""


def _theme(
    name: str, surfaces: str, colors: str, variables: dict[str, str] = OWN_VARIABLES, *, dark: bool = True
) -> Theme:
    """Return a theme.

    surfaces: background, surface, panel and foreground. colors: the others of `_BASE_COLORS`, in that order.
    """
    background, surface, panel, foreground = surfaces.split()
    primary, secondary, accent, warning, error, success = colors.split()
    return Theme(
        name=name, dark=dark, variables=variables, background=background, surface=surface, panel=panel,
        foreground=foreground, primary=primary, secondary=secondary, accent=accent, warning=warning, error=error,
        success=success,
    )  # fmt: skip


THEMES = (
    _theme(
        "quiet",
        "#15171c #1b1e24 #23272f #d8dbe1",
        "#7fa6c9 #5f7f9a #8fc1b5 #dfa94d #ec7f87 #93bf85",
    ),
    _theme(
        "dense",
        "#000000 #0c0c0e #17181b #e8e8e8",
        "#8ab4e0 #6d8fb3 #9fd8c9 #f0b64f #ff7b84 #9fd48e",
        OWN_VARIABLES | {"dim-text": "#969696", "cursor": "#26303c", "cursor-blurred": "#17181b", "marked": "#24241a"},
    ),
    _theme(
        "paper",
        "#fbfaf7 #f2f0eb #e8e5de #1d2026",
        "#1f5f99 #476c8c #0f6b5c #7d5200 #a8202f #2c6a1e",
        {
            "calm": "#d5e3ea",
            "calm-text": "#173442",
            "live": "#a8202f",
            "live-text": "#ffffff",
            "live-word": "#a8202f",
            "dim-text": "#585d66",
            "cursor": "#dde4ea",
            "cursor-blurred": "#eceae5",
            "marked": "#f3ecd2",
            "read": "#1f5f99",
            "number": "#75388f",
            "constant": "#85441f",
            "field": "#797e88",
        },
        dark=False,
    ),
)
"""The themes of the console, the first for most terminals."""

SIXTEEN_COLORS_THEME = _theme(
    "sixteen-colors",
    "#000000 #000000 #000000 #ffffff",
    "#55ffff #55ffff #55ffff #ffff55 #ff5555 #55ff55",
    {
        "calm": "#0000aa",
        "calm-text": "#ffffff",
        "live": "#aa0000",
        "live-text": "#ffffff",
        "live-word": "#ff5555",
        "dim-text": "#aaaaaa",
        "cursor": "#0000aa",
        "cursor-blurred": "#000000",
        "marked": "#000000",
        "read": "#55ffff",
        "number": "#ff55ff",
        "constant": "#ffff55",
        "field": "#aaaaaa",
    },
)
"""The theme of terminals with 16 colors: only colors that they have, because the nearest ones are often all alike."""


def theme_names() -> list[str]:
    """Return the names of all themes that are offered, those of the console first.

    The ansi themes of Textual are not: their colors are those of the terminal, so no one can say how they contrast.
    """
    return [theme.name for theme in THEMES] + sorted(name for name in BUILTIN_THEMES if not name.startswith("ansi"))


def find_theme(name: str) -> Theme:
    """Return a theme with all colors of the console: an offered one, or that for 16 colors. Raises KeyError."""
    own = next((theme for theme in (*THEMES, SIXTEEN_COLORS_THEME) if theme.name == name), None)
    return own if own is not None else readable_theme(BUILTIN_THEMES[name])


def readable_theme(theme: Theme) -> Theme:
    """Return `theme` with the variables of the console, and with every text readable on every background."""
    generated = theme.to_color_system().generate()
    found = {name: Color.parse(generated[name]) for name in _BASE_COLORS}
    background, primary, accent = found["background"], found["primary"], found["accent"]
    text_end = WHITE if theme.dark else BLACK
    # The backgrounds stay near each other: a text has to be readable on all of them.
    surface = _near(background, found["surface"])
    panel = _near(background, found["panel"])
    cursor = _tinted(background, primary, 1.35)
    blurred = _tinted(background, primary, 1.12)
    marked = _tinted(background, found["warning"], 1.2)
    backgrounds = (background, surface, panel, cursor, blurred, marked)

    def text(color: Color) -> str:
        return _lifted(color, backgrounds, text_end).hex6

    foreground = found["foreground"]
    live = _lifted(found["error"], (WHITE,), BLACK)
    calm = background.blend(primary, 0.22)
    return Theme(
        name=theme.name,
        primary=text(primary),
        secondary=text(found["secondary"]),
        accent=text(accent),
        warning=text(found["warning"]),
        error=text(found["error"]),
        success=text(found["success"]),
        foreground=text(foreground),
        background=background.hex6,
        surface=surface.hex6,
        panel=panel.hex6,
        dark=theme.dark,
        variables={
            **theme.variables,
            "calm": calm.hex6,
            "calm-text": _lifted(foreground, (calm,), text_end).hex6,
            "live": live.hex6,
            "live-text": "#ffffff",
            "live-word": text(found["error"]),
            "dim-text": text(foreground.blend(background, 0.4)),
            "cursor": cursor.hex6,
            "cursor-blurred": blurred.hex6,
            "marked": marked.hex6,
            "read": text(primary),
            "number": text(found["secondary"]),
            "constant": text(accent),
            "field": _lifted(foreground.blend(background, 0.6), backgrounds, text_end, SELECTED_CONTRAST).hex6,
        },
    )


def contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio of two opaque colors, from 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _lifted(color: Color, backgrounds: Iterable[Color], end: Color, least: float = _TARGET_CONTRAST) -> Color:
    """Return `color` moved towards `end` only as far as its contrast with all `backgrounds` needs."""
    against = tuple(backgrounds)
    for step in range(_STEPS + 1):
        moved = color.blend(end, step / _STEPS, 1)
        if all(contrast(moved, background) >= least for background in against):
            return moved
    return end


def _tinted(background: Color, color: Color, ratio: float) -> Color:
    """Return `background` with as much of `color` as a contrast of `ratio` between the two backgrounds needs."""
    for step in range(_STEPS + 1):
        moved = background.blend(color, step / _STEPS, 1)
        if contrast(moved, background) >= ratio:
            return moved
    return color


def _near(background: Color, other: Color) -> Color:
    """Return `other`, moved towards `background` when it would be another area instead of a shade of it."""
    for step in range(_STEPS + 1):
        moved = other.blend(background, step / _STEPS, 1)
        if contrast(moved, background) <= 1.25:
            return moved
    return background
