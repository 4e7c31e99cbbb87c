"""Base URLs and their origins: validation, and which origins need a confirmation before a token is sent."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from dyntui.core.errors import UsageError

__all__ = ["DEFAULT_BASE_URL", "VENDOR_HOSTS", "check_base_url", "host_label", "is_loopback", "is_vendor"]
__all__ += ["names_origin", "needs_confirmation", "origin", "origin_text", "shown_host"]

DEFAULT_BASE_URL = "https://app.dynamicauth.com/api/v0"
VENDOR_HOSTS = frozenset({"app.dynamicauth.com", "app.dynamic.xyz"})

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_PATH = re.compile(r"[A-Za-z0-9._~/-]*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


def check_base_url(url: str) -> str:
    """Return a base URL in its normal form: lower-case scheme and host, no default port, no trailing slash.

    `http` is only allowed for loopback. A vendor host without a path gets the path of the API. Raises UsageError.
    """
    text = url.strip()
    if "://" not in text:
        raise _refused(url, "it does not start with https://")
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        raise _refused(url, "it contains invalid characters")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise _refused(url, "its host or port is invalid") from error
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    if "@" in parts.netloc:
        raise _refused(url, "it contains a user name")
    if parts.query or parts.fragment or "?" in text or "#" in text:
        raise _refused(url, "it has a query or a fragment")
    if not (_HOST.fullmatch(host) or _is_ip(host)) or ".." in host or port == 0:
        raise _refused(url, "its host or port is invalid")
    if _NUMBER.fullmatch(host.rpartition(".")[2]) and not _is_ip(host):
        raise _refused(url, "its host is a number that would be resolved as an IP address")
    _decoded(host, url)
    if not _PATH.fullmatch(parts.path) or any(part in (".", "..") for part in parts.path.split("/")):
        raise _refused(url, "its path contains dots or escapes")
    if scheme != "https" and not (scheme == "http" and is_loopback(host)):
        raise UsageError(
            f"{url!r} cannot be used: tokens are only sent over https.",
            hint="http is only allowed for loopback, such as http://127.0.0.1:8080/api/v0.",
        )
    path = parts.path.rstrip("/")
    if not path and host in VENDOR_HOSTS:
        path = urlsplit(DEFAULT_BASE_URL).path
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}{'' if port in (None, _PORTS[scheme]) else f':{port}'}{path}"


def _refused(url: str, reason: str) -> UsageError:
    shown = re.sub(r"//.*@", "//…@", url, flags=re.DOTALL)  # a user name often has a password
    return UsageError(f"{shown!r} cannot be used as a base URL: {reason}.", hint=f"Example: {DEFAULT_BASE_URL}")


def origin(url: str) -> tuple[str, str, int]:
    """Return the origin of a base URL: scheme, host and port."""
    parts = urlsplit(check_base_url(url))
    return parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme]


def origin_text(url: str) -> str:
    """Return the origin as text, always with its port: `https://app.dynamicauth.com:443`."""
    scheme, host, port = origin(url)
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def host_label(host: str) -> str:
    """Return a host as text for people; an internationalized name in both forms: `bücher.example (xn--…)`."""
    decoded = _decoded(host, host)
    return host if decoded == host else f"{decoded} ({host})"


def shown_host(url: str) -> str:
    """Return host and port of a base URL as text for people, without the default port; "" for the vendor's hosts."""
    if is_vendor(url):
        return ""
    scheme, host, port = origin(url)
    name = f"[{host}]" if ":" in host else host_label(host)
    return name if port == _PORTS[scheme] else f"{name}:{port}"


def names_origin(text: str, url: str) -> bool:
    """Return whether `text` names the origin of `url`: by host, host and port, or the whole origin."""
    scheme, host, port = origin(url)
    entered = text.strip().lower().rstrip("/")
    names = {f"[{host}]" if ":" in host else host, _decoded(host, url)}
    if port == _PORTS[scheme] and entered in {f"{scheme}://{name}" for name in names}:
        return True
    return entered in {form for name in names for form in (name, f"{name}:{port}", f"{scheme}://{name}:{port}")}


def needs_confirmation(url: str) -> bool:
    """Return whether the origin of `url` must be confirmed: all but the vendor's and loopback."""
    return not (is_vendor(url) or is_loopback(origin(url)[1]))


def _decoded(host: str, url: str) -> str:
    """Return a host with decoded `xn--` labels. Raises UsageError for an invalid label."""
    if "xn--" not in host:
        return host
    import idna

    try:
        return idna.decode(host)
    except (idna.IDNAError, UnicodeError) as error:
        raise _refused(url, "its host is not a valid internationalized domain name") from error


def is_loopback(host: str) -> bool:
    """Return whether a host is `localhost` or a loopback address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return "%" not in host


def is_vendor(url: str) -> bool:
    """Return whether `url` has one of the vendor's origins."""
    scheme, host, port = origin(url)
    return scheme == "https" and host in VENDOR_HOSTS and port == 443
