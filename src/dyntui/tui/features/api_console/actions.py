"""Actions of the API console."""

from __future__ import annotations

from dyntui.tui.kit.action_registry import READ, Action, register

__all__ = ["API_CONSOLE_ACTIONS"]

API_CONSOLE_ACTIONS = register(
    Action("operations.filter", ("slash",), "search", "Search the operations.", READ, 10),
    Action("operations.open", ("enter",), "open", "Open a request for the operation.", READ, 11, "open",
        "selection_disabled_reason"),
    Action("operations.history", ("B",), "history", "Show the requests that were sent, also before this start.", READ, 12),
    Action("operations.saved", ("b",), "saved requests", "Open a saved request.", READ, 13, "saved"),
    Action("operations.copy", ("y",), "copy id", "Copy the id of the operation.", READ, 14,
        disabled_reason="selection_disabled_reason"),
    Action("request.fill", ("enter", "e"), "edit", "Edit the fields of the request.", READ, 10, "edit_fields",
        "edit_disabled_reason"),
    Action("request.body", ("E",), "edit body", "Edit the body as JSON.", READ, 11, "edit_body",
        "body_disabled_reason"),
    Action("request.send", ("ctrl+s",), "send", "Send the request; writes are confirmed.", rank=12,
        disabled_reason="request_disabled_reason"),
    Action("request.find", ("slash",), "search", "Search the response.", READ, 13, "find"),
    Action("request.curl", ("c",), "copy as curl", "Copy as curl, without the token.", READ, 14, "copy_curl",
        "request_disabled_reason"),
    Action("request.command", ("C",), "copy command", "Copy as a `dyntui api` command.", READ, 15, "copy_command",
        "request_disabled_reason"),
    Action("request.save", ("S",), "save", "Save the request, without secrets.", READ, 16, "save"),
    Action("request.export", ("x",), "save response", "Save the response to a new file, without values that may be secrets.",
        READ, 18, "save_response"),
    Action("request.copy", ("y",), "copy", "Copy the value under the cursor.", READ, 17, "copy",
        "response_disabled_reason"),
    headings={"operations": "API Operations", "request": "API Request"},
)  # fmt: skip
