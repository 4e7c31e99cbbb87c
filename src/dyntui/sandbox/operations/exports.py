"""Exports of the environment: create, list, read, download."""

from __future__ import annotations

from functools import partial

from dyntui.sandbox.exports import USER_COLUMNS, VISITOR_COLUMNS
from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.operations.visits import serialize_visitor
from dyntui.sandbox.replies import Reply, RequestRefused
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import format_time


def _serialize(call: OperationCall, stored: Document) -> Document:
    """Return an export with its state. The file of an export of an earlier run no longer exists."""
    made = call.sandbox.exports.get(stored["id"])
    if made is None:
        error = "The file no longer exists: the sandbox was restarted"
        return {**stored, "status": "failed", "startedAt": None, "completedAt": None, "error": error}
    out = {**stored, "status": "pending" if made.completed is None else "completed"}
    out["startedAt"] = None if made.started is None else format_time(made.started)
    out["completedAt"] = None if made.completed is None else format_time(made.completed)
    if made.completed is not None and call.sandbox.flags.on("export-url-listed"):
        out["downloadUrl"] = _download_url(call, stored["id"])
    return out


def _download_url(call: OperationCall, id: str) -> str:
    lifetime_s = call.sandbox.flags.number("export-url-seconds")
    return f"http://{call.host}{call.sandbox.exports.path(id, lifetime_s)}"


def _find(call: OperationCall) -> Document:
    return call.find("exports", "Export", call.path["exportId"], call.path["environmentId"])


@operation("getEnvironmentExports")
def list_exports(call: OperationCall) -> Document:
    model = call.query.get("model")
    stored = call.sandbox.store.all("exports", call.path["environmentId"])
    return {"exports": [_serialize(call, each) for each in stored if model in (None, each["model"])]}


@operation("createExport")
def create_export(call: OperationCall) -> Reply:
    sandbox, store = call.sandbox, call.sandbox.store
    export = {"id": call.new_id("exports"), **call.body, "status": "pending", "createdAt": format_time(call.now)}
    store.put("exports", export, call.path["environmentId"])
    delay_s = sandbox.flags.number("export-delay-ms") / 1000
    if export["model"] == "visits":
        visitors = [serialize_visitor(sandbox.environment_id, each) for each in sandbox.visitors.all()]
        sandbox.exports.start(export["id"], delay_s, VISITOR_COLUMNS, lambda: visitors)
    else:
        serialize = partial(sandbox.serializer.user, nulls=False, sessions=False)
        sandbox.exports.start(export["id"], delay_s, USER_COLUMNS, lambda: sandbox.exports.users(serialize))
    return Reply(201, _serialize(call, export))


@operation("getExportById")
def get_export(call: OperationCall) -> Document:
    return _serialize(call, _find(call))


@operation("downloadExportById")
def download_export(call: OperationCall) -> Reply:
    export = _serialize(call, _find(call))
    if export["status"] != "completed":
        raise RequestRefused(Reply(404, {"error": "The export is not completed", "code": "not_found"}))
    if call.sandbox.flags["export-download"] == "redirect":
        headers = {"location": _download_url(call, export["id"]), "content-type": "text/csv; charset=utf-8"}
        return Reply(302, b"", headers)
    pieces = call.sandbox.exports.open(call.sandbox.exports.path(export["id"], 60))
    assert not isinstance(pieces, int), "a completed export can be opened"
    name = f"attachment; filename={export['model']}.csv"
    return Reply(200, b"".join(pieces), {"content-type": "text/csv; charset=utf-8", "content-disposition": name})
