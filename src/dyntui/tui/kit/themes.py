"""The themes of dyntui. Styles are in styles/*.tcss; a theme only defines their colors."""

from __future__ import annotations

from textual.theme import Theme

__all__ = ["DEFAULT_THEME", "DENSE_THEME", "NO_COLOR_THEME", "OWN_VARIABLES", "THEMES"]

DEFAULT_THEME = "quiet"
DENSE_THEME = "dense"
NO_COLOR_THEME = "ansi-dark"

OWN_VARIABLES = {
    "calm": "#21323c",
    "calm-text": "#cfdde3",
    "live": "#8c1c2c",
    "live-text": "#ffffff",
    "dim-text": "#858d99",
    "cursor": "#2b333f",
    "cursor-blurred": "#20252d",
}
"""Variables that styles/*.tcss use in addition to those of Textual, with defaults for themes without them."""

THEMES = (
    Theme(
        name="quiet",
        primary="#7fa6c9",
        secondary="#5f7f9a",
        accent="#8fc1b5",
        warning="#dfa94d",
        error="#e2727a",
        success="#93bf85",
        foreground="#d8dbe1",
        background="#15171c",
        surface="#1b1e24",
        panel="#23272f",
        dark=True,
        variables=OWN_VARIABLES,
    ),
    Theme(
        name="dense",
        primary="#8ab4e0",
        secondary="#6d8fb3",
        accent="#9fd8c9",
        warning="#f0b64f",
        error="#ff7b84",
        success="#9fd48e",
        foreground="#e8e8e8",
        background="#000000",
        surface="#0c0c0e",
        panel="#17181b",
        dark=True,
        variables=OWN_VARIABLES | {"dim-text": "#909090", "cursor": "#26303c", "cursor-blurred": "#17181b"},
    ),
)
