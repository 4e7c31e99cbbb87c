"""Web addresses are made from constants; what the server says is one quoted part of a path."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dyntui.config.profile import Profile
from dyntui.core.errors import UsageError
from dyntui.services.actions.user_actions import pregeneration
from dyntui.services.web_links import dashboard_url, explorer_url

LIVE = Profile("acme", "https://app.dynamicauth.com/api/v0", "env-1", "live")


def test_an_explorer_link_quotes_the_address_as_one_segment() -> None:
    assert explorer_url("EVM", "0xAb") == "https://etherscan.io/address/0xAb"
    assert explorer_url("solana", "So1") == "https://explorer.solana.com/address/So1"
    assert explorer_url("SVM", "../x?y#z").endswith("/address/..%2Fx%3Fy%23z")
    assert explorer_url("NEW", "x") == explorer_url("EVM", None) == explorer_url(None, "x") == ""


def test_dashboard_links_exist_only_for_the_vendor_servers() -> None:
    assert dashboard_url(LIVE, "https://console.example/{environment}/users/{id}", "a/b") == (
        "https://console.example/env-1/users/a%2Fb"
    )
    assert dashboard_url(replace(LIVE, base_url="http://127.0.0.1:8080/api/v0"), "https://console.example", "x") == ""


@pytest.mark.parametrize(
    ("arguments", "more", "operation", "body"),
    [
        (("a@b.c", "email", ["EVM", "sol"]), {}, "createWaasWallet",
            {"identifier": "a@b.c", "type": "email", "chains": ["EVM", "SVM"]}),
        (("a@b.c", "email", ["SVM", "SOL"]), {"legacy": True}, "createEmbeddedWallet",
            {"identifier": "a@b.c", "type": "email", "chains": ["SOL"]}),
        (("a@b.c", "email", ["SVM"]), {"farcaster_fid": 7}, "createEmbeddedWalletFromFarcaster",
            {"email": "a@b.c", "fid": 7, "chains": ["SOL"]}),
        (("+14155550100", "phoneNumber", ["EVM"]), {}, "createWaasWallet",
            {"identifier": "4155550100", "type": "phoneNumber", "chains": ["EVM"],
                "smsCountryCode": {"isoCountryCode": "US", "phoneCountryCode": "1"}}),
        (("ada", "socialUsername", ["EVM"]), {"social": "github"}, "createWaasWallet",
            {"identifier": "ada", "type": "socialUsername", "chains": ["EVM"], "socialProvider": "github"}),
    ],
)  # fmt: skip
def test_a_pregeneration_has_the_body_of_its_operation(arguments, more, operation, body) -> None:  # type: ignore[no-untyped-def]
    assert pregeneration(*arguments, **more) == (operation, body)


@pytest.mark.parametrize(
    "arguments",
    [
        (" ", "email", ["EVM"]),
        ("a@b.c", "email", []),
        ("555", "phoneNumber", ["EVM"]),
        ("ada", "socialUsername", ["EVM"]),
    ],
)
def test_values_that_no_pregeneration_operation_accepts_are_refused(arguments: tuple[str, str, list[str]]) -> None:
    with pytest.raises(UsageError):
        pregeneration(*arguments)
