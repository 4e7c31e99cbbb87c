"""Reads the operations and schemas of the API from the vendor's published npm client, `@dynamic-labs/sdk-api`.

The client is generated code of one form: the `.d.ts` files have the types, the `.js` files the paths and the names on
the wire. Nothing of the package is run, and nothing of it is copied but names, types and titles.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

__all__ = ["read_client"]

Schema = dict[str, Any]

_PRIMITIVES = {"string": "string", "number": "number", "boolean": "boolean", "object": "object"}
_INTERFACE = re.compile(r"^export interface (\w+) \{\n(.*?)^\}", re.M | re.S)
_FIELD = re.compile(r"^    (?:'([^']+)'|(\w+))(\?)?: (\{.*?^    \}|[^\n]+?);$", re.M | re.S)
_ENUM = re.compile(r"^export declare enum (\w+) \{\n(.*?)^\}", re.M | re.S)
_ALIAS = re.compile(r"^export type (\w+) = (\w+);", re.M)
_METHOD = re.compile(r"^    (\w+)Raw\(.*?^    \}$", re.M | re.S)
_TYPED_METHOD = re.compile(
    r"/\*\*((?:(?!\*/).)*)\*/\s+(\w+)Raw\((?:requestParameters: (\w+), )?initOverrides\?: RequestInit\): "
    r"Promise<runtime\.ApiResponse<([^;]+)>>;",
    re.S,
)
_PARAMETERS = (
    ("path", r'\$\{"(\w+)"\}\}`, .*?requestParameters\.(\w+)'),
    ("query", r"queryParameters\['([^']+)'\] = .*?requestParameters\.(\w+)"),
    ("header", r"headerParameters\['(x-[^']+)'\] = .*?\.(\w+)\)"),
)


def read_client(package: Path) -> dict[str, Any]:
    """Return the operations and schemas of a package, as a catalog: a `.tgz` of `npm pack`, or its folder.

    Raises ValueError when the package is not the vendor's client, or has a form that is not known.
    """
    files = _read_files(package)
    if "package.json" not in files or not any(name.startswith("src/apis/") for name in files):
        raise ValueError(f"{package} is not a package of the vendor's client: it has no package.json and src/apis/.")
    about = json.loads(files["package.json"])
    schemas: dict[str, Schema] = {}
    for name, text in sorted(files.items()):
        if name.startswith("src/models/") and name.endswith(".d.ts"):
            schemas.update(_schemas(text, files.get(name.removesuffix(".d.ts") + ".js", "")))
    operations = [
        entry
        for name in re.findall(r"'\./(\w+)'", files["src/apis/index.d.ts"])
        for entry in _operations(name, files[f"src/apis/{name}.d.ts"], files[f"src/apis/{name}.js"], schemas)
    ]
    return {
        "client": f"{about['name']} {about['version']} ({about['license']})",
        "operations": operations,
        "schemas": schemas,
    }


def _read_files(package: Path) -> dict[str, str]:
    """Return the text files of a package by their path in it."""
    if package.is_dir():
        root = package / "package" if (package / "package").is_dir() else package
        found = {path.relative_to(root).as_posix(): path for path in root.rglob("*.*") if path.is_file()}
        return {name: path.read_text() for name, path in found.items() if name.endswith((".js", ".ts", ".json"))}
    with tarfile.open(package) as archive:
        return {
            member.name.partition("/")[2]: content.read().decode()
            for member in archive
            if member.name.endswith((".js", ".ts", ".json")) and (content := archive.extractfile(member))
        }


def _type(text: str) -> Schema:
    """Return the schema of a TypeScript type. Raises ValueError for a form that is not known."""
    if text.endswith(" | null"):
        inner = _type(text.removesuffix(" | null"))
        return {"anyOf": [inner, {"type": "null"}]}
    if (array := re.fullmatch(r"Array<(.+)>", text)) is not None:
        return {"type": "array", "items": _type(array[1])}
    if text in _PRIMITIVES:
        return {"type": _PRIMITIVES[text]}
    if text == "Date":
        return {"type": "string", "format": "date-time"}
    if text == "any" or text.startswith("{"):
        return {}
    if re.fullmatch(r"[A-Z]\w*", text):
        return {"$ref": f"#/components/schemas/{text}"}
    raise ValueError(f"The client has a type of an unknown form: {text}")


def _enum(body: str) -> Schema:
    return {"type": "string", "enum": re.findall(r'= "([^"]*)"', body)}


def _schemas(types: str, code: str) -> Iterator[tuple[str, Schema]]:
    """Yield the schemas of one file of models, by name."""
    wire_names = dict(re.findall(r"^        '([^']+)': .*?json\['([^']+)'\]", code, re.M))
    for name, body in _ENUM.findall(types):
        yield name, _enum(body)
    for name, target in _ALIAS.findall(types):
        yield name, _type(target)
    for name, body in _INTERFACE.findall(types):
        properties: dict[str, Schema] = {}
        required = []
        for quoted, plain, optional, text in _FIELD.findall(body):
            member = quoted or plain
            wire = wire_names.get(member, member)
            properties[wire] = _type(text)
            if not optional:
                required.append(wire)
        schema: Schema = {"type": "object", "properties": properties}
        yield name, {**schema, "required": required} if required else schema


def _operations(name: str, types: str, code: str, schemas: dict[str, Schema]) -> Iterator[dict[str, Any]]:
    """Yield the operations of one file of the client. Enums of parameters are added to `schemas`."""
    group = name.removesuffix("Api")
    schemas.update((enum, _enum(body)) for enum, body in _ENUM.findall(types))
    arguments = {
        interface: {quoted or plain: (text, not optional) for quoted, plain, optional, text in _FIELD.findall(body)}
        for interface, body in _INTERFACE.findall(types)
    }
    typed = {method: (comment, *others) for comment, method, *others in _TYPED_METHOD.findall(types)}
    for found in _METHOD.finditer(code):
        text, operation_id = found[0], found[1]
        (method,) = re.findall(r"method: '(\w+)'", text)
        if method != "OPTIONS":
            comment, interface, answer = typed[operation_id]
            entry = _operation(text, group, arguments.get(interface, {}), schemas)
            title = [line.strip(" *") for line in comment.splitlines() if line.strip(" *")]
            entry = {"id": operation_id, "method": method, **entry, "summary": title[-1] if title else ""}
            if any("deprecated" in line.lower() for line in title):
                entry["deprecated"] = True
            if answer != "void":
                entry["response"] = _type(answer)
            yield entry


def _operation(
    code: str, group: str, arguments: Mapping[str, tuple[str, bool]], schemas: Mapping[str, Schema]
) -> dict[str, Any]:
    """Return path, parameters and body of the code of one operation."""
    (path,) = re.findall(r"path: `([^`]+)`", code)
    parameters = []
    for place, wire, argument in [(place, *names) for place, form in _PARAMETERS for names in re.findall(form, code)]:
        text, is_required = arguments[argument]
        schema = _type(text)
        parameter = {"name": wire, "in": place, "required": is_required, "schema": schema}
        if "properties" in schemas.get(text, {}):
            parameter["style"] = "deepObject"
        parameters.append(parameter)
    entry: dict[str, Any] = {"path": path, "group": group, "parameters": parameters}
    if (body := re.search(r"body: [^;\n]*?requestParameters\.(\w+)", code)) is not None:
        text, entry["bodyRequired"] = arguments[body[1]]
        entry["body"] = _type(text)
    elif "body: formParams" in code:
        entry |= {"body": {}, "bodyRequired": False}
    return entry
