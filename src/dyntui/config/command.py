"""Tokens from a command of the user's own (a password manager): run without a shell, for at most ten seconds."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from typing import TYPE_CHECKING

from dyntui.config.errors import CredentialError
from dyntui.config.store import CredentialKind, CredentialStore
from dyntui.config.tokens import scrubbed
from dyntui.core.errors import Usage
from dyntui.core.redact import redact
from dyntui.core.text import safe

if TYPE_CHECKING:
    from dyntui.config.profiles import Profile

__all__ = ["COMMAND_LIMIT", "CommandStore", "split_command"]

COMMAND_LIMIT = 10.0
_MAX_OUTPUT = 64 * 1024


def split_command(text: str) -> list[str]:
    """A command line as words; Usage when it is empty or its quotes do not match."""
    try:
        words = shlex.split(text, posix=os.name == "posix")
    except ValueError as error:
        raise Usage(f"The credential command cannot be read: {error}.", hint="Check its quotes.") from error
    if not words:
        raise Usage("The credential command is empty.", hint="Give one that prints the token: pass show dynamic/prod")
    return words


class CommandStore(CredentialStore):
    """Asks a command for the token each time: it prints `{"token": "dyn_…"}`, or the token as its only line."""

    kind = CredentialKind.COMMAND

    def __init__(self, limit: float = COMMAND_LIMIT) -> None:
        self._limit = limit

    def describe(self, profile: Profile | None = None) -> str:
        # Its first word only: an argument might be a secret.
        return f"command {split_command(profile.credential_command)[0]}" if profile else "a command of yours"

    def get(self, profile: Profile) -> str | None:
        words = split_command(profile.credential_command)
        name = safe(words[0], 80)
        try:
            done = subprocess.run(
                words,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                env=scrubbed(os.environ),
                timeout=self._limit,
                check=False,
            )
        except subprocess.TimeoutExpired:  # its output, perhaps the token, goes no further
            raise CredentialError(
                f"The credential command {name} did not end within {self._limit:g} s.",
                hint="Run it by hand to see why.",
            ) from None
        except OSError as error:
            raise CredentialError(
                f"The credential command {name} cannot be run: {error.strerror}.", hint="Check its path in the profile."
            ) from error
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
            raise CredentialError(
                f"The credential command {name} failed with status {done.returncode}: {safe(redact(said), 200)}".rstrip(
                    ": "
                ),
                hint="Run it by hand to see why.",
            )
        return _token(done.stdout, name)

    def set(self, profile: Profile, token: str) -> None:
        raise Usage(
            f"The token of {profile.name} comes from a command; it is not stored here.",
            hint="Change it where the command reads it.",
        )

    def delete(self, profile: Profile) -> bool:
        return False


def _token(output: bytes, name: str) -> str:
    problem = CredentialError(
        f"The credential command {name} did not print a token.", hint='It has to print {"token": "dyn_…"} or one line.'
    )
    if len(output) > _MAX_OUTPUT:
        raise problem
    try:
        text = output.decode().strip()
        if text.startswith("{"):
            text = json.loads(text)["token"]
    except (ValueError, KeyError, TypeError):  # a JSON error carries the whole output
        raise problem from None
    if not isinstance(text, str) or not text or "\n" in text:
        raise problem
    return text
