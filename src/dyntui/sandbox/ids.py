"""Identifiers and tokens derived from the seed.

The API reads sessions, wallets and social accounts by their own id, without the id of the user. To need no index over
all of them, the first 32 bits of such an id encode the position of the user.
"""

from __future__ import annotations

from hashlib import blake2b

__all__ = ["Ids"]

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_TOKEN_CHARS = bytes(ord(_ALPHABET[i % 62]) for i in range(256))
_MASK = 0xFFFFFFFF
_STEP = 0x9E3779B1  # odd, so multiplying by it can be undone modulo 2**32
_STEP_BACK = pow(_STEP, -1, 1 << 32)


class Ids:
    """Makes the ids and tokens of one sandbox."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._key = blake2b(b"dyntui sandbox %d" % seed, digest_size=32).digest()
        self._shift = int.from_bytes(self._key[:4], "big")
        self._started: dict[int, blake2b] = {}

    def digest(self, name: str, size: int = 16) -> bytes:
        """Return `size` bytes derived from `name` and the seed."""
        started = self._started.get(size)
        if started is None:
            started = self._started[size] = blake2b(digest_size=size, key=self._key)
        hashed = started.copy()  # a copy takes half the time of a new hash
        hashed.update(name.encode())
        return hashed.digest()

    def uuid(self, name: str) -> str:
        return _format_uuid(self.digest(name).hex())

    def child(self, position: int, name: str) -> str:
        """Return the UUID of an object of the user at `position`; `owner` decodes it."""
        rest = self.digest(f"{name} of {position}", 12).hex()
        head = ((position * _STEP) + self._shift ^ int(rest[-8:], 16)) & _MASK
        return _format_uuid(f"{head:08x}{rest}")

    def owner(self, child: str) -> int | None:
        """Return the position of the user that `child` encoded in an id; None when the id is malformed."""
        try:
            head = int(child[:8], 16) ^ int(child[-8:], 16)
        except ValueError:
            return None
        return ((head - self._shift) * _STEP_BACK) & _MASK

    def token(self, name: str) -> str:
        """Return the API token for a name: `dyn_` and 56 letters and digits."""
        return "dyn_" + self.digest(f"token {name}", 56).translate(_TOKEN_CHARS).decode()


def _format_uuid(text: str) -> str:
    """Format 32 hexadecimal digits as a version 4 UUID."""
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[int(text[16], 16) & 3]}{text[17:20]}-{text[20:32]}"
