"""`DocumentResource`: the list, create, get, update, delete, enable and disable operations of one kind of document.

    DocumentResource("gates", "Gate", unique=("name",), check=_check).serve("getEnvironmentGates", "createGate", ...)

A document is enabled when it has `enabledAt`. A singleton, such as the test account, has `locate`: its id follows from
the path, and it can be created only once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import KW_ONLY, dataclass
from typing import Self

from dyntui.api.catalog import Operation, Schema, catalog
from dyntui.sandbox.events import event_types
from dyntui.sandbox.handler_registry import Handler, OperationCall, operation
from dyntui.sandbox.replies import Reply, invalid, not_found
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import format_time

__all__ = ["DocumentResource", "admin_event"]


def admin_event(call: OperationCall, resource: str, action: str, data: Document) -> None:
    """Write the event of a configuration change, if there is such an event and the flag `admin-events` is on."""
    name = f"admin.{resource}.{action}"
    if name in event_types() and call.sandbox.flags.on("admin-events"):
        call.emit(name, data)


def _only_property(schema: Schema) -> str:
    """Return the name of the only property of an object: responses contain rows or a document in such an object."""
    properties = catalog().resolve(schema).get("properties", {})
    return next(iter(properties)) if len(properties) == 1 else ""


@dataclass(frozen=True, slots=True)
class DocumentResource:
    """The operations of one kind of document."""

    kind: str
    """The kind in the store."""
    title: str
    """The name in messages."""
    _: KW_ONLY
    resource: str = ""
    """The resource in the names of events (`admin.RESOURCE.created`); by default the kind without its last `s`."""
    fields: Collection[str] | None = None
    """The fields of a request body that are stored; None for all."""
    unique: tuple[str, ...] = ()
    """Fields in which no two documents of a parent may have the same value."""
    exists_code: str = "duplicate_exists"
    """The error code for a second document with the same unique field, and for a second singleton."""
    disabled_at_first: bool = False
    """Whether a new document has `enabledAt`, which is null until it is enabled."""
    make: Callable[[OperationCall, Document], Document] = lambda call, doc: dict(doc)
    """Returns the document, without its id, for the body of a create request."""
    change: Callable[[OperationCall, Document, Document], Document] = lambda call, doc, body: {**doc, **body}
    """Returns the document for the current document and the body of an update request."""
    check: Callable[[OperationCall, Document], None] = lambda call, doc: None
    """Raises RequestRefused for a document that is not allowed. The `id` of a new document is empty."""
    show: Callable[[OperationCall, Document], Document] = lambda call, doc: dict(doc)
    """Returns the document as the API shows it."""
    path: str = ""
    """The path parameter with the id of a document; by default the resource with `Id`."""
    locate: Callable[[OperationCall], str] | None = None
    """Returns the id of a singleton; None for other documents."""
    parent: str = "environmentId"
    """The path parameter with the id of the parent."""
    parent_kind: str = ""
    """The kind of the parent, which must exist; empty when the parent is the environment."""

    def serve(self, *ids: str) -> Self:
        """Register the handlers of these operations. What each does follows from its method, path and response."""
        for id in ids:
            operation(id)(self._handler(catalog().get(id)))
        return self

    def _handler(self, served: Operation) -> Handler:
        last = served.path.rpartition("/")[2]
        if last in ("enable", "disable"):
            return lambda call: self.set_enabled(call, last == "enable")
        if served.method == "GET":
            is_one = last.startswith("{") or (self.locate is not None and not _only_property(served.response or {}))
            return (lambda call: self.respond(call, self.find(call))) if is_one else self.list_all
        handlers: dict[str, Handler] = {"POST": self.create, "PUT": self.update, "DELETE": self.delete}
        return handlers[served.method]

    def find(self, call: OperationCall) -> Document:
        """Return the document of the path. Raises RequestRefused (404)."""
        return call.find(self.kind, self.title, self._id(call), call.path.get(self.parent))

    def respond(self, call: OperationCall, doc: Document) -> Document:
        """Return the body of the response for a document."""
        name = _only_property(call.operation.response or {})
        shown = self.show(call, doc)
        return {name: shown} if name else shown

    def save(self, call: OperationCall, doc: Document, parent: str = "") -> None:
        """Store a new or changed document."""
        call.sandbox.store.put(self.kind, doc, parent, id=doc["id"] if self.locate is None else self._id(call))

    def _save_changed(self, call: OperationCall, doc: Document, event: str, parent: str = "") -> Document:
        """Store a document, record the event, and return the body of the response."""
        self.save(call, doc, parent)
        admin_event(call, self._resource, event, self.show(call, doc))
        return self.respond(call, doc)

    def _id(self, call: OperationCall) -> str:
        return call.path[self.path or f"{self._resource}Id"] if self.locate is None else self.locate(call)

    @property
    def _resource(self) -> str:
        return self.resource or self.kind.removesuffix("s")

    def _parent(self, call: OperationCall) -> str:
        id = call.path[self.parent]
        if self.parent_kind and call.sandbox.store.get(self.parent_kind, id) is None:
            raise not_found(self.parent_kind.removesuffix("s").title())
        return id

    def _body(self, call: OperationCall) -> Document:
        body: Document = call.body or {}
        return {name: value for name, value in body.items() if self.fields is None or name in self.fields}

    def _validate(self, call: OperationCall, doc: Document) -> None:
        """Raise RequestRefused for a document that is not allowed, or that is not unique."""
        self.check(call, doc)
        if self.unique:
            store = call.sandbox.store
            parent = call.path.get(self.parent) or store.parent(self.kind, doc["id"]) or ""
            others = [each for each in store.all(self.kind, parent) if each["id"] != doc["id"]]
            for field in self.unique:
                if any(each[field] == doc[field] for each in others):
                    raise invalid(self.exists_code, f"{self.title} {doc[field]} already exists")

    def list_all(self, call: OperationCall) -> object:
        response = catalog().resolve(call.operation.response or {})
        name = _only_property(response)
        rows = response["properties"][name] if name else response
        row_name = _only_property(rows["items"])
        docs = [self.show(call, doc) for doc in call.sandbox.store.all(self.kind, self._parent(call))]
        shown = [{row_name: doc} for doc in docs] if row_name else docs
        return {name: shown} if name else shown

    def create(self, call: OperationCall) -> Reply:
        parent = self._parent(call)
        if self.locate is not None and call.sandbox.store.get(self.kind, self._id(call)) is not None:
            raise invalid(self.exists_code, f"{self.title} already exists")
        doc = {"id": "", **self.make(call, self._body(call))}
        if self.disabled_at_first:
            doc["enabledAt"] = None
        self._validate(call, doc)
        doc["id"] = call.new_id(self.kind)
        return Reply(201, self._save_changed(call, doc, "created", parent))

    def update(self, call: OperationCall) -> Document:
        """Update the document of the path from the body."""
        doc = self.find(call)
        doc = {**self.change(call, doc, self._body(call)), "id": doc["id"]}
        self._validate(call, doc)
        return self._save_changed(call, doc, "updated")

    def delete(self, call: OperationCall) -> None:
        doc = self.find(call)
        call.sandbox.store.remove(self.kind, self._id(call))
        admin_event(call, self._resource, "deleted", self.show(call, doc))

    def set_enabled(self, call: OperationCall, enabled: bool) -> object:
        """Enable or disable the document of the path."""
        doc = self.find(call)
        if enabled != (doc.get("enabledAt") is not None):
            doc["enabledAt"] = format_time(call.now) if enabled else None
            if enabled:
                self.check(call, doc)
            return self._save_changed(call, doc, "enabled" if enabled else "disabled")
        return self.respond(call, doc)
