"""Delegation keys, and the delegated access of the wallets of sample users."""

from __future__ import annotations

import base64
from hashlib import sha256

from dyntui.sandbox.ids import Ids
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import format_time

__all__ = ["DEFAULT_ALGORITHM", "delegated_access", "make_key", "sample_key"]

DEFAULT_ALGORITHM = "HYBRID-RSA-AES-256"


def make_key(id: str, environment_id: str, public_key: str, at_ms: int, alg: str, type: str = "external") -> Document:
    """Return an active key. public_key: PEM in Base64. at_ms: when it was created, in ms since 1970."""
    return {
        "id": id,
        "projectEnvironmentId": environment_id,
        "kid": sha256(public_key.encode()).hexdigest()[:16],
        "alg": alg,
        "publicKeyPemB64": public_key,
        "status": "active",
        "type": type,
        "expiresAt": None,
        "revokedAt": None,
        "createdAt": format_time(at_ms),
        "updatedAt": format_time(at_ms),
    }


def sample_key(ids: Ids, at_ms: int) -> Document:
    """Return a key with a well-formed public key. No private key exists."""
    body = base64.b64encode(ids.digest("delegation key", 64)).decode()
    pem = f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"
    public_key = base64.b64encode(pem.encode()).decode()
    return make_key(ids.uuid("delegation key"), ids.uuid("environment"), public_key, at_ms, DEFAULT_ALGORITHM)


def delegated_access(ids: Ids, newest_ms: int, at_ms: int) -> list[Document]:
    """Return the delegated access of a wallet, as the API shows it. Both times are in ms since 1970."""
    return [
        {
            "encryptionPublicKey": sample_key(ids, newest_ms - 90 * 86_400_000),
            "scopes": ["sign"],
            "expiresAt": None,
            "createdAt": format_time(at_ms),
            "updatedAt": format_time(at_ms),
            "deletedAt": None,
        }
    ]
