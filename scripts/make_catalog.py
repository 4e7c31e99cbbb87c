"""Make src/dyntui/api/catalog.json from the vendor API's OpenAPI document.

    python scripts/make_catalog.py PATH/TO/dynamic-api.json

The catalog has what dyntui needs (paths, parameters, schemas), without what is the same for all operations (response
codes `2XX`, media types JSON). Run the script again when the document changes; the diff shows what changed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "src" / "dyntui" / "api" / "catalog.json"


def body_schema(holder: dict[str, Any] | None) -> Any:
    """Return the JSON schema of a request body or response; None for none."""
    return ((holder or {}).get("content") or {}).get("application/json", {}).get("schema")


def operation(path: str, method: str, spec: dict[str, Any]) -> dict[str, Any]:
    """Return one operation as an entry of the catalog."""
    entry: dict[str, Any] = {
        "id": spec["operationId"],
        "method": method.upper(),
        "path": path,
        "group": spec["tags"][0],
        "audience": spec["x-audience"],
        "summary": spec["summary"],
        "parameters": [
            {key: parameter[key] for key in ("name", "in", "required", "style", "schema") if key in parameter}
            for parameter in spec["parameters"]
        ],
    }
    if spec.get("deprecated"):
        entry["deprecated"] = True
    if "requestBody" in spec:
        entry["body"] = body_schema(spec["requestBody"])
        entry["bodyRequired"] = bool(spec["requestBody"].get("required"))
    if (response := body_schema(spec["responses"]["2XX"])) is not None:
        entry["response"] = response
    return entry


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    document = json.loads(Path(sys.argv[1]).read_text())
    operations = [
        operation(path, method, spec) for path, item in document["paths"].items() for method, spec in item.items()
    ]
    operations.sort(key=lambda entry: (entry["group"], entry["path"], entry["method"]))
    catalog = {
        "source": document["info"]["description"],
        "version": document["info"]["version"],
        "operations": operations,
        "schemas": document["components"]["schemas"],
    }
    TARGET.write_text(json.dumps(catalog, indent=0, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(f"{TARGET.name}: {len(operations)} operations, {len(catalog['schemas'])} schemas")


if __name__ == "__main__":
    main()
