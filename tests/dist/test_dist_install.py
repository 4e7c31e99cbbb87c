"""`make dist` and `make zipapp`: the files are reproducible, and each runs where there is only Python.

Needs a package index, as `make install` does. Each program runs with an empty home and only `PATH`.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from tests.docs_commands import commands, matches_page, shown_output
from tests.e2e.terminal import Terminal, clean_environ

from dyntui import __version__

ROOT = Path(__file__).parent.parent.parent
BARE = {"PATH": "/usr/bin:/bin", "TERM": "xterm-256color"}
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def copy_source(folder: Path) -> Path:
    """Copy the files of the working tree that git would commit."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    for name in filter(None, done.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)  # with its time, by which make decides
    return folder


def run_make(source: Path, *targets: str, tools: Path, umask: int = 0o022) -> Path:
    """Make targets in a copy of the source with the tools of a release, as the same commit. Returns its dist/."""
    command = ["make", "-C", str(source), *targets, f"PYTHON={sys.executable}", f"RELEASE_V={tools}"]
    variables = {"SOURCE_DATE_EPOCH": "1790000000"}
    done = subprocess.run(
        command, env=os.environ | variables, umask=umask, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert done.returncode == 0, done.stdout
    return source / "dist"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all test processes of this run share."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "release"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def tools(shared: Path) -> Path:
    """The tools of a release, installed by the first test process that needs them."""
    with (shared / "tools.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        run_make(ROOT, str(shared / "tools" / ".installed"), tools=shared / "tools")
    return shared / "tools"


@pytest.fixture(scope="module")
def dist(shared: Path, tools: Path) -> Path:
    """The files of `make release`, made by the first test process that needs them."""
    source = shared / "first"
    with (shared / "dist.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (source / "dist" / "SHA256SUMS").exists():
            run_make(copy_source(source), "release", tools=tools)
    return source / "dist"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def run_bare(*command: str | Path, home: Path) -> str:
    """Run a program with an empty environment and return its output."""
    done = subprocess.run(command, env={**BARE, "HOME": str(home)}, cwd=home, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run_pip(venv: Path, *arguments: str | Path) -> None:
    """Run pip of a virtual environment with the settings of this machine."""
    command = [venv / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=venv)
    assert done.returncode == 0, done.stdout + done.stderr


def make_venv(folder: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder


def files_below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())


def try_program(program: Path, home: Path) -> dict[str, str]:
    """Run version, doctor and demo of a program, and return the folders that `doctor --paths` names."""
    assert run_bare(program, "--version", home=home).startswith("dyntui ")
    report = json.loads(run_bare(program, "doctor", "--json", home=home))
    assert report["ok"], report
    with Terminal("demo", env={**BARE, "HOME": str(home)}, program=[str(program)]) as terminal:
        terminal.wait("users")
        terminal.wait(lambda text: re.search(r"\S+@\S+", text) is not None, timeout_s=60)
        terminal.press("esc", "Q")
        assert terminal.wait_for_exit() == 0
    paths: dict[str, str] = json.loads(run_bare(program, "doctor", "--paths", "--json", home=home))
    return paths


def check_remains(home: Path, paths: Mapping[str, str]) -> None:
    """After the program was removed, only the folders that it named have files."""
    remains = [file for file in files_below(home) if not any(file.is_relative_to(folder) for folder in paths.values())]
    assert remains == []


def install_wheel(venv: Path, dist: Path) -> None:
    (requirements,) = dist.glob("requirements-*.txt")
    run_pip(venv, "install", "--require-hashes", "--find-links", dist, "-r", requirements)


def install_sdist(venv: Path, dist: Path) -> None:
    (sdist,) = dist.glob("*.tar.gz")
    run_pip(venv, "install", "-c", ROOT / "constraints.txt", sdist)


@pytest.mark.parametrize("install", [install_wheel, install_sdist])
def test_a_package_runs_with_only_python_and_leaves_only_the_folders_that_doctor_names(
    tmp_path: Path, home: Path, dist: Path, install: Callable[[Path, Path], None]
) -> None:
    venv = make_venv(tmp_path / "venv")
    install(venv, dist)
    paths = try_program(venv / "bin" / "dyntui", home)
    assert set(paths) == {"config", "state", "cache"}
    run_pip(venv, "uninstall", "--yes", "dyntui")
    assert list(venv.rglob("*dyntui*")) == []
    check_remains(home, paths)
    assert {file.relative_to(home) for file in files_below(home)} <= {Path(".local/state/dyntui/tour")}


def test_the_zipapp_runs_with_only_python_and_leaves_only_the_folders_that_doctor_names(
    tmp_path: Path, home: Path, dist: Path
) -> None:
    (zipapp,) = dist.glob("*.pyz")
    program = Path(shutil.copy(zipapp, tmp_path / "dyntui"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").symlink_to(sys.executable)
    paths = try_program(program, home)
    assert paths["zipapp"] == str(home / ".cache" / "dyntui-zipapp")
    program.unlink()
    check_remains(home, paths)
    shutil.rmtree(paths.pop("zipapp"))
    check_remains(home, paths)


def test_a_changed_package_is_refused(tmp_path: Path, dist: Path) -> None:
    files = Path(shutil.copytree(dist, tmp_path / "dist"))
    (wheel,) = files.glob("*.whl")
    wheel.write_bytes(wheel.read_bytes() + b"x")
    (files / next(files.glob("*.tar.gz")).name).unlink()
    with pytest.raises(AssertionError, match="DO NOT MATCH THE HASHES"):
        install_wheel(make_venv(tmp_path / "venv"), files)


def test_two_builds_are_equal(tmp_path: Path, dist: Path, tools: Path) -> None:
    other = run_make(copy_source(tmp_path / "second"), "release", tools=tools, umask=0o077)
    first, second = ((folder / "SHA256SUMS").read_text().splitlines() for folder in (dist, other))
    assert first == second
    assert [re.sub(r"-cp.*\.pyz", ".pyz", line.split()[1]) for line in first] == [
        f"dyntui-{__version__}.pyz",
        f"dyntui-{__version__}-py3-none-any.whl",
        f"dyntui-{__version__}.cdx.json",
        f"dyntui-{__version__}.tar.gz",
        f"requirements-{__version__}.txt",
    ]


def test_files_of_a_release_have_no_address_of_a_package_index_and_no_path_of_the_machine(dist: Path) -> None:
    for pattern in ("requirements-*.txt", "*.cdx.json"):
        text = next(dist.glob(pattern)).read_text()
        assert str(dist.parent) not in text
        assert re.findall(r"file://|/simple/|files\.", text) == []
    document = json.loads(next(dist.glob("*.cdx.json")).read_text())
    names = {component["name"].lower() for component in document["components"]}
    assert {"textual", "httpx", "linkify-it-py"} <= names
    assert not names & {"pytest", "pip", "build"}


def test_the_steps_of_the_containerfile_run(tmp_path: Path, home: Path, dist: Path) -> None:
    text = (ROOT / "Containerfile").read_text().replace("\\\n", "")
    steps = [line.split(None, 1) for line in text.splitlines() if line and not line.startswith("#")]
    folders = {"/opt/dyntui": tmp_path / "opt", "/dist": dist, "/data": tmp_path / "data"}

    def in_folders(step: str) -> str:
        return re.sub(r"/opt/dyntui|/dist\b|/data\b", lambda match: str(folders[match[0]]), step)

    copies = [step for name, step in steps if name == "COPY"]
    assert copies == ["dist /dist", "--from=build /opt/dyntui /opt/dyntui"]
    variables = dict(os.environ, PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    for step in (step for name, step in steps if name == "RUN"):
        done = subprocess.run(["sh", "-ec", in_folders(step)], env=variables, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    (entry_point,) = (json.loads(step) for name, step in steps if name == "ENTRYPOINT")
    environment = dict(pair.split("=") for name, step in steps if name == "ENV" for pair in step.split())
    environment["DYNTUI_HOME"] = in_folders(environment["DYNTUI_HOME"])
    command = [in_folders(entry_point[0]), "doctor", "--json"]
    done = subprocess.run(command, env={**BARE, **environment, "HOME": "/"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    command[1:] = ["doctor", "--paths", "--json"]
    done = subprocess.run(command, env={**BARE, **environment, "HOME": "/"}, capture_output=True, text=True)
    assert set(json.loads(done.stdout).values()) == {str(folders["/data"] / name) for name in ("config", "state", "cache")}


def test_the_commands_of_the_install_page_run_and_print_what_it_shows(
    tmp_path: Path, home: Path, tools: Path
) -> None:
    page = "docs/install.md"
    source = copy_source(tmp_path / "source")
    installers = make_venv(tmp_path / "installers")
    run_pip(installers, "install", "pipx", "uv")
    local = home / ".local" / "bin"
    variables = {
        "HOME": str(home),
        "PATH": f"{local}:{installers / 'bin'}:{os.environ['PATH']}",
        "MAKEFLAGS": f"RELEASE_V={tools} PYTHON={sys.executable}",
        "PIPX_BIN_DIR": str(home / "pipx"),  # both installers make a program of one name
        "UV_TOOL_BIN_DIR": str(home / "uv"),
        "TERM": "xterm-256color",
    }
    inherited = {name: value for name, value in clean_environ().items() if not name.startswith(("XDG_", "PIPX_", "UV_"))}
    shown = shown_output(page)
    for command in commands(page):
        done = subprocess.run(
            ["bash", "-ec", command],
            cwd=source,
            env=inherited | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        if command in shown:
            assert matches_page(shown[command], done.stdout), f"{command}\n{done.stdout}"
        elif command.startswith(("pipx install", "uv tool install")):
            installed = Path(variables["PIPX_BIN_DIR" if command.startswith("pipx") else "UV_TOOL_BIN_DIR"]) / "dyntui"
            assert run_bare(installed, "--version", home=home).startswith(f"dyntui {__version__}")
    programs = [folder / "dyntui" for folder in (local, home / "pipx", home / "uv", home / ".local" / "lib")]
    assert [path for path in programs if os.path.lexists(path)] == []
