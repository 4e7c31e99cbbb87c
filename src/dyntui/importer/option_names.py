"""The options that messages about a file or a mapping name: the command line's, or their place in the import wizard."""

from __future__ import annotations

from collections.abc import Mapping

from dyntui.core.interface import by_interface

__all__ = ["option"]

_IN_THE_WIZARD: Mapping[str, str] = {
    "--encoding": "“encoding” in the Parse step",
    "--header-row": "“header row” in the Parse step",
    "--records": "“records” in the Parse step",
    "--sheet": "“sheet” in the Parse step",
    "--date-format": "the transforms of the column ({map.transforms} in the Map step)",
    "--include": "the line of the rule in the Map step ({map.choose})",
    "--on-invalid": "“refused values” in the Map step ({map.on_invalid})",
    "--region": "“phone country” in the Map step ({map.region})",
    "--wallet-chain": "“wallets” in the Map step ({map.wallets})",
    "--wallet-name": "“wallets” in the Map step ({map.wallets})",
}
"""Option -> where the wizard has it."""


def option(name: str, value: str = "") -> str:
    """Return how to name an option in a message, such as `--header-row 0` or `“header row” in the Parse step`.

    value: what to give on the command line.
    """
    return by_interface(f"{name} {value}".rstrip(), _IN_THE_WIZARD[name])
