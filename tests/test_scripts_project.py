"""The checks of `make check` about links, licenses and workflow files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from scripts import check_links, check_workflows, make_lock, make_release
from scripts.check_licenses import find_problem, needed_packages

ROOT = Path(__file__).parent.parent
PAGE = """\
# A page

## What `it` does: a [link](other.md)

## Twice

## Twice

```
[not](a-link.md)
```
"""


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("other.md", ""),
        ("other.md#title", ""),
        ("other.md#titel", "no such heading"),
        ("missing.md", "no such file"),
        ("#what-it-does-a-link", ""),
        ("#twice-1", ""),
        ("#twice-2", "no such heading"),
        ("#not", "no such heading"),
        ("https://example.com", ""),
        ("http://example.com", "not https"),
        ("http://127.0.0.1:8765/api/v0", ""),
    ],
)
def test_a_link_needs_a_target(tmp_path: Path, target: str, problem: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    (tmp_path / "other.md").write_text("Title\n=====\n\n# Title\n")
    found = check_links.find_problem(page, target)
    assert problem in found
    assert bool(problem) == bool(found)


def test_links_in_code_are_not_links() -> None:
    assert check_links.link_targets(PAGE + "`[a](b.md)` ![c](d.svg)\n\n[e]: f.md\n") == ["other.md", "d.svg", "f.md"]


@pytest.mark.parametrize(
    ("headers", "problem"),
    [
        ({"License-Expression": "MPL-2.0 AND (Apache-2.0 OR MIT)"}, ""),
        ({"License-Expression": "MIT OR GPL-3.0-only"}, "GPL-3.0-only"),
        ({"License": "AGPL-3.0"}, "AGPL-3.0"),
        ({"License": "Permission is hereby granted, " * 9, "Classifier": "License :: OSI Approved :: MIT License"}, ""),
        ({"Classifier": "License :: Other/Proprietary License"}, "declares no license"),
        ({}, "declares no license"),
    ],
)
def test_a_license_has_to_be_allowed(headers: dict[str, str], problem: str) -> None:
    found = find_problem("package", {name: [value] for name, value in headers.items()})
    assert problem in found
    assert bool(problem) == bool(found)


def test_needed_packages_are_direct_and_indirect_ones_and_those_of_extras() -> None:
    names = {package.name.lower() for package in needed_packages("dyntui")}
    assert {
        "dyntui",
        "textual",
        "markdown-it-py",
        "linkify-it-py",
        "h11",
    } <= names  # Textual needs markdown-it-py[linkify]
    assert not names & {"pytest", "hypothesis", "mypy"}


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("steps: [{uses: actions/checkout@v4}, {run: make check}]", []),
        ("steps: [{uses: actions/checkout@main}]", ["a: actions/checkout@main: no version"]),
        ("steps: [{run: make nonsense}]", ["a: make nonsense: no such target"]),
        ("steps: [{run: 'make check; curl example.com'}]", ["a: not a make target: make check; curl example.com"]),
        ("steps: [{run: 'make lint PYTHON=python3'}]", []),
    ],
)
def test_a_workflow_runs_make_targets_and_pinned_actions(text: str, problems: list[str]) -> None:
    targets = check_workflows.make_targets("check: x ## Check\nlint: ## Lint\nhidden:\n")
    assert targets == {"check", "lint"}
    document = YAML(typ="safe").load(f"permissions: {{}}\njobs:\n  a:\n    timeout-minutes: 5\n    {text}\n")
    assert list(check_workflows.workflow_problems(document, targets)) == problems


def test_a_workflow_states_permissions_and_time_limits() -> None:
    document: dict[str, object] = {"jobs": {"a": {"steps": []}}}
    assert list(check_workflows.workflow_problems(document, set())) == ["no permissions", "a: no timeout-minutes"]


def test_the_workflows_follow_the_rules() -> None:
    targets = check_workflows.make_targets((ROOT / "Makefile").read_text())
    files = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    assert {"check.yml", "release.yml", "test.yml", "vendor.yml"} <= {file.name for file in files}
    assert list(check_workflows.check_rules(files, targets)) == []


@pytest.mark.parametrize(
    ("requirements", "problems"),
    [
        ("click==8.5.1 \\\n    --hash=sha256:00\nPy.YAML==1 ; sys_platform == 'win32' \\\n", []),
        ("click==8.5.0\npy-yaml==1\n", ["click 8.5.0 in requirements.txt, 8.5.1 in constraints.txt"]),
        ("click==8.5.1\n", ["py-yaml is not in requirements.txt"]),
        ("--index https://example.com\nclick==8.5.1\npy_yaml==1\n", ["requirements.txt has an address"]),
    ],
)
def test_the_lock_has_the_tested_versions_of_all_dependencies(requirements: str, problems: list[str]) -> None:
    assert make_lock.find_problems(requirements, "click==8.5.1\npytest==8\n", ["click>=8", "py_yaml"]) == problems


def test_the_lock_of_this_project_is_up_to_date() -> None:
    assert make_lock.check() == 0


def test_a_release_needs_its_tag_and_its_heading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "src" / "dyntui").mkdir(parents=True)
    (tmp_path / "src" / "dyntui" / "__init__.py").write_text('__version__ = "1.2.0"\n')
    (tmp_path / "CHANGELOG.md").write_text("## [Unreleased]\n")
    monkeypatch.setattr(make_release, "ROOT", tmp_path)
    monkeypatch.setenv("TAG", "v1.2.1")
    with pytest.raises(SystemExit, match=r"TAG is v1\.2\.1; this is v1\.2\.0"):
        make_release.check_version()
    monkeypatch.setenv("TAG", "v1.2.0")
    with pytest.raises(SystemExit, match=r"CHANGELOG\.md has no heading of 1\.2\.0"):
        make_release.check_version()
    (tmp_path / "CHANGELOG.md").write_text("## [Unreleased]\n\n## [1.2.0] - 2026-12-24\n")
    make_release.check_version()


def test_a_zipapp_names_the_newest_glibc_that_a_package_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [
        "a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "b-1-cp311-abi3-manylinux_2_28_x86_64.manylinux_2_34_x86_64.whl",
        "c-1-py3-none-any.whl",
    ]
    monkeypatch.setattr(sys, "platform", "linux")
    assert make_release.describe_platform([Path(name) for name in names]).endswith("with glibc 2.28 or newer")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "glibc" not in make_release.describe_platform([Path(name) for name in names])
