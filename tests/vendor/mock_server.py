"""A server that answers every operation with a value made from the vendor's types, in one of several variants."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from dyntui.api.catalog import Operation, catalog
from dyntui.core.json_types import as_object

VARIANTS = ("minimal", "maximal", "nulls", "unknown", "other-lists", "empty-lists")
"""Required fields only; every field; null where a value may be absent; fields and enum values that no release knows;
lists bare where they are wrapped, and wrapped where they are bare; `{}` for a list that may be absent."""
ID = "11111111-2222-4333-8444-555555555555"
_TIME = "2026-11-22T12:00:00.000Z"
_PREFIX = "/api/v0"
_DEEPEST = 7


def value_of(schema: Mapping[str, Any], variant: str, name: str = "", depth: int = 0) -> Any:
    """Return a value of a schema."""
    schema = catalog().resolve(schema)
    if "anyOf" in schema:
        nullable = any(part.get("type") == "null" for part in schema["anyOf"])
        return None if nullable and variant == "nulls" else value_of(schema["anyOf"][0], variant, name, depth)
    if "enum" in schema:
        return "unknownValue" if variant == "unknown" else schema["enum"][0]
    match schema.get("type"):
        case "object":
            return _object(schema, variant, depth)
        case "array":
            return [value_of(schema.get("items", {}), variant, name, depth + 1)] if depth < _DEEPEST else []
        case "number" | "integer":
            return 1
        case "boolean":
            return True
        case "string":
            if schema.get("format") == "date-time":
                return _TIME
            return ID if name == "id" or name.endswith("Id") else f"some {name}"
    return {"any": 1}


def _object(schema: Mapping[str, Any], variant: str, depth: int) -> dict[str, Any]:
    required = schema.get("required", ())
    found: dict[str, Any] = {}
    for name, part in schema.get("properties", {}).items():
        if name in required:
            found[name] = value_of(part, variant, name, depth + 1)
        elif variant == "nulls":
            found[name] = None
        elif variant == "empty-lists" and catalog().resolve(part).get("type") == "array":
            found[name] = {}
        elif variant != "minimal" and depth < _DEEPEST:
            found[name] = value_of(part, variant, name, depth + 1)
    if variant == "unknown":
        found["fieldOfTheNextRelease"] = {"text": "a", "list": [1, None, {"b": True}]}
    return found


def answer_of(operation: Operation, variant: str, query: Mapping[str, list[str]]) -> Any:
    """Return the response to an operation; None for one without a body. Pages after the first are empty."""
    if operation.response is None:
        return None
    answer = value_of(operation.response, "maximal" if variant == "other-lists" else variant)
    lists = [name for name, value in as_object(answer).items() if isinstance(value, list)]
    if isinstance(answer, dict) and lists:
        if query.get("offset", ["0"]) != ["0"] or "cursor" in query:
            answer = {**answer, **{name: [] for name in lists}}
        if variant == "other-lists" and len(lists) == 1 and set(answer) <= {*lists, "count"}:
            return answer[lists[0]]
    if isinstance(answer, dict) and "cursor" in answer:
        answer["cursor"] = None
    if variant == "other-lists" and isinstance(answer, list):
        return {"data": answer, "count": len(answer)}
    return answer


@contextmanager
def mock_server(variant: str) -> Iterator[str]:
    """Serve one variant and yield the base URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            url = urlsplit(self.path)
            found = catalog().match(self.command, url.path.removeprefix(_PREFIX))
            answer = answer_of(found[0], variant, parse_qs(url.query)) if found else {"error": "no such path"}
            data = b"" if answer is None else json.dumps(answer).encode()
            self.send_response_only((204 if answer is None else 200) if found else 404)
            if answer is not None:
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *arguments: object) -> None:
            pass

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler._answer)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        listening.daemon_threads = True
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_address[1]}{_PREFIX}"
        listening.shutdown()
