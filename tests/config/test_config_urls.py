"""A token goes to https, to this machine, and to no address that merely looks right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyntui.config.urls import (
    DEFAULT_BASE_URL,
    check_base_url,
    host_label,
    is_loopback,
    is_vendor,
    names_origin,
    needs_confirmation,
    origin,
    origin_text,
    shown_host,
)
from dyntui.core.errors import UsageError


@pytest.mark.parametrize(
    ("url", "normalized"),
    [
        (DEFAULT_BASE_URL, DEFAULT_BASE_URL),
        (" https://APP.dynamic.xyz:443/api/v0/ ", "https://app.dynamic.xyz/api/v0"),
        ("https://app.dynamic.xyz", "https://app.dynamic.xyz/api/v0"),
        ("https://dyn.example:8443/api//", "https://dyn.example:8443/api"),
        ("http://127.0.0.1:3333/api/v0", "http://127.0.0.1:3333/api/v0"),
        ("http://localhost:80", "http://localhost"),
        ("http://[::1]:8080/api", "http://[::1]:8080/api"),
    ],
)
def test_a_base_url_is_normalized(url: str, normalized: str) -> None:
    assert check_base_url(url) == normalized
    assert check_base_url(normalized) == normalized


@pytest.mark.parametrize(
    "url",
    [
        "",
        "app.dynamic.xyz/api/v0",
        "http://app.dynamic.xyz/api/v0",
        "http://127.evil.example/",
        "http://127.0.0.1.evil.example/",
        "http://localhost.evil.example/",
        "http://0x7f000001.example/",
        "ftp://localhost/",
        "https://",
        "https:///path",
        "https://user:pass@app.dynamic.xyz/",
        "https://app.dynamic.xyz@evil.example/",
        "https://app.dynamic.xyz\\@evil.example/",
        "https://app.dynamic.xyz/api?x=1",
        "https://app.dynamic.xyz/api#x",
        "https://app.dynamic.xyz/api/../admin",
        "https://app.dynamic.xyz/%2e%2e/admin",
        "https://app.dynamic.xyz:99999/",
        "https://app.dynamic.xyz:0/",
        "https://аpp.dynamic.xyz/",  # a Cyrillic а
        "https://app.dynamic.xyz/\x1b]0;x",
        "https://app.dynamic.xyz/a b",
        "https://app\n.dynamic.xyz/",
        "https://a..b/",
        "https://-a/",
        "https://app.dynamic.xyz./api",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://0177.0.0.1/",
        "https://1.2.3.4.5/",
        "https://xn--/",
        "https://xn--a/",
        "https://xn--0.example/",
    ],
)
def test_an_invalid_base_url_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_base_url(url)
    assert caught.value.exit_code == 2
    assert caught.value.hint


@given(
    st.text(max_size=60), st.sampled_from(["", "https://", "http://", "https://app.dynamic.xyz", "http://127.0.0.1"])
)
def test_an_accepted_url_is_https_or_loopback_and_normalizing_it_again_changes_nothing(rest: str, start: str) -> None:
    try:
        normalized = check_base_url(start + rest)
    except UsageError:
        return
    scheme, host, _ = origin(normalized)
    assert scheme == "https" or (scheme == "http" and is_loopback(host))
    assert normalized.isascii()
    assert normalized.isprintable()
    assert not normalized.endswith("/")
    assert check_base_url(normalized) == normalized


def test_an_origin_is_scheme_host_and_port() -> None:
    assert origin("https://App.dynamic.xyz/api") == ("https", "app.dynamic.xyz", 443)
    assert origin_text("https://app.dynamic.xyz") == "https://app.dynamic.xyz:443"
    assert origin_text("http://[::1]:8080/api") == "http://[::1]:8080"
    assert origin("https://app.dynamic.xyz") != origin("https://app.dynamic.xyz:444")


@pytest.mark.parametrize(
    ("url", "vendor"),
    [
        ("https://app.dynamic.xyz", True),
        (DEFAULT_BASE_URL, True),
        ("https://app.dynamic.xyz:444", False),
        ("https://xapp.dynamic.xyz", False),
        ("https://app.dynamic.xyz.evil.example", False),
        ("http://127.0.0.1", False),
    ],
)
def test_only_two_hosts_belong_to_the_vendor(url: str, vendor: bool) -> None:
    assert is_vendor(url) is vendor


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"])
def test_loopback_addresses_are_recognized(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "127.example", "0.0.0.0", "10.0.0.1", "localhost.example", "::2", "127.0.0.1.x"])
def test_other_addresses_are_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "evil.app.dynamicauth.com",
        "dynamicauth.com",
        "app.dynamicauth.com.evil.example",
        "app-dynamicauth.com",
        "app.dynamicauth.com:8443",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "10.0.0.1",
        "0.0.0.0",
        "[::]",
        "[::2]",
        "xn--pp-7kc.dynamicauth.com",
    ],
)
def test_an_origin_similar_to_the_vendor_or_loopback_needs_a_confirmation(host: str) -> None:
    assert needs_confirmation(f"https://{host}/api/v0")


@pytest.mark.parametrize("host", ["app.dynamicauth.com", "APP.dynamic.xyz:443", "localhost", "127.0.0.9:81", "[::1]"])
def test_the_vendor_and_loopback_need_no_confirmation(host: str) -> None:
    assert not needs_confirmation(f"https://{host}/api/v0")


def test_an_internationalized_host_is_shown_decoded_and_encoded() -> None:
    confusable = "xn--pp-6kc.dynamicauth.com"
    decoded = host_label(confusable)
    assert decoded.endswith(f"({confusable})")
    assert decoded.startswith("\N{CYRILLIC SMALL LETTER A}pp.")
    url = f"https://{confusable}:8443/api"
    assert shown_host(url) == f"{decoded}:8443"
    assert names_origin(confusable, url)
    assert not names_origin("app.dynamicauth.com", url)
    assert shown_host("https://app.dynamicauth.com/api/v0") == ""
    assert shown_host("http://127.0.0.1:8080/api/v0") == "127.0.0.1:8080"
    assert shown_host("http://[::1]:8080/api/v0") == "[::1]:8080"
    assert host_label("dyn.example") == "dyn.example"


@pytest.mark.parametrize(
    "url", ["https://ada:hunter2@app.dynamic.xyz/", "https://ada:hunter2/x@h:99999/", "ada://u:hunter2@h"]
)
def test_a_refused_url_is_shown_without_its_password(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_base_url(url)
    assert "hunter2" not in str(refused.value)
