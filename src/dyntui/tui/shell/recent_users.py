"""The users that the jump bar suggests: those that were opened, also before this start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from dyntui.config.flags import cache_off
from dyntui.core.errors import DyntuiError
from dyntui.resources.users import USERS
from dyntui.tui.kit.workers import run_in_thread

if TYPE_CHECKING:
    from textual.dom import DOMNode

    from dyntui.services.connection import Connection
    from dyntui.tui.shell.console_state import ConsoleState

__all__ = ["labeled_users", "load_recent_users", "record_deleted_users", "record_opened_user"]


def load_recent_users(connection: Connection) -> Mapping[str, str]:
    """Return the stored recent users of an environment. Reads the disk, so call it in a thread."""
    from dyntui.config.recent_users import recent_users

    if not _is_stored(connection):
        return {}
    try:
        return recent_users(connection.profile)
    except DyntuiError:
        return {}  # recent users are a convenience; writes report a state folder that cannot be used


def record_opened_user(node: DOMNode, session: ConsoleState, user_id: str, label: str) -> None:
    """Add a user to the recent ones, and store them in a thread of `node`."""
    from dyntui.config.recent_users import remember_user

    is_last = [*session.recent.items()][-1:] == [(user_id, label)]
    session.opened_user(user_id, label)
    connection = session.connection
    if connection is not None and _is_stored(connection) and not is_last:
        _store(node, partial(remember_user, connection.profile, user_id, label))


def record_deleted_users(node: DOMNode, session: ConsoleState, user_ids: Sequence[str]) -> None:
    """Remove deleted users from the recent ones."""
    from dyntui.config.recent_users import forget_users

    known = tuple(user_id for user_id in user_ids if session.recent.pop(user_id, None) is not None)
    connection = session.connection
    if known and connection is not None and _is_stored(connection):
        _store(node, partial(forget_users, connection.profile, known))


def labeled_users(session: ConsoleState) -> Sequence[tuple[str, str]]:
    """Return ids and labels of the recent users, the last one first.

    A label that is not stored is taken from the rows that lists have loaded; a user without one has the id as label.
    """
    unlabeled = [user_id for user_id, label in session.recent.items() if not label]
    if unlabeled and session.rows is not None:
        for user_id, row in zip(unlabeled, session.rows.rows(USERS.name, unlabeled), strict=True):
            if row is not None:
                session.recent[user_id] = USERS.label_of(row)
    return [(user_id, label or user_id) for user_id, label in reversed(session.recent.items())]


def _is_stored(connection: Connection) -> bool:
    """Return whether the recent users are stored: not those of the demo, and not without the row cache."""

    return connection.app is None and not cache_off()


def _store(node: DOMNode, work: partial[None]) -> None:
    def ignore(error: DyntuiError) -> None:
        """Recent users are a convenience; writes report a state folder that cannot be used."""

    run_in_thread(node, work, lambda _: None, ignore, group="recent-users")
