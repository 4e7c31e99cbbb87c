"""`dyntui --version`: the versions that a report of a problem needs. Textual is not imported for it."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import TYPE_CHECKING

from dyntui import __version__
from dyntui.api.catalog import catalog

if TYPE_CHECKING:
    from dyntui.cli.context import CliContext

__all__ = ["print_versions"]


def print_versions(context: CliContext) -> None:
    """Print one line for each version, or one object with --json."""
    operations = catalog()
    versions = {
        "dyntui": __version__,
        "python": platform.python_version(),
        "textual": version("textual"),
        "catalog": operations.client_version,
        "api": operations.version,
    }
    for name, text in versions.items():
        context.print_result(f"{name} {text}")
    context.print_data(versions)
