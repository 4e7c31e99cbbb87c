"""`Sandbox`: handles a request through route, token, scope, schema and handler. `app` is the caller."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from hashlib import sha256
from typing import TYPE_CHECKING

import orjson

from dyntui.api.catalog import catalog
from dyntui.api.token_scopes import ORGANIZATION, is_public, required_scope
from dyntui.sandbox import operations, sample_configuration, sample_history
from dyntui.sandbox.api_tokens import PERSONAL_TOKENS, public_token
from dyntui.sandbox.handler_registry import CHECKS_ITS_BODY, HANDLERS, Handler, OperationCall
from dyntui.sandbox.hostile_payloads import inject_payloads
from dyntui.sandbox.options import SandboxOptions
from dyntui.sandbox.replies import Reply, RequestRefused, bad_request, forbidden, not_found
from dyntui.sandbox.request_parameters import check_ids, parse_query
from dyntui.sandbox.schema_validation import body_violations
from dyntui.sandbox.state import SandboxState
from dyntui.sandbox.store import Document
from dyntui.sandbox.unsupported_operations import unsupported_reason

if TYPE_CHECKING:
    from dyntui.api.catalog import Operation

__all__ = ["Sandbox"]

operations.load()

_ANY_ENVIRONMENT_OPERATIONS = frozenset({"getEnvironmentById", "updateProjectSettings"})


class Sandbox(SandboxState):
    """The server behind one base URL. Thread-safe.

    A client needs `environment_id` and `token`. Tests also use `store`, `users`, `flags`, `faults`, `clock`.
    """

    def __init__(self, options: SandboxOptions) -> None:
        super().__init__(options)
        self.requests: Counter[str] = Counter()
        self._tokens: tuple[int, dict[str, Document]] = (-1, {})
        self._delayed: set[threading.Timer] = set()
        self._delayed_lock = threading.Lock()
        self._number = 0
        if self.is_new:
            with self.store.write():
                self.users.insert_sample_users()
                sample_configuration.create_configuration(self)
                if not options.empty:
                    sample_history.create_history(self)
                for name, value in (("seed", self.seed), ("users", self.user_count), ("newest", self.newest_ms)):
                    self.store.set_meta(name, str(value))
        self.store.make_indexes()
        self.webhooks.resume()

    def flush(self) -> None:
        """Run the delayed requests now, and wait for those that are running."""
        for timer in list(self._delayed):
            timer.cancel()
            timer.function()

    def close(self) -> None:
        """Run the delayed requests and close the state."""
        self.flush()
        self.webhooks.close()
        self.exports.close()
        self.store.close()

    def request_id(self) -> str:
        """Return the next value of the x-request-id header."""
        with self.store.lock:
            self._number += 1
            return self.ids.uuid(f"request {self._number}")

    def run_delayed(self, delay_s: float, work: Callable[[], object]) -> None:
        """Call `work` after a delay, in a thread that does not depend on the caller."""

        def run() -> None:
            # Once, by the timer or by `flush`; it counts as delayed until it is done.
            with self._delayed_lock:
                if timer in self._delayed:
                    try:
                        work()
                    finally:
                        self._delayed.discard(timer)

        timer = threading.Timer(delay_s, run)
        timer.daemon = True
        self._delayed.add(timer)
        timer.start()

    @property
    def pending(self) -> int:
        """The number of delayed requests that are not done."""
        return len(self._delayed)

    def handle(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Handle one request and return the reply. `path` is below the base path and quoted."""
        try:
            reply = self._handle(method, path, query, headers, body)
        except RequestRefused as refusal:
            reply = refusal.reply
        if self.options.hostile and not path.endswith("/users/bulk"):
            return Reply(reply.status, inject_payloads(reply.body), reply.headers)
        return reply

    def _handle(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Reply:
        path = f"/{path.strip('/')}"
        if method == "GET" and path == "/tokens/me" and self.flags.on("tokens-me"):
            self.requests["tokens/me"] += 1
            return Reply(200, {"token": public_token(self._authenticate(headers))})
        found = catalog().match(method, path)
        if found is None:
            if others := catalog().methods(path):
                raise RequestRefused(Reply(405, {"error": f"{method} is not allowed"}, {"allow": ", ".join(others)}))
            raise not_found("Path")
        operation, values = found
        if operation.newer and not self.flags.on("newer-operations"):
            raise not_found("Path")
        self.requests[operation.id] += 1
        handler = HANDLERS.get(operation.id)
        if handler is None:
            message = f"Not implemented: {operation.id} is an end-user operation, and {unsupported_reason(operation)}."
            raise RequestRefused(Reply(501, {"error": message}))
        token = {} if is_public(operation) else self._authenticate(headers)
        check_ids(values, self.flags)
        if token:
            self._authorize(token, operation, values)
        elif values.get("environmentId", self.environment_id) != self.environment_id:
            raise not_found("Environment")
        host = headers.get("host", "localhost")
        call = OperationCall(self, operation, values, parse_query(operation, query, self.flags), None, token, host)
        if operation.body is not None:
            call.body = self._body(call, body)
        if token and self._needs_approval(operation):
            if self.flags["approvals"] != "denied":
                self.run_delayed(
                    self.flags.number("accepted-delay-ms") / 1000, lambda: self._apply_approved(handler, call)
                )
            return Reply(202, {"message": "The request was accepted and has to be approved"})
        result = self._call(handler, call)
        reply = result if isinstance(result, Reply) else Reply(204 if result is None else 200, result)
        documented = [code for code in operation.responses if code.startswith("2")]
        if len(documented) == 1 and 200 <= reply.status < 300:
            return Reply(int(documented[0]), reply.body, reply.headers)
        return reply

    def _call(self, handler: Handler, call: OperationCall) -> object:
        with self.store.lock, nullcontext() if call.operation.reads else self.store.write():
            result = handler(call)
        self.webhooks.wake()
        return result

    def _needs_approval(self, operation: Operation) -> bool:
        """Return whether a write is only accepted, and done later."""
        approvals = self.flags["approvals"]
        if operation.reads or approvals == "off" or operation.responses[:1] == ("202",):
            return False
        return approvals != "destructive" or operation.destructive

    def _apply_approved(self, handler: Handler, call: OperationCall) -> None:
        """Do an accepted write. A refusal then is not reported."""
        with suppress(RequestRefused):
            self._call(handler, call)

    def _authenticate(self, headers: Mapping[str, str]) -> Document:
        scheme, _, raw = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not raw:
            raise RequestRefused(Reply(401, {"error": "No authorization token was found"}))
        with self.store.lock:
            version = self.store.kind_version("tokens")
            if self._tokens[0] != version:
                tokens = [*self.store.all("tokens"), *self.store.all("tokens", PERSONAL_TOKENS)]
                self._tokens = (version, {token["hash"]: token for token in tokens})
            token = self._tokens[1].get(sha256(raw.strip().encode()).hexdigest())
        if token is None:
            raise RequestRefused(Reply(401, {"error": "Invalid token"}))
        return token

    def _authorize(self, token: Document, operation: Operation, values: Mapping[str, str]) -> None:
        is_personal = token["person"] or self.flags.on("organization-access")
        environment = values.get("environmentId", token["projectEnvironmentId"])
        if environment != token["projectEnvironmentId"] and not (
            is_personal and self._has_settings(operation, environment)
        ):
            error = {"code": "forbidden", "message": "The token may not access this environment"}
            raise RequestRefused(Reply(403, {"error": error, "payload": {}}))
        scope = required_scope(operation)
        if scope == ORGANIZATION:
            if not is_personal:
                raise forbidden("an environment token does not reach organizations and projects")
        elif scope and scope not in token["scopes"]:
            raise forbidden(f"the token lacks the scope {scope}")

    def _has_settings(self, operation: Operation, environment: str) -> bool:
        """Return whether an operation is allowed on another environment, which has settings but no users."""
        with self.store.lock:
            return (
                operation.id in _ANY_ENVIRONMENT_OPERATIONS and self.store.get("environments", environment) is not None
            )

    def _body(self, call: OperationCall, body: bytes) -> object:
        if call.operation.id == "bulkCreateUser" and 0 < self.flags.number("bulk-max-bytes") < len(body):
            raise RequestRefused(Reply(413, {"error": "request entity too large"}))
        if not body:
            if call.operation.body_required:
                raise bad_request("request must have a body")
            return None
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise bad_request(f"body is not JSON: {error}") from None
        if call.operation.id not in CHECKS_ITS_BODY:
            for violation in body_violations(call.operation, value, **self.strictness):
                raise bad_request(violation.message)
        return value
