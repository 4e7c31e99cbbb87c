"""The handlers of the operations, one module for each group of the API."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

__all__ = ["load"]


def load() -> None:
    """Import all modules of the package, which register their handlers."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
