"""`dyntui tokens` and `dyntui members`: groups with the commands of their records and no others."""

from __future__ import annotations

from dyntui.cli.resource_commands import make_resource_group

__all__ = ["members", "tokens"]

tokens = make_resource_group("tokens", "List, create and delete API tokens of the environment.")
members = make_resource_group("members", "List, edit and remove members of the organization.")
