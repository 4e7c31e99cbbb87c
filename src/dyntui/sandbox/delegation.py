"""The delegation key of the sample users, and the delegated access of their wallets."""

from __future__ import annotations

import base64

from dyntui.sandbox.ids import Ids
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import format_time

__all__ = ["delegated_access", "sample_key"]


def sample_key(ids: Ids, at_ms: int) -> Document:
    """Return a well-formed public key. No private key exists."""
    body = base64.b64encode(ids.digest("delegation key", 64)).decode()
    pem = f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"
    return {
        "id": ids.uuid("delegation key"),
        "projectEnvironmentId": ids.uuid("environment"),
        "kid": ids.digest("delegation kid", 8).hex(),
        "alg": "HYBRID-RSA-AES-256",
        "publicKeyPemB64": base64.b64encode(pem.encode()).decode(),
        "status": "active",
        "type": "external",
        "expiresAt": None,
        "revokedAt": None,
        "createdAt": format_time(at_ms),
        "updatedAt": format_time(at_ms),
    }


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
