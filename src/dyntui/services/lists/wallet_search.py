"""Find wallets by their address or by the email of their owner.

The list of wallets has no filter, so the users with the address or email are searched, and then their wallets.
Deleted wallets and those of deleted users are not found this way. Source: docs/vendor-api.md#filter.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row, as_object, as_objects
from dyntui.resources.users import USERS, WALLETS
from dyntui.services.lists.list_query import ListQuery
from dyntui.services.lists.row_match import Match, RowFilter

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["find_wallets"]

_MAX_OWNERS = 100
"""The number of users whose wallets are read, with one request each."""


async def find_wallets(
    client: Client, scan_users: Callable[[ListQuery], AsyncGenerator[Row, None]], text: str
) -> list[Row]:
    """Return the wallets whose address, or whose owner's email, contains `text`, without regard to case.

    scan_users: yields the users that the server finds for a query. Raises UsageError when they are too many.
    """
    owners: dict[str, None] = {}
    assert WALLETS.filter is not None
    is_email = "@" in text
    column = "email" if is_email else WALLETS.filter.owner_column
    has_email = RowFilter(text, Match.CONTAINS, ("email",))
    for value in dict.fromkeys((text, text.lower())):
        parameters = {"filterColumn": column, "filterValue": value}
        async with aclosing(scan_users(ListQuery(order=USERS.list.order, filter=parameters))) as users:
            async for user in users:
                if is_email and not has_email.fits(user):
                    continue
                owners[str(user.get("id"))] = None
                if len(owners) > _MAX_OWNERS:
                    place = "their email" if is_email else "the address of a wallet"
                    problem = f"More than {_MAX_OWNERS} users have {text!r} in {place}."
                    raise UsageError(problem, hint="Type more of it.")
    found = await asyncio.gather(*(_wallets_of(client, user_id) for user_id in owners))
    part = text.casefold()
    all_wallets = [wallet for wallets in found for wallet in wallets]
    if is_email:
        return all_wallets
    return [wallet for wallet in all_wallets if part in str(wallet.get("publicKey") or "").casefold()]


async def _wallets_of(client: Client, user_id: str) -> list[Row]:
    """Return the wallets of a user with the field `userId`, as the list of all wallets has it."""
    document = as_object(await client.call("getWalletsByUserId", path={"userId": user_id}))
    return [{"userId": user_id, **wallet} for wallet in as_objects(document.get("wallets"))]
