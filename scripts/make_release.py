"""Make files of a release in dist/ from its wheel; run by `make dist`, `make zipapp`, `make sbom` and `make release`.

requirements: requirements-VERSION.txt, dyntui and all that it needs with hashes.
zipapp: a file with dyntui and all that it needs, for this platform and Python.
sbom: dyntui-VERSION.cdx.json, the bill of materials in CycloneDX format.
hashes: SHA256SUMS of all files.
check: whether the version is in CHANGELOG.md and equals the variable TAG, such as v0.1.0.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from packaging.utils import parse_wheel_filename

ROOT = Path(__file__).parent.parent
DIST = ROOT / "dist"
BUILD = ROOT / "build"
WHEELS = BUILD / "wheels"
UNPACKED_TO = "~/.cache/dyntui-zipapp"
"""Where a zipapp unpacks itself at its first start."""


def read_version() -> str:
    """Return the version of the package."""
    match = re.search(r'^__version__ = "(.+)"', (ROOT / "src/dyntui/__init__.py").read_text("utf-8"), re.MULTILINE)
    if match is None:
        sys.exit("src/dyntui/__init__.py has no __version__")
    return match[1]


def sha256_of(file: Path) -> str:
    """Return the SHA-256 hash of a file, in hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def find_wheel() -> Path:
    """Return the wheel of dyntui in dist/; ends the program when there is none of this version."""
    wheel = DIST / f"dyntui-{read_version()}-py3-none-any.whl"
    return wheel if wheel.exists() else sys.exit(f"{wheel} does not exist: run make dist")


def write_requirements() -> None:
    """Write the requirements of this release: requirements.txt, and dyntui with the hashes of wheel and sdist."""
    version = read_version()
    files = [find_wheel(), DIST / f"dyntui-{version}.tar.gz"]
    hashes = " \\\n".join(f"    --hash=sha256:{sha256_of(file)}" for file in files)
    file = DIST / f"requirements-{version}.txt"
    header = f"# dyntui {version} and what it needs: pip install --require-hashes -r {file.name}\n"
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines(keepends=True)
    file.write_text(f"{header}dyntui=={version} \\\n{hashes}\n{''.join(lines[1:])}", "utf-8")
    print(file.relative_to(ROOT))


def download_wheels() -> None:
    """Fetch the wheels of all packages for this platform and Python, and check their hashes, unless that was done."""
    requirements = DIST / f"requirements-{read_version()}.txt"
    fetched = WHEELS / requirements.name
    if fetched.exists() and fetched.read_bytes() == requirements.read_bytes():
        return
    shutil.rmtree(WHEELS, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--require-hashes"]
    command += ["--only-binary", ":all:", "--find-links", str(DIST), "-d", str(WHEELS)]
    subprocess.run([*command, "-r", str(requirements)], check=True)
    shutil.copy(requirements, fetched)


def describe_platform(wheels: list[Path]) -> str:
    """Return the Python and the platform that a zipapp of these wheels needs."""
    glibc = (2, 0)
    for wheel in wheels:
        tags = [re.match(r"manylinux_(\d+)_(\d+)", tag.platform) for tag in parse_wheel_filename(wheel.name)[3]]
        if found := [(int(match[1]), int(match[2])) for match in tags if match]:
            glibc = max(glibc, min(found))
    text = f"CPython {sys.version_info.major}.{sys.version_info.minor} on {sysconfig.get_platform()}"
    return text + (f" with glibc {glibc[0]}.{glibc[1]} or newer" if sys.platform == "linux" else "")


def make_zipapp() -> None:
    """Make a zipapp with pex. It unpacks itself to `UNPACKED_TO` at its first start."""
    version, python = read_version(), f"{sys.version_info.major}.{sys.version_info.minor}"
    download_wheels()
    name = f"dyntui-{version}-cp{python.replace('.', '')}-{sysconfig.get_platform()}.pyz"
    command = [sys.executable, "-m", "pex", f"dyntui=={version}", "--no-pypi", "--find-links", str(WHEELS)]
    command += ["--venv", "--console-script", "dyntui", "--runtime-pex-root", UNPACKED_TO, "--compile"]
    command += ["--interpreter-constraint", f"CPython=={python}.*", "--python-shebang", "/usr/bin/env python3"]
    command += ["--pex-root", str(BUILD / "pex"), "--output-file", str(DIST / name)]
    subprocess.run(command, check=True)
    size_mb = (DIST / name).stat().st_size / 1e6
    print(f"dist/{name}: {size_mb:.0f} MB, needs {describe_platform(sorted(WHEELS.glob('*.whl')))}")


def make_sbom() -> None:
    """Make the bill of materials from an environment with only dyntui and what it needs."""
    version, environment = read_version(), BUILD / "environment"
    download_wheels()
    shutil.rmtree(environment, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python), "install", "--quiet"]
    subprocess.run([*pip, "--no-index", "--find-links", str(WHEELS), f"dyntui=={version}"], check=True)
    command = [sys.executable, "-m", "cyclonedx_py", "environment", str(python), "--output-reproducible"]
    command += ["--pyproject", str(ROOT / "pyproject.toml"), "--mc-type", "application"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    document = json.loads(done.stdout)
    document["metadata"]["component"]["version"] = version  # dynamic in pyproject.toml
    file = DIST / f"dyntui-{version}.cdx.json"
    file.write_text(json.dumps(document, indent=2) + "\n", "utf-8")
    print(f"{file.relative_to(ROOT)}: {len(document['components'])} packages")


def write_hashes() -> None:
    """Write the SHA-256 hashes of all files in dist/, in the format of sha256sum."""
    files = sorted(file for file in DIST.iterdir() if file.is_file() and file.name != "SHA256SUMS")
    (DIST / "SHA256SUMS").write_text("".join(f"{sha256_of(file)}  {file.name}\n" for file in files), "utf-8")
    print(f"dist/SHA256SUMS: {len(files)} files")


def check_version() -> None:
    """End the program with exit code 1 unless the version is in CHANGELOG.md and equals the variable TAG."""
    version, tag = read_version(), os.environ.get("TAG", "")
    if tag != f"v{version}":
        sys.exit(f"TAG is {tag or 'not set'}; this is v{version}")
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    if not re.search(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$", changelog, re.MULTILINE):
        sys.exit(f"CHANGELOG.md has no heading of {version} with a date")
    print(f"{tag} can be released")


PARTS = {
    "requirements": write_requirements,
    "zipapp": make_zipapp,
    "sbom": make_sbom,
    "hashes": write_hashes,
    "check": check_version,
}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in PARTS:
        sys.exit(f"usage: make_release.py {'|'.join(PARTS)}")
    PARTS[sys.argv[1]]()
