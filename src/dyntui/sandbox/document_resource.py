"""Operations that are alike, made from one description each: list, create, get, update, delete, enable, disable.

GATES = Crud(kind="gates", title="Gate", path="gateId", resource="gate", list_as="gates", check=refuse_gate)
GATES.serve(list="getEnvironmentGates", create="createGate", get="getGate", ...)

A document is what the API shows unless `show` says otherwise; it is enabled when it has `enabledAt`. One of a kind
(the test account, the name service of a chain) has `locate`: its id follows from the path, and it is made once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.replies import Reply, invalid, not_found
from dyntui.sandbox.user_record import format_time

__all__ = ["DocumentResource", "admin_event"]

Json = dict[str, Any]


def _copy_document(call: OperationCall, doc: Json) -> Json:
    return dict(doc)


def _merge_body(call: OperationCall, doc: Json, body: Json) -> Json:
    return {**doc, **body}


def _accept_any(call: OperationCall, doc: Json) -> None:
    return None


def admin_event(call: OperationCall, resource: str, action: str, data: Json) -> None:
    """Write the event of a change to the configuration, if the behavior flag admin-events is on."""
    if resource and call.sandbox.flags.on("admin-events"):
        call.emit(f"admin.{resource}.{action}", data)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentResource:
    """One kind of document. title: for messages. path: the path value that names one. parent: the path value whose
    children they are; parent_kind: the kind of that parent, which must exist, unless it is the environment.

    list_as, one_as: the name around a list, around one; "" for none. resource: for the events `admin.RESOURCE.created`.
    make: what a body becomes, without its id. change: a document and the body of an update. check: refuses a document
    that may not be kept (its `id` is "" while it is new). show: what the API shows of it. exists: the code for one
    that is there already.
    """

    kind: str
    title: str
    path: str = ""
    parent: str = "environmentId"
    parent_kind: str = ""
    list_as: str = ""
    one_as: str = ""
    resource: str = ""
    make: Callable[[OperationCall, Json], Json] = _copy_document
    change: Callable[[OperationCall, Json, Json], Json] = _merge_body
    check: Callable[[OperationCall, Json], None] = _accept_any
    show: Callable[[OperationCall, Json], Json] = _copy_document
    locate: Callable[[OperationCall], str] | None = None
    exists: str = "duplicate_exists"

    def serve(
        self,
        *,
        list: str = "",
        create: str = "",
        get: str = "",
        update: str = "",
        delete: str = "",
        enable: str = "",
        disable: str = "",
    ) -> None:
        """Implement these operations."""
        handlers: dict[str, Callable[[OperationCall], Any]] = {
            list: self.list_all,
            create: self.create,
            get: lambda call: self.answer(call, self.find(call)),
            update: self.update,
            delete: self.delete,
            enable: lambda call: self.set_enabled(call, True),
            disable: lambda call: self.set_enabled(call, False),
        }
        for id, handler in handlers.items():
            if id:
                operation(id)(handler)

    # one document ----------------------------------------------------------------------------------------------

    def find(self, call: OperationCall) -> Json:
        """The document that the path names. Raises Refused (404)."""
        store = call.sandbox.store
        id = self._id(call)
        found = store.get(self.kind, id)
        if found is None or (self.parent in call.path and store.parent(self.kind, id) != call.path[self.parent]):
            raise not_found(self.title)
        return found

    def answer(self, call: OperationCall, doc: Json) -> Json:
        """What the API shows of it, under its name."""
        shown = self.show(call, doc)
        return {self.one_as: shown} if self.one_as else shown

    def keep(self, call: OperationCall, doc: Json, parent: str = "") -> None:
        """Put it back, or in."""
        call.sandbox.store.put(self.kind, doc, parent, id=doc["id"] if self.locate is None else self._id(call))

    def _id(self, call: OperationCall) -> str:
        return call.path[self.path] if self.locate is None else self.locate(call)

    def _parent(self, call: OperationCall) -> str:
        id = call.path[self.parent]
        if self.parent_kind and call.sandbox.store.get(self.parent_kind, id) is None:
            raise not_found(self.parent_kind.removesuffix("s").title())
        return id

    def siblings(self, call: OperationCall, doc: Json) -> list[Json]:
        """The other documents that stand beside it, or will."""
        store = call.sandbox.store
        parent = call.path.get(self.parent) or store.parent(self.kind, doc["id"]) or ""
        return [each for each in store.all(self.kind, parent) if each["id"] != doc["id"]]

    # operations ------------------------------------------------------------------------------------------------

    def list_all(self, call: OperationCall) -> Any:
        docs = [self.answer(call, doc) for doc in call.sandbox.store.all(self.kind, self._parent(call))]
        return {self.list_as: docs} if self.list_as else docs

    def create(self, call: OperationCall) -> Reply:
        parent = self._parent(call)
        if self.locate is not None and call.sandbox.store.get(self.kind, self._id(call)) is not None:
            raise invalid(self.exists, f"{self.title} already exists")
        doc = {"id": "", **self.make(call, call.body or {})}
        self.check(call, doc)
        doc["id"] = call.new_id(self.kind)
        self.keep(call, doc, parent)
        admin_event(call, self.resource, "created", self.show(call, doc))
        return Reply(201, self.answer(call, doc))

    def update(self, call: OperationCall) -> Any:
        doc = self.find(call)
        doc = {**self.change(call, doc, call.body or {}), "id": doc["id"]}
        self.check(call, doc)
        self.keep(call, doc)
        admin_event(call, self.resource, "updated", self.show(call, doc))
        return self.answer(call, doc)

    def delete(self, call: OperationCall) -> None:
        doc = self.find(call)
        call.sandbox.store.remove(self.kind, self._id(call))
        admin_event(call, self.resource, "deleted", self.show(call, doc))

    def set_enabled(self, call: OperationCall, enabled: bool) -> Any:
        doc = self.find(call)
        if enabled != (doc.get("enabledAt") is not None):
            doc["enabledAt"] = format_time(call.now) if enabled else None
            if enabled:
                self.check(call, doc)
            self.keep(call, doc)
            admin_event(call, self.resource, "enabled" if enabled else "disabled", self.show(call, doc))
        return self.answer(call, doc)
