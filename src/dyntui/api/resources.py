"""Typed access to the resources that screens use: each method calls one operation of the catalog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from dyntui.api.pagination import MAX_LIMIT, Page

if TYPE_CHECKING:
    from dyntui.api.models import (
        Allowlist,
        AllowlistEntry,
        BulkResult,
        CreatedToken,
        Environment,
        Session,
        User,
        Wallet,
    )
    from dyntui.api.permit import WritePermit

__all__ = [
    "AllowlistsResource",
    "EnvironmentsResource",
    "SessionsResource",
    "TokensResource",
    "UsersResource",
    "WalletsResource",
]


class OperationCaller(Protocol):
    """The methods of the client that the resources use."""

    async def call(
        self,
        operation_id: str,
        *,
        path: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        body: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        permit: WritePermit | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Call an operation of the catalog."""

    async def page(
        self, operation_id: str, items: str, *, path: Mapping[str, object] | None = None, **query: object
    ) -> Page:
        """Read one page of a list."""


class ApiResource:
    """A resource of the API, reached through a client."""

    def __init__(self, client: OperationCaller) -> None:
        self._client = client


class UsersResource(ApiResource):
    """The users of the environment."""

    async def list(
        self,
        *,
        offset: int = 0,
        limit: int = MAX_LIMIT,
        order: str | None = None,
        filter: Mapping[str, str] | None = None,
        include_sessions: bool | None = None,
    ) -> Page:
        """Read a page of raw users. order: `COLUMN-asc|desc`; filter: filterValue, filterColumn, chain, ...

        Source: docs/vendor-api.md#filter.
        """
        return await self._client.page(
            "getEnvironmentUsers",
            "users",
            offset=offset,
            limit=limit,
            orderBy=order,
            filter=filter or None,
            includeSessions=include_sessions,
        )

    async def get(self, user_id: str) -> User:
        """Read one user with all details."""
        from dyntui.api.models import User

        return User.of(await self.get_raw(user_id), "user")

    async def get_raw(self, user_id: str) -> Any:
        """Read one user as the server sent it."""
        return await self._client.call("getUser", path={"userId": user_id})

    async def create(self, fields: Mapping[str, Any], permit: WritePermit) -> User:
        """Create one user; `fields` may contain an `id` to create it under.

        Source: docs/vendor-api.md#create-update-and-delete.
        """
        from dyntui.api.models import User

        return User.of(await self._client.call("createUser", body=dict(fields), permit=permit), "user")

    async def update(self, user_id: str, fields: Mapping[str, Any], permit: WritePermit) -> User:
        """Change profile fields and metadata; the email cannot be changed."""
        from dyntui.api.models import User

        answer = await self._client.call("updateUser", path={"userId": user_id}, body=dict(fields), permit=permit)
        return User.of(answer, "user")

    async def delete(self, user_id: str, permit: WritePermit) -> None:
        """Delete a user permanently. The wallet records remain."""
        await self._client.call("deleteUser", path={"userId": user_id}, permit=permit)

    async def bulk(
        self, rows: Any, permit: WritePermit, *, upsert: bool = False, content: bytes | None = None
    ) -> BulkResult:
        """Create many users; with `upsert` also update them.

        rows: JSON objects, or None when `content` has them encoded.
        """
        from dyntui.api.models import BulkResult

        answer = await self._client.call(
            "bulkCreateUser", query={"upsert": upsert}, body=rows, content=content, permit=permit
        )
        return BulkResult.of(answer)

    async def revoke_sessions(self, user_id: str, permit: WritePermit) -> None:
        """End all sessions of a user."""
        await self._client.call("revokeUserSessions", path={"userId": user_id}, permit=permit)


class WalletsResource(ApiResource):
    """Wallets of the environment and of a user."""

    async def list(self, *, offset: int = 0, limit: int = MAX_LIMIT) -> Page:
        """Read a page of raw wallet details of the environment."""
        return await self._client.page("getWalletsByEnvironmentId", "wallets", offset=offset, limit=limit)

    async def of_user(self, user_id: str) -> Sequence[Wallet]:
        """Read all wallets of a user."""
        from dyntui.api.models import Wallet

        page = await self._client.page("getWalletsByUserId", "wallets", path={"userId": user_id})
        return [Wallet.of(row) for row in page.rows]

    async def get(self, wallet_id: str) -> Wallet:
        from dyntui.api.models import Wallet

        return Wallet.of(await self._client.call("getWalletById", path={"walletId": wallet_id}), "wallet")

    async def delete(self, wallet_id: str, permit: WritePermit) -> None:
        """Delete a wallet. `recover` recovers the deleted wallets of a user."""
        await self._client.call("deleteWalletById", path={"walletId": wallet_id}, permit=permit)

    async def recover(self, user_id: str, permit: WritePermit) -> Any:
        """Recover the deleted wallets of a user."""
        return await self._client.call("recoverDeletedWalletsWithEnvironment", body={"userId": user_id}, permit=permit)


class SessionsResource(ApiResource):
    """Sessions. Those of one user are part of the user."""

    async def get(self, user_id: str, session_id: str) -> Session:
        from dyntui.api.models import Session

        return Session.of(await self._client.call("getSessionById", path={"userId": user_id, "sessionId": session_id}))

    async def revoke(self, session_id: str, permit: WritePermit) -> Session:
        from dyntui.api.models import Session

        return Session.of(await self._client.call("revokeSessionById", path={"sessionId": session_id}, permit=permit))


class AllowlistsResource(ApiResource):
    """Allowlists and their entries."""

    async def list(self) -> list[Allowlist]:
        """Read all lists; the API does not page them."""
        from dyntui.api.models import Allowlist

        return [
            Allowlist.of(row) for row in (await self._client.page("getAllowlistsByEnvironmentId", "allowlists")).rows
        ]

    async def get(self, allowlist_id: str) -> Allowlist:
        from dyntui.api.models import Allowlist

        return Allowlist.of(await self._client.call("getAllowlistsById", path={"allowlistId": allowlist_id}))

    async def entries(
        self,
        allowlist_id: str,
        *,
        offset: int = 0,
        limit: int = MAX_LIMIT,
        order: str | None = None,
        query: str | None = None,
    ) -> Page:
        """Read a page of raw entries. query: the free-text search of the server."""
        return await self._client.page(
            "getEntriesByAllowlistId",
            "entries",
            path={"allowlistId": allowlist_id},
            offset=offset,
            limit=limit,
            orderBy=order,
            query=query or None,
        )

    async def add(self, allowlist_id: str, entry: Mapping[str, Any], permit: WritePermit) -> AllowlistEntry:
        """Add one entry; a duplicate is Invalid with code `allowlist_entry_already_exists`."""
        from dyntui.api.models import AllowlistEntry

        answer = await self._client.call(
            "postEntryByAllowlistId", path={"allowlistId": allowlist_id}, body=dict(entry), permit=permit
        )
        return AllowlistEntry.of(answer, "entry")

    async def remove(self, entry_id: str, permit: WritePermit) -> None:
        await self._client.call("deleteAllowlistEntryById", path={"allowlistEntryId": entry_id}, permit=permit)


class EnvironmentsResource(ApiResource):
    """The environment itself."""

    async def get(self) -> Environment:
        from dyntui.api.models import Environment

        return Environment.of(await self._client.call("getEnvironmentById"))


class TokensResource(ApiResource):
    """API tokens of the environment."""

    async def list(self) -> Page:
        return await self._client.page("getTokens", "tokens")

    async def create(self, note: str, scopes: Sequence[str], permit: WritePermit) -> CreatedToken:
        """Create a token. Only this response contains its value."""
        from dyntui.api.models import CreatedToken

        answer = await self._client.call("postToken", body={"note": note, "scopes": list(scopes)}, permit=permit)
        return CreatedToken.of(answer, "token")
