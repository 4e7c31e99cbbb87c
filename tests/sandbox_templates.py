"""Sandboxes in memory that start from the database of an earlier one with the same options: 10 ms less for each."""

from __future__ import annotations

import threading
from pathlib import Path
from unittest.mock import patch

from dyntui.sandbox import sandbox, state
from dyntui.sandbox.clock import Clock
from dyntui.sandbox.options import SandboxOptions
from dyntui.sandbox.sample_users import start_of_hour_ms
from dyntui.sandbox.store import Store

__all__ = ["templates"]

_MOST_USERS = 1000


class Templates:
    """Keeps the databases. After `install`, sandboxes are made from them while `enabled`."""

    def __init__(self) -> None:
        self.enabled = True
        self._databases: dict[object, bytes] = {}
        self._local = threading.local()

    def install(self) -> None:
        """Make every sandbox of this process from a template if there is one, or into a template."""
        create = sandbox.Sandbox.__init__

        def init(made: sandbox.Sandbox, options: SandboxOptions) -> None:
            if not self.enabled or options.data is not None or options.users > _MOST_USERS:
                create(made, options)
                return
            hour = start_of_hour_ms(Clock(options.now).datetime())
            key = (options.users, options.seed, hour, tuple(options.flags.items()), options.scopes, options.empty)
            self._local.database = self._databases.get(key)
            try:
                create(made, options)
            finally:
                self._local.database = None
            if made.is_new:
                self._databases[key] = made.store.db.serialize()

        def make_store(path: Path | None = None) -> Store:
            store = Store(path)
            if database := getattr(self._local, "database", None):
                store.db.deserialize(database)
            return store

        patch.object(sandbox.Sandbox, "__init__", init).start()
        patch.object(state, "Store", make_store).start()


templates = Templates()
