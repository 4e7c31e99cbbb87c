"""A million rows: memory stays where it was, and the time is that of a stream."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_READ = """
import resource, sys
from pathlib import Path
from dyntui.importer import Mapper, open_source, propose_mapping

count = 0
with open_source(Path(sys.argv[1])) as source:
    mapper = Mapper(propose_mapping(source.info, source.sample()).with_constant("emailVerifiedAt", "unverified"))
    for row in source.rows():
        assert mapper.map(row).ok
        count += 1
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""

WRITERS = {
    "csv": ("email,firstName,username,country\n", "u{0}@example.com,Ada,user{0},DE\n", ""),
    "ndjson": ("", '{{"email": "u{0}@example.com", "firstName": "Ada", "username": "user{0}"}}\n', ""),
    "json": (
        '{{"users": [\n{{"email": "first@example.com"}}',
        ',\n{{"email": "u{0}@example.com", "username": "user{0}"}}',
        "\n]}}",
    ),
}


def peak(path: Path, format: str, rows: int) -> tuple[int, int]:
    before, line, after = WRITERS[format]
    with path.open("w") as file:
        file.write(before.format())
        file.writelines(line.format(number) for number in range(rows))
        file.write(after.format())
    done = subprocess.run([sys.executable, "-c", _READ, str(path)], capture_output=True, text=True, check=True)
    count, kilobytes = done.stdout.split()
    return int(count), int(kilobytes)


@pytest.mark.slow
@pytest.mark.parametrize("format", sorted(WRITERS))
def test_memory_does_not_grow_with_the_file(format: str, tmp_path: Path) -> None:
    extra = format == "json"
    small, large = peak(tmp_path / "small", format, 50_000), peak(tmp_path / "large", format, 1_000_000)
    assert (small[0], large[0]) == (50_000 + extra, 1_000_000 + extra)
    assert large[1] < 1.15 * small[1]
