"""The API client: one method calls any operation of the catalog; resource objects wrap those that screens use.

async with Client(base_url, environment_id, token) as client:
    user = await client.users.get(user_id)
    events = await client.call("getEnvironmentEvents", query={"resourceType": "user"})
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Self

from dyntui.api.catalog import Catalog, Operation, catalog
from dyntui.api.errors import ApiProblem, BadResponse, Conflict, MaskedValue, NotFound, WriteRefused, request_id_of
from dyntui.api.filter_forms import FilterForm, FilterForms, FilterReader, search_parameter
from dyntui.api.pagination import MAX_LIMIT, RowPage, page_from
from dyntui.api.permit import PreparedRequest, WritePermit
from dyntui.api.rate_limiter import RateLimiters
from dyntui.api.request_log import RequestLog
from dyntui.api.resources import AllowlistsResource, ApiResource
from dyntui.api.transport import BULK_TIMEOUT, READ_TIMEOUT, ApiResponse, AsgiApp, Transport
from dyntui.core.errors import UsageError
from dyntui.core.ids import quote_segment
from dyntui.core.json_types import Json, Row, as_object
from dyntui.core.masking import HIDDEN, contains_mask
from dyntui.core.strict_json import dump_json, load_json
from dyntui.core.text import without_surrogates

if TYPE_CHECKING:
    from dyntui.api.models import Allowlist, Export, Gate, User, Wallet, Webhook

__all__ = ["Client", "OnWrite", "WritePermit"]

OnWrite = Callable[[str, Mapping[str, object], bytes | None], None]
"""Gets operation id, path values and response body. Called after each write that reached the server, or may have.

Without path values and a body (None) when the server accepted the write and has not done it yet.
"""


class Client:
    """An async client of one environment. It belongs to one event loop.

    rate_limiters, log, filter_forms: shared by the clients of the process.
    app: an ASGI application to call instead of the network. ca_file: certificates to trust instead of the system's.
    read_only: refuse every write, with a permit or without. on_write: called after each write.
    """

    def __init__(
        self,
        base_url: str,
        environment_id: str,
        token: str,
        *,
        read_only: bool = False,
        app: AsgiApp | None = None,
        ca_file: str = "",
        rate_limiters: RateLimiters | None = None,
        log: RequestLog | None = None,
        filter_forms: FilterForms | None = None,
        on_write: OnWrite | None = None,
    ) -> None:
        self._on_write = on_write
        self.environment_id = environment_id
        self.read_only = read_only
        self._write_refusal = "This environment is read-only here"
        self.rate_limiters = rate_limiters or RateLimiters()
        self.log = log or RequestLog()
        self.filter_forms = filter_forms or FilterForms()
        self._filter_reader = FilterReader(self.filter_forms)
        self.catalog: Catalog = catalog()
        self._transport = Transport(base_url, token, log=self.log, app=app, ca_file=ca_file)
        users, wallets = ("getEnvironmentUsers", "users"), ("getWalletsByEnvironmentId", "wallets")
        allowlists = ("getAllowlistsByEnvironmentId", "allowlists")
        self.users: ApiResource[User] = ApiResource(self, "User", users, "getUser", MAX_LIMIT)
        self.wallets: ApiResource[Wallet] = ApiResource(self, "Wallet", wallets, "getWalletById", MAX_LIMIT)
        self.allowlists: AllowlistsResource[Allowlist] = AllowlistsResource(
            self, "Allowlist", allowlists, "getAllowlistsById"
        )
        self.gates: ApiResource[Gate] = ApiResource(self, "Gate", ("getEnvironmentGates", "gates"), "getGate")
        self.webhooks: ApiResource[Webhook] = ApiResource(self, "Webhook", ("getWebhooks", "data"), "getWebhook")
        self.exports: ApiResource[Export] = ApiResource(
            self, "Export", ("getEnvironmentExports", "exports"), "getExportById"
        )

    def __repr__(self) -> str:
        return f"Client({self._transport.base_url!r}, {self.environment_id!r})"

    @property
    def base_url(self) -> str:
        return self._transport.base_url

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def refuse_writes(self, reason: str) -> None:
        """Refuse every write from now on. reason: a sentence without its period."""
        self.read_only = True
        self._write_refusal = reason

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def call(
        self,
        operation_id: str,
        *,
        path: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        permit: WritePermit | None = None,
        timeout: float | None = None,
    ) -> Json:
        """Call an operation of the catalog and return the decoded response; None when it has no body.

        path: path values by name; `environmentId` is filled in. query: lists repeat, mappings become `name[key]=value`,
        or `key=value` on a server that understands filters so.
        body: the value to send as JSON. permit: required for every operation that does not only read.
        Raises an ApiProblem, or Usage when the operation, a path value or a query name does not exist.
        """
        answer = await self.send(
            self.catalog.get(operation_id),
            path=path,
            query=query,
            content=dump_json(body) if body is not None else None,
            headers=headers,
            permit=permit,
            timeout=timeout,
        )
        return decode(answer)

    async def send(
        self,
        operation: Operation,
        *,
        path: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        permit: WritePermit | None = None,
        timeout: float | None = None,
    ) -> ApiResponse:
        """Call an operation with an encoded body and return the raw response. Otherwise like `call`.

        A filter is sent in the form that the server understands; FilterUnsupported when there is none. With a permit
        for a preview nothing is sent, and the response is an empty object.
        """
        if operation.reads and query and (parameter := search_parameter(operation, query)) is not None:

            async def send_form(query: Mapping[str, object], form: FilterForm) -> ApiResponse:
                return await self._send(operation, path, query, headers=headers, timeout=timeout, form=form)

            return await self._filter_reader.read(operation, parameter, query, send_form)
        return await self._send(operation, path, query, content, headers, permit, timeout)

    async def _send(
        self,
        operation: Operation,
        path: Mapping[str, object] | None,
        query: Mapping[str, object] | None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        permit: WritePermit | None = None,
        timeout: float | None = None,
        form: FilterForm = FilterForm.DEEP_OBJECT,
    ) -> ApiResponse:
        if not operation.reads:
            if self.read_only and (permit is None or permit.prepared is None):
                raise WriteRefused(f"{self._write_refusal}; nothing was sent.", hint="Leave read-only mode first.")
            if permit is None:
                raise WriteRefused(f"{operation.id} changes data and was not confirmed; nothing was sent.")
            if permit.operations and operation.id not in permit.operations:
                names = ", ".join(sorted(permit.operations))
                raise WriteRefused(f"{operation.id} was not confirmed: {permit.action} calls {names}.")
            _refuse_mask(operation, content)
        url_path, url_query = self._path(operation, path or {}), _query(operation, query or {}, form)
        if permit is not None and permit.prepared is not None:
            permit.prepared.append(PreparedRequest(operation.id, operation.method, url_path, url_query, content or b""))
            return ApiResponse(200, {}, b"{}", 0.0, reads=operation.reads)
        bulk = operation.id == "bulkCreateUser"
        try:
            answer = await self._transport.request(
                operation.method,
                url_path,
                operation=operation.id,
                query=url_query,
                content=content,
                timeout=timeout or (BULK_TIMEOUT if bulk else READ_TIMEOUT),
                rate_limiters=self.rate_limiters.for_operation(operation.id),
                reads=operation.reads,
                headers=headers,
                before_send=permit.begin_request if permit is not None else None,
            )
        except (ApiProblem, asyncio.CancelledError) as problem:
            # After 404 and 409 the server's state differs from what was shown.
            if getattr(problem, "maybe_applied", True) or isinstance(problem, (NotFound, Conflict)):
                self._wrote(operation, (path or {}) if isinstance(problem, NotFound) else {})
            raise
        if is_accepted := answer.status == HTTPStatus.ACCEPTED:
            self._wrote(operation, {}, None)  # rows are as they were
        else:
            self._wrote(operation, path or {}, answer.body)
        if permit is not None and is_accepted:
            permit.accepted.append(operation.id)
        if permit is not None and (request_id := request_id_of(answer.headers)):
            permit.request_ids.append(request_id)
        return answer

    def _wrote(self, operation: Operation, path: Mapping[str, object], body: bytes | None = b"") -> None:
        if self._on_write is not None and not operation.reads:
            self._on_write(operation.id, path, body)

    async def page(
        self, operation_id: str, items: str, *, path: Mapping[str, object] | None = None, **query: object
    ) -> RowPage:
        """Read one page of a list operation; `items` is the name of the rows in the response ("" for a bare array)."""
        sent_query = {name: value for name, value in query.items() if value is not None}
        return page_from(await self.call(operation_id, path=path, query=sent_query), items)

    async def introspect(self) -> Row | None:
        """Describe this token (`GET /tokens/me`); None on a server without that endpoint.

        Source: docs/vendor-api.md#introspection.
        """
        try:
            answer = await self._transport.request(
                "GET",
                "/tokens/me",
                operation="introspectToken",
                rate_limiters=(self.rate_limiters.default,),
                reads=True,
            )
        except NotFound:
            return None
        return as_object(as_object(decode(answer)).get("token")) or None

    def _path(self, operation: Operation, values: Mapping[str, object]) -> str:
        known = {"environmentId": self.environment_id, **values}
        if known["environmentId"] not in (None, "", self.environment_id):
            raise UsageError(
                f"{known['environmentId']} is not the environment of this connection, {self.environment_id}.",
                hint="Use its own profile (--profile NAME), or --environment-id.",
            )
        names = operation.path_names
        if missing := [name for name in names if known.get(name) in (None, "")]:
            raise UsageError(f"{operation.id} needs {', '.join(missing)}.", hint=f"Its path is {operation.path}.")
        if unknown := [name for name in values if name not in names and name != "environmentId"]:
            raise UsageError(f"{operation.id} has no {', '.join(unknown)} in its path {operation.path}.")
        out = operation.path
        for name in names:
            out = out.replace("{" + name + "}", quote_segment(str(known[name]), name))
        return out


def decode(answer: ApiResponse) -> Json:
    """Return the JSON of a response; None for an empty one. Raises BadResponse when the body is not JSON."""
    if not answer.body.strip():
        return None
    try:
        return load_json(answer.body)
    except ValueError:
        kind = "a web page" if b"<html" in answer.body[:1000].lower() else "no JSON"
        raise BadResponse(
            f"The server answered {answer.status} with {kind}.",
            hint="Is a proxy in between?",
        ).sent(reads=answer.reads) from None


def _refuse_mask(operation: Operation, content: bytes | None) -> None:
    """Raise MaskedValue when the body of a write has the text that is shown in place of a secret."""
    if content is not None and HIDDEN.encode() in content and contains_mask(load_json(content)):
        raise MaskedValue(
            f"The request of {operation.id} contains {HIDDEN!r}, which stands for a secret; nothing was sent.",
            hint="Give the value itself, or leave the field out.",
        )


def _query(operation: Operation, values: Mapping[str, object], form: FilterForm) -> list[tuple[str, str]]:
    known = {parameter.name for parameter in operation.parameters if parameter.where == "query"}
    out: list[tuple[str, str]] = []
    for name, value in values.items():
        if name not in known and operation.in_catalog:
            names = ", ".join(sorted(known)) or "none"
            raise UsageError(f"{operation.id} has no query parameter {name!r}.", hint=f"Query parameters: {names}.")
        if isinstance(value, Mapping):
            template = "{key}" if form is FilterForm.FORM else f"{name}[{{key}}]"
            out += [(template.format(key=key), _text(part)) for key, part in value.items() if part is not None]
        elif isinstance(value, (list, tuple)):
            out += [(name, _text(part)) for part in value]
        elif value is not None:
            out.append((name, _text(value)))
    return out


def _text(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if text != without_surrogates(text):
        raise UsageError(f"{text!r} is not Unicode text and cannot be sent.", hint="Is the terminal set to UTF-8?")
    return text
