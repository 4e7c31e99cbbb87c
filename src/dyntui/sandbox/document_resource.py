"""`DocumentResource`: the list, create, get, update, delete, enable and disable operations of one kind of document.

    GATES = DocumentResource("gates", "Gate", resource="gate", list_as="gates", check=_check)
    GATES.serve("getEnvironmentGates", "createGate", "getGate", ...)

A document is enabled when it has `enabledAt`. A singleton, such as the test account, has `locate`: its id follows from
the path, and it can be created only once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass

from dyntui.api.catalog import Operation, catalog
from dyntui.sandbox.handler_registry import Handler, OperationCall, operation
from dyntui.sandbox.replies import Reply, invalid, not_found
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import format_time

__all__ = ["DocumentResource", "admin_event"]


def _copy_document(call: OperationCall, doc: Document) -> Document:
    return dict(doc)


def _merge_body(call: OperationCall, doc: Document, body: Document) -> Document:
    return {**doc, **body}


def _accept_any(call: OperationCall, doc: Document) -> None:
    return None


def admin_event(call: OperationCall, resource: str, action: str, data: Document) -> None:
    """Write the event of a configuration change, if the behavior flag `admin-events` is on."""
    if resource and call.sandbox.flags.on("admin-events"):
        call.emit(f"admin.{resource}.{action}", data)


@dataclass(frozen=True, slots=True)
class DocumentResource:
    """The operations of one kind of document."""

    kind: str
    """The kind in the store."""
    title: str
    """The name in messages."""
    _: KW_ONLY
    path: str = ""
    """The path parameter with the id of a document; by default the resource with `Id`."""
    parent: str = "environmentId"
    """The path parameter with the id of the parent."""
    parent_kind: str = ""
    """The kind of the parent, which must exist; empty when the parent is the environment."""
    list_as: str = ""
    """The property that contains the list in a response; empty for none."""
    one_as: str = ""
    """The property that contains one document in a response; empty for none."""
    resource: str = ""
    """The resource in the names of events (`admin.RESOURCE.created`); empty for no events."""
    make: Callable[[OperationCall, Document], Document] = _copy_document
    """Returns the document, without its id, for the body of a create request."""
    change: Callable[[OperationCall, Document, Document], Document] = _merge_body
    """Returns the document for the current document and the body of an update request."""
    check: Callable[[OperationCall, Document], None] = _accept_any
    """Raises RequestRefused for a document that is not allowed. The `id` of a new document is empty."""
    show: Callable[[OperationCall, Document], Document] = _copy_document
    """Returns the document as the API shows it."""
    locate: Callable[[OperationCall], str] | None = None
    """Returns the id of a singleton; None for other documents."""
    exists_code: str = "duplicate_exists"
    """The error code when a singleton exists already."""

    def serve(self, *ids: str) -> None:
        """Register the handlers of these operations. What each does follows from its method and path."""
        for id in ids:
            operation(id)(self._handler(catalog().get(id)))

    def _handler(self, each: Operation) -> Handler:
        last = each.path.rpartition("/")[2]
        if last in ("enable", "disable"):
            return lambda call: self.set_enabled(call, last == "enable")
        if each.method == "GET":
            is_one = last.startswith("{") or (self.locate is not None and not self.list_as)
            return (lambda call: self.respond(call, self.find(call))) if is_one else self.list_all
        handlers: dict[str, Handler] = {"POST": self.create, "PUT": self.update, "DELETE": self.delete}
        return handlers[each.method]

    def find(self, call: OperationCall) -> Document:
        """Return the document of the path. Raises RequestRefused (404)."""
        return call.find(self.kind, self.title, self._id(call), call.path.get(self.parent))

    def respond(self, call: OperationCall, doc: Document) -> Document:
        """Return the body of the response for a document."""
        shown = self.show(call, doc)
        return {self.one_as: shown} if self.one_as else shown

    def save(self, call: OperationCall, doc: Document, parent: str = "") -> None:
        """Store a new or changed document."""
        call.sandbox.store.put(self.kind, doc, parent, id=doc["id"] if self.locate is None else self._id(call))

    def _id(self, call: OperationCall) -> str:
        return call.path[self.path or f"{self.resource}Id"] if self.locate is None else self.locate(call)

    def _parent(self, call: OperationCall) -> str:
        id = call.path[self.parent]
        if self.parent_kind and call.sandbox.store.get(self.parent_kind, id) is None:
            raise not_found(self.parent_kind.removesuffix("s").title())
        return id

    def siblings(self, call: OperationCall, doc: Document) -> list[Document]:
        """Return the other documents with the same parent."""
        store = call.sandbox.store
        parent = call.path.get(self.parent) or store.parent(self.kind, doc["id"]) or ""
        return [each for each in store.all(self.kind, parent) if each["id"] != doc["id"]]

    def list_all(self, call: OperationCall) -> object:
        """Return all documents of the parent."""
        docs = [self.respond(call, doc) for doc in call.sandbox.store.all(self.kind, self._parent(call))]
        return {self.list_as: docs} if self.list_as else docs

    def create(self, call: OperationCall) -> Reply:
        """Create a document from the body."""
        parent = self._parent(call)
        if self.locate is not None and call.sandbox.store.get(self.kind, self._id(call)) is not None:
            raise invalid(self.exists_code, f"{self.title} already exists")
        doc = {"id": "", **self.make(call, call.body or {})}
        self.check(call, doc)
        doc["id"] = call.new_id(self.kind)
        self.save(call, doc, parent)
        admin_event(call, self.resource, "created", self.show(call, doc))
        return Reply(201, self.respond(call, doc))

    def update(self, call: OperationCall) -> Document:
        """Update the document of the path from the body."""
        doc = self.find(call)
        doc = {**self.change(call, doc, call.body or {}), "id": doc["id"]}
        self.check(call, doc)
        self.save(call, doc)
        admin_event(call, self.resource, "updated", self.show(call, doc))
        return self.respond(call, doc)

    def delete(self, call: OperationCall) -> None:
        """Delete the document of the path."""
        doc = self.find(call)
        call.sandbox.store.remove(self.kind, self._id(call))
        admin_event(call, self.resource, "deleted", self.show(call, doc))

    def set_enabled(self, call: OperationCall, enabled: bool) -> object:
        """Enable or disable the document of the path."""
        doc = self.find(call)
        if enabled != (doc.get("enabledAt") is not None):
            doc["enabledAt"] = format_time(call.now) if enabled else None
            if enabled:
                self.check(call, doc)
            self.save(call, doc)
            admin_event(call, self.resource, "enabled" if enabled else "disabled", self.show(call, doc))
        return self.respond(call, doc)
