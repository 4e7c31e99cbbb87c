"""The filter line, as every list understands it."""

from __future__ import annotations

from dyntui.resources.filters import filter_hint, parse_filter

__all__ = ["filter_hint", "parse_filter"]
