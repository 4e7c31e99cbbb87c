"""Check that every package that dyntui needs at run time has an allowed license; run by `make check`.

The licenses are those that the installed packages declare, of all packages that dyntui needs directly or indirectly on
this platform and Python.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement

ALLOWED = frozenset(
    [
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "ISC",
        "MIT",
        "MIT-0",
        "MPL-2.0",
        "PSF-2.0",
        "Unlicense",
        "Zlib",
    ]
)
"""SPDX identifiers of licenses whose packages may be installed and bundled with a program under MIT."""
CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}
"""SPDX identifiers of the classifiers of packages that declare no expression."""
_OPERATORS = frozenset(["AND", "OR", "WITH"])


def normalize_name(name: str) -> str:
    """Return the name of a package as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


Headers = Mapping[str, Sequence[str]]
"""The values of each header of the metadata of a package."""


def declared_licenses(headers: Headers) -> list[str]:
    """Return the license identifiers that a package declares; empty when it declares none."""
    expression = " ".join(headers.get("License-Expression", ()))
    text = " ".join(headers.get("License", ())).strip()
    if not expression and len(text) < 60:  # longer ones are the text of the license
        expression = text
    if expression:
        return [word for word in re.findall(r"[^\s()]+", expression) if word not in _OPERATORS]
    prefix = "License :: OSI Approved :: "
    names = [line.removeprefix(prefix) for line in headers.get("Classifier", ()) if line.startswith(prefix)]
    return [CLASSIFIERS.get(name, name) for name in names]


def find_problem(name: str, headers: Headers) -> str:
    """Return what is wrong with the licenses of a package; "" when all of them are allowed."""
    licenses = declared_licenses(headers)
    if not licenses:
        return f"{name}: declares no license"
    other = sorted(set(licenses) - ALLOWED)
    return f"{name}: not an allowed license: {', '.join(other)}" if other else ""


def read_headers(package: Distribution) -> Headers:
    """Return the headers of the metadata of an installed package."""
    return {name: package.metadata.get_all(name) or [] for name in set(package.metadata)}


def needed_packages(name: str) -> Iterator[Distribution]:
    """Yield a package and all packages that it needs, each one time. Raises PackageNotFoundError."""
    seen: set[tuple[str, str]] = set()
    names: set[str] = set()
    queue = [(name, "")]
    while queue:
        current, extra = queue.pop()
        if (normalize_name(current), extra) in seen:
            continue
        seen.add((normalize_name(current), extra))
        found = distribution(current)
        if normalize_name(current) not in names:
            names.add(normalize_name(current))
            yield found
        for line in found.requires or []:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                queue += [(requirement.name, wanted) for wanted in ("", *sorted(requirement.extras))]


def main() -> int:
    """Check the licenses; print the problems and return the exit code."""
    try:
        packages = list(needed_packages("dyntui"))
    except PackageNotFoundError as error:
        print(f"not installed: {error.name}", file=sys.stderr)
        return 1
    problems = [text for found in packages if (text := find_problem(found.name, read_headers(found)))]
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print(f"licenses: {len(packages)} packages, all allowed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
