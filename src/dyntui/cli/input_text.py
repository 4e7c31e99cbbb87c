"""Read what a command gets as a whole: the text or the bytes of a file, or of standard input. The size is limited."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, TypeVar

from dyntui.core.errors import UsageError

__all__ = ["STDIN", "iter_lines", "read_bytes", "read_text"]

STDIN = "-"
"""The name of standard input where a file is expected."""
_LARGEST = 64 << 20
"""The maximum of characters or bytes that are read as a whole: a request body or a response has less."""
_LONGEST_LINE = 4 << 20
"""The maximum of characters in a line, such as a user with all sessions as JSON."""

_Content = TypeVar("_Content", str, bytes)


def read_text(name: str, subject: str) -> str:
    """Return the text of a file. name: its path, or STDIN. subject: what it is, for messages. Raises UsageError."""
    if name == STDIN:
        with _readable(name, subject):
            return _strict(_read(sys.stdin.read, name, subject))
    with _readable(name, subject), Path(name).open(encoding="utf-8-sig") as file:
        return str(_read(file.read, name, subject))


def read_bytes(name: str, subject: str) -> bytes:
    """Return the bytes of a file, as `read_text` returns its text."""
    if name == STDIN:
        return bytes(_read(sys.stdin.buffer.read, name, subject))
    with _readable(name, subject), Path(name).open("rb") as file:
        return bytes(_read(file.read, name, subject))


def iter_lines(file: TextIO, name: str) -> Iterator[str]:
    """Iterate over the lines of an open file.

    Raises UsageError for a line that is too long for a line of text, and UnicodeError when it is not UTF-8.
    """
    number = 0
    while line := file.readline(_LONGEST_LINE):
        number += 1
        if len(line) == _LONGEST_LINE:
            raise UsageError(f"Line {number} of {name} is longer than {_LONGEST_LINE >> 20} MiB.")
        yield _strict(line)


def _read(read: Callable[[int], _Content], name: str, subject: str) -> _Content:
    with _readable(name, subject):
        content = read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise UsageError(f"{subject} from {_shown(name)} is larger than {_LARGEST >> 20} MiB.")
    return content


def _strict(text: str) -> str:
    """Return the text. Raises UnicodeError when Python has read bytes that are not UTF-8 as surrogates."""
    text.encode()
    return text


@contextmanager
def _readable(name: str, subject: str) -> Iterator[None]:
    """Raise UsageError for an error of the file or its encoding in the block."""
    try:
        yield
    except UnicodeError:
        raise UsageError(f"{subject} from {_shown(name)} is not UTF-8 text.") from None
    except OSError as error:
        raise UsageError(f"{subject} cannot be read from {_shown(name)}: {error.strerror}.") from None


def _shown(name: str) -> str:
    return "standard input" if name == STDIN else name
