"""Reads tokens from a command, such as a password manager. It runs without a shell, limited in time and output."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from dyntui.config.credential_store import CredentialStore
from dyntui.config.errors import CredentialError
from dyntui.config.profile import CredentialKind
from dyntui.config.tokens import without_token_variables
from dyntui.core.errors import UsageError
from dyntui.core.json_types import as_object, as_text
from dyntui.core.redact import redact
from dyntui.core.strict_json import parse_json
from dyntui.core.text import safe

if TYPE_CHECKING:
    from dyntui.config.profile import Profile

__all__ = ["COMMAND_LIMIT", "CommandCredentialStore", "split_command"]

COMMAND_LIMIT = 10.0
_MAX_OUTPUT = 64 * 1024


def split_command(text: str) -> list[str]:
    """Split a command line into words. Raises UsageError when it is empty or its quotes do not match."""
    try:
        words = shlex.split(text, posix=os.name == "posix")
    except ValueError as error:
        raise UsageError(f"The credential command cannot be read: {error}.", hint="Check its quotes.") from error
    if not words:
        raise UsageError(
            "The credential command is empty.",
            hint="Set a command that prints the token, such as: pass show dynamic/prod",
        )
    return words


class CommandCredentialStore(CredentialStore):
    """Runs a command that prints `{"token": "dyn_…"}`, or the token as its only line, each time the token is needed."""

    kind = CredentialKind.COMMAND

    def __init__(self, limit: float = COMMAND_LIMIT) -> None:
        self._limit = limit

    def describe(self, profile: Profile | None = None) -> str:
        # Only its first word, because an argument may be a secret.
        return f"command {split_command(profile.credential_command)[0]}" if profile else "your command"

    def get(self, profile: Profile) -> str | None:
        words = split_command(profile.credential_command)
        name = safe(words[0], 80)
        try:
            status, output, complaint = _run(words, self._limit)
        except subprocess.TimeoutExpired:  # its output, perhaps the token, goes no further
            raise CredentialError(
                f"The credential command {name} did not finish within {self._limit:g} s.",
                hint="The command was stopped. Run it by hand to see why.",
            ) from None
        except _OutputTooLong:
            raise CredentialError(
                f"The credential command {name} did not print a token: it printed more than {_MAX_OUTPUT:,} bytes.",
                hint="The command was stopped. It must print the token as one line.",
            ) from None
        except OSError as error:
            raise CredentialError(
                f"The credential command {name} cannot be run: {error.strerror}.", hint="Check its path in the profile."
            ) from error
        if status:
            last_line = safe(redact(complaint.decode(errors="replace").strip().rpartition("\n")[2]), 200)
            raise CredentialError(
                f"The credential command {name} failed with status {status}: {last_line}".rstrip(": "),
                hint="Run it by hand to see why.",
            )
        return _token(output, name)

    def set(self, profile: Profile, token: str) -> None:
        raise UsageError(
            f"The token of {profile.name} comes from a command; it is not stored here.",
            hint="Change it where the command reads it, or use: dyntui auth login --credential keyring",
        )

    def delete(self, profile: Profile) -> bool:
        return False


def _token(output: bytes, name: str) -> str:
    problem = CredentialError(
        f"The credential command {name} did not print a token.", hint='It must print {"token": "dyn_…"} or one line.'
    )
    try:
        text = output.decode().strip()
        if text.startswith("{"):
            text = as_text(as_object(parse_json(text)).get("token"))
    except ValueError:  # a JSON error carries the whole output
        raise problem from None
    if not text or "\n" in text:
        raise problem
    return text


class _OutputTooLong(Exception):
    """The command printed more than a token."""


class _PipeReader(threading.Thread):
    """Reads a pipe to its end into `data`. At the size limit it stops and calls `on_full`."""

    def __init__(self, pipe: IO[bytes], on_full: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.data = b""
        self._pipe = pipe
        self._on_full = on_full
        self.start()

    @property
    def is_full(self) -> bool:
        return len(self.data) > _MAX_OUTPUT

    def run(self) -> None:
        self.data = self._pipe.read(_MAX_OUTPUT + 1)
        if self.is_full:
            self._on_full()


def _run(words: list[str], limit_s: float) -> tuple[int, bytes, bytes]:
    """Run a command and return its status, standard output and standard error.

    It runs in its own process group, which is killed at the time or size limit and on an interrupt. Raises
    TimeoutExpired, _OutputTooLong or OSError.
    """
    process = subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=without_token_variables(os.environ),
        start_new_session=True,
    )
    assert process.stdout is not None and process.stderr is not None
    deadline = time.monotonic() + limit_s
    readers = [_PipeReader(pipe, lambda: _kill_group(process)) for pipe in (process.stdout, process.stderr)]
    try:
        for reader in readers:
            reader.join(max(0.0, deadline - time.monotonic()))
            if reader.is_alive():
                raise subprocess.TimeoutExpired(words[0], limit_s)
        if any(reader.is_full for reader in readers):
            raise _OutputTooLong
        status = process.wait(max(0.0, deadline - time.monotonic()))
        return status, readers[0].data, readers[1].data
    except BaseException:
        _kill_group(process)
        process.wait()
        raise
    finally:
        for reader, pipe in zip(readers, (process.stdout, process.stderr), strict=True):
            if not reader.is_alive():  # closing a pipe that is being read would wait for it
                pipe.close()


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a command and its child processes. Call it before `wait`, after which the process id may be reused."""
    if os.name == "posix":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
