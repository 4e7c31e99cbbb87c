"""Users, and their wallets across the environment."""

from __future__ import annotations

from dyntui.core.text import shorten
from dyntui.resources.formats import age, count, flag, ident, text
from dyntui.resources.record import Column, Filter, Listing, Paging, Resource, Row

__all__ = ["USERS", "WALLETS"]


def _name(row: Row) -> str:
    return " ".join(str(row[key]) for key in ("firstName", "lastName") if row.get(key)) or str(row.get("alias") or "")


def _who(row: Row) -> str:
    return str(row.get("email") or row.get("username") or _name(row) or row.get("phoneNumber") or "")


USERS = Resource(
    name="users",
    aliases=("u", "user"),
    title="Users",
    singular="user",
    group="Users",
    list=Listing("getEnvironmentUsers", "users", Paging.OFFSET, order="createdAt-desc"),
    filter=Filter(
        "filter",
        "filterValue",
        "filterColumn",
        columns=(
            "all",
            "id",
            "walletPublicKey",
            "email",
            "alias",
            "firstName",
            "lastName",
            "phoneNumber",
            "jobTitle",
            "wallet",
            "username",
            "accountId",
        ),
        others=("chain", "filterSocialProvider"),
    ),
    columns=(
        Column("email", "email", 30, grow=True, priority=0, order="email"),
        Column(title="name", width=22, pick=_name, priority=1, order="firstName"),
        Column("username", "username", 14, priority=4, order="username"),
        Column("wallets", "wallets", 7, right=True, as_=count, priority=3),
        Column("lastVisit", "last visit", 12, as_=age, priority=2, order="lastVisit"),
        Column("createdAt", "created", 12, as_=age, priority=5, order="createdAt"),
        Column("country", "country", 7, priority=6, order="country"),
    ),
    detail="getUser",
    detail_path="userId",
    open="user",
    empty="There are no users in this environment yet. Press i to import some.",
    label=_who,
)

WALLETS = Resource(
    name="wallets",
    aliases=("w", "wallet"),
    title="Wallets",
    singular="wallet",
    group="Wallets",
    list=Listing("getWalletsByEnvironmentId", "wallets", Paging.OFFSET),
    columns=(
        Column("publicKey", "address", 14, grow=True, priority=0, as_=text),
        Column("chain", "chain", 8, priority=0),
        Column("name", "wallet", 16, priority=1),
        Column("provider", "provider", 17, priority=2),
        Column("userId", "user", 11, as_=ident, priority=1),
        Column("signInEnabled", "sign-in", 7, as_=flag, priority=5),
        Column("deletedAt", "deleted", 12, as_=age, priority=4),
        Column("createdAt", "created", 12, as_=age, priority=3),
    ),
    detail="getWalletById",
    detail_path="walletId",
    open="wallet",
    empty="There are no wallets in this environment yet.",
    label=lambda row: shorten(str(row.get("publicKey") or ""), 13),
)
