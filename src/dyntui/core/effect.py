"""What an action does to the environment. Each action declares it; the default is WRITE."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Effect"]


class Effect(StrEnum):
    """READ changes nothing; DESTRUCTIVE removes something or ends access; any other effect is WRITE."""

    READ = "read"
    WRITE = "write"
    DESTRUCTIVE = "destructive"
