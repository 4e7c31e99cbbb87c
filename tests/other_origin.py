"""A second origin: an https server on loopback with another host name, which records the requests that it receives."""

from __future__ import annotations

import datetime
import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "other.example"

_RESOLVER = f"""
import socket

_resolve = socket.getaddrinfo


def getaddrinfo(host, *arguments, **options):
    named = host.decode() if isinstance(host, bytes) else host
    return _resolve("127.0.0.1" if named == {HOST!r} else host, *arguments, **options)


socket.getaddrinfo = getaddrinfo
"""


@dataclass
class OtherOrigin:
    """The running server."""

    url: str
    """The base URL."""
    environ: dict[str, str]
    """The environment variables with which a program trusts the certificate."""
    requests: list[tuple[str, str, str | None]] = field(default_factory=list)
    """Method, path and Authorization header of each request."""

    @property
    def tokens(self) -> set[str]:
        """The Authorization headers of the requests."""
        return {authorization for _, _, authorization in self.requests if authorization}

    def child_environ(self, folder: Path) -> dict[str, str]:
        """Return the environment variables with which another Python process resolves the host name."""
        folder.mkdir(exist_ok=True)
        (folder / "sitecustomize.py").write_text(_RESOLVER)
        return {**self.environ, "PYTHONPATH": str(folder)}


@contextmanager
def serving_other_origin(folder: Path, environment_id: str) -> Iterator[OtherOrigin]:
    """Run the server for HOST until the block ends."""
    certificate = _certificate(folder)
    responses: dict[str, Any] = {
        "me": {"token": {"scopes": [], "projectEnvironmentId": environment_id}},
        environment_id: {"id": environment_id, "settings": {"environmentName": "live"}},
        "users": {"count": 0, "users": []},
    }

    class Handler(BaseHTTPRequestHandler):
        def respond(self) -> None:
            other.requests.append((self.command, self.path, self.headers.get("Authorization")))
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.dumps(responses.get(self.path.split("?")[0].rpartition("/")[2], {})).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self.respond()

        def do_POST(self) -> None:
            self.respond()

        def do_PUT(self) -> None:
            self.respond()

        def do_DELETE(self) -> None:
            self.respond()

        def do_PATCH(self) -> None:
            self.respond()

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        other = OtherOrigin(
            f"https://{HOST}:{server.server_address[1]}/api/v0", {"SSL_CERT_FILE": str(certificate), "NO_PROXY": "*"}
        )
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield other
        server.shutdown()


def _certificate(folder: Path) -> Path:
    """Write a key and a self-signed certificate for HOST to a file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(HOST), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "other-origin.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file
