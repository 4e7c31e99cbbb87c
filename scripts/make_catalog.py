"""Make src/dyntui/api/catalog.json from the vendor's npm client and the vendor's OpenAPI document (`make catalog`).

    python scripts/make_catalog.py [--client FILE.tgz] [--document FILE.yml [--source TEXT]] [--check]

Without --client, npm fetches the newest package. Without --document, what is kept in scripts/data/vendor_document.json
is used; a document that is given replaces it. Prints what is new, changed or gone in words. docs/vendor-api.md#refresh
is the guide.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from scripts.catalog_changes import catalog_changes  # noqa: E402 the folder of scripts is no package that is installed
from scripts.catalog_merge import merge  # noqa: E402
from scripts.vendor_client import read_client  # noqa: E402
from scripts.vendor_document import facts_of, read_document  # noqa: E402

CATALOG = ROOT / "src" / "dyntui" / "api" / "catalog.json"
DOCUMENT = ROOT / "scripts" / "data" / "vendor_document.json"
PACKAGE = "@dynamic-labs/sdk-api"


def fetch_client(folder: Path) -> Path:
    """Fetch the newest package of the client with npm into a folder and return its file. Exits when it cannot."""
    if shutil.which("npm") is None:
        sys.exit(f"npm is not installed. Install Node.js, or give the package: --client FILE.tgz (npm pack {PACKAGE}).")
    command = ["npm", "pack", PACKAGE, "--loglevel=error", "--pack-destination", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    files = list(folder.glob("*.tgz"))
    if done.returncode or not files:
        sys.exit(f"npm could not fetch {PACKAGE}:\n{done.stderr.strip() or done.stdout.strip()}")
    return files[0]


def as_text(document: Any) -> str:
    """Return JSON with one value a line, so that a difference shows what changed."""
    return json.dumps(document, indent=0, ensure_ascii=False, separators=(",", ":")) + "\n"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--client", type=Path, help="the package of the client: a file of npm pack, or its folder")
    arguments.add_argument("--document", type=Path, help="the OpenAPI document, as YAML or JSON")
    arguments.add_argument("--source", default="", help="where the document is from: repository, file, commit, date")
    arguments.add_argument("--check", action="store_true", help="write nothing, and exit with 1 when something changed")
    arguments.add_argument("--catalog", type=Path, default=CATALOG, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    try:
        with TemporaryDirectory() as folder:
            client = read_client(given.client or fetch_client(Path(folder)))
        document = facts_of(given.document or DOCUMENT, given.source)
        made = merge(client, read_document(document))
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    changes = catalog_changes(json.loads(given.catalog.read_text()), made)
    print("\n".join(changes) or "Nothing changed.")
    print(f"{len(made['operations'])} operations, {len(made['schemas'])} schemas, from {client['client']}.")
    if given.check:
        sys.exit(1 if changes else 0)
    given.catalog.write_text(as_text(made))
    if given.document:
        DOCUMENT.write_text(as_text(document))


if __name__ == "__main__":
    main()
