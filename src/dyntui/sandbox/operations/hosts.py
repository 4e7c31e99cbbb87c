"""Origins (CORS), deep links of mobile apps and custom hostnames of the environment."""

from __future__ import annotations

import re
from collections.abc import Callable

from dyntui.sandbox.document_resource import DocumentResource
from dyntui.sandbox.handler_registry import OperationCall
from dyntui.sandbox.replies import invalid
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import format_time

_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*"
_ORIGIN = re.compile(rf"https?://(?:\*\.)?{_HOST}(?::[0-9]{{1,5}})?\Z", re.IGNORECASE)
_DEEPLINK = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s]*\Z")
_HOSTNAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})+\Z")


def _check(field: str, pattern: re.Pattern[str], code: str, message: str) -> Callable[[OperationCall, Document], None]:
    """Return a check that the text of a field matches a pattern."""

    def check(call: OperationCall, doc: Document) -> None:
        if not pattern.match(doc[field]):
            raise invalid(code, message)

    return check


def _make_origin(call: OperationCall, body: Document) -> Document:
    origin = body["origin"].lower().removesuffix("/")
    return {"origin": origin, "createdAt": format_time(call.now), "projectEnvironmentId": call.path["environmentId"]}


DocumentResource(
    "origins",
    "Origin",
    unique=("origin",),
    make=_make_origin,
    check=_check(
        "origin",
        _ORIGIN,
        "invalid_cors_origins",
        "An origin has a scheme and a host, optionally with the prefix *., and no path",
    ),
).serve("getOrigins", "addOrigin", "deleteOriginById")


DocumentResource(
    "deeplinkUrls",
    "Deeplink URL",
    unique=("url",),
    make=lambda call, body: {"url": body["url"], "createdAt": format_time(call.now)},
    check=_check("url", _DEEPLINK, "invalid_mobile_deeplink_urls", "A deep link has a scheme, like northwind://"),
).serve("getDeeplinkUrls", "addDeeplinkUrl", "deleteDeeplinkUrlById")


def _make_hostname(call: OperationCall, body: Document) -> Document:
    """Return a new hostname. It stays pending, because its DNS records are never set."""
    token = call.sandbox.ids.digest(f"hostname {body['hostname']}", 16).hex()
    return {
        "hostname": body["hostname"],
        "usage": body["usage"],
        "status": "pending",
        "verificationRecords": hostname_records(body["hostname"], token),
    }


def hostname_records(hostname: str, token: str) -> list[Document]:
    """Return the DNS records that prove the ownership of a hostname."""
    return [
        {
            "dnsRecordType": "CNAME",
            "verificationType": "alias",
            "name": hostname,
            "value": "custom.northwind-edge.example",
        },
        {
            "dnsRecordType": "TXT",
            "verificationType": "ownership",
            "name": f"_cf-custom-hostname.{hostname}",
            "value": f"{token[:8]}-{token[8:12]}-{token[12:16]}-{token[16:20]}-{token[20:32]}",
        },
        {
            "dnsRecordType": "TXT",
            "verificationType": "certificate",
            "name": f"_acme-challenge.{hostname}",
            "value": token,
        },
    ]


DocumentResource(
    "customHostnames",
    "Custom hostname",
    unique=("hostname",),
    exists_code="invalid_custom_hostname",
    make=_make_hostname,
    check=_check(
        "hostname",
        _HOSTNAME,
        "invalid_custom_hostname",
        "A hostname is lower case and has a dot, like auth.northwind.example",
    ),
).serve("getCustomHostnames", "createCustomHostname", "deleteCustomHostname")
