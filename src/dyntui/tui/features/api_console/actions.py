"""Actions of the API console.

Each is done by the method `action_NAME` of the class that binds its scope.
"""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.tui.kit.action import Action
from dyntui.tui.kit.action_registry import register

__all__ = ["API_CONSOLE_ACTIONS"]

_READ = Effect.READ

API_CONSOLE_ACTIONS = register(
    {
        "operations": "API Operations",
        "request": "Request",
    },
    Action("operations.filter", ("slash",), "search", "Search the operations.", _READ, 10),
    Action("operations.open", ("enter",), "fill in", "Fill in this operation and send it.", _READ, 11, "open",
        "selection_disabled_reason"),
    Action("operations.history", ("b",), "history", "What was sent in this session.", _READ, 12, "history", "history_disabled_reason"),
    Action("operations.saved", ("o",), "saved", "Requests that were kept.", _READ, 13, "saved"),
    Action("operations.copy", ("y",), "copy id", "Send the operation's id to the clipboard.", _READ, 14,
        disabled_reason="selection_disabled_reason"),
    Action("request.fill", ("enter", "e"), "fill in", "Fill in the fields.", _READ, 10, "fill", "fill_disabled_reason"),
    Action("request.body", ("b",), "body", "Write the body in your editor.", _READ, 11, "body", "body_disabled_reason"),
    Action("request.send", ("s",), "send", "Send it; what writes is confirmed first.", rank=12, disabled_reason="request_disabled_reason"),
    Action("request.find", ("slash",), "find", "Find something in the answer.", _READ, 13, "find"),
    Action("request.next", ("n",), "next", "The next one found.", _READ, 0, "next", "response_disabled_reason"),
    Action("request.curl", ("c",), "curl", "Send it to the clipboard as a curl line, without the token.", _READ, 14,
        "curl", "request_disabled_reason"),
    Action("request.line", ("x",), "dyntui line", "Send it to the clipboard as a `dyntui api` line.", _READ, 15, "line",
        "request_disabled_reason"),
    Action("request.keep", ("K",), "keep", "Keep this request under a name; secrets are left out.", _READ, 16, "keep"),
    Action("request.copy", ("y",), "copy", "Send the value under the cursor to the clipboard.", _READ, 17, "copy",
        "response_disabled_reason"),
)  # fmt: skip
