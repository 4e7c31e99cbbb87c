"""Fail when modules of dyntui import each other in a cycle; run by `make check`.

Every import counts: at the top of a module, inside a function, and under TYPE_CHECKING. `from package import name`
counts as an import of the submodule when `name` is one, else of the package itself.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "src"
PACKAGE = "dyntui"


def module_name(path: Path, source: Path) -> str:
    """Return the dotted name of the module at `path`, which is below `source`."""
    parts = path.relative_to(source).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_names(tree: ast.Module, module: str, *, is_package: bool) -> Iterator[tuple[str, str]]:
    """Iterate over the imports in `tree` as (module, name); name is "" for `import module`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, ""
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parent = module.split(".")[: len(module.split(".")) - node.level + is_package]
                base = ".".join([*parent, base] if base else parent)
            for alias in node.names:
                yield base, alias.name


def import_graph(source: Path = SOURCE, package: str = PACKAGE) -> dict[str, set[str]]:
    """Return the modules of `package`, each with the modules of the package that it imports."""
    paths = {module_name(path, source): path for path in sorted((source / package).rglob("*.py"))}
    graph: dict[str, set[str]] = {}
    for module, path in paths.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        targets = graph.setdefault(module, set())
        for base, name in imported_names(tree, module, is_package=path.name == "__init__.py"):
            target = f"{base}.{name}" if f"{base}.{name}" in paths else base
            if target in paths and target != module:
                targets.add(target)
    return graph


def find_cycle(graph: dict[str, set[str]]) -> list[str]:
    """Return one cycle of `graph` as module names, with the first repeated at the end; empty for none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        return cycle
    return []


def strongly_connected(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that all reach each other, largest first (Tarjan's algorithm)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in sorted(graph[node]):
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            group = []
            while True:
                group.append(member := stack.pop())
                if member == node:
                    break
            if len(group) > 1:
                groups.append(sorted(group))

    sys.setrecursionlimit(10_000)
    for node in graph:
        if node not in index:
            visit(node)
    return sorted(groups, key=len, reverse=True)


def main() -> int:
    """Print the groups of modules that import each other. Return 1 if there is one, else 0."""
    groups = strongly_connected(import_graph())
    for group in groups:
        print(f"{len(group)} modules import each other in a cycle: {', '.join(group)}", file=sys.stderr)
    if groups:
        print("Move what they share into a module that both import, or depend on a Protocol.", file=sys.stderr)
    return 1 if groups else 0


if __name__ == "__main__":
    sys.exit(main())
