"""What an action does to the environment. Everything that can be done says so, and what says nothing is a write."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Effect"]


class Effect(StrEnum):
    """READ changes nothing; DESTRUCTIVE removes something or cuts somebody off; anything else is WRITE."""

    READ = "read"
    WRITE = "write"
    DESTRUCTIVE = "destructive"
