"""The models: they agree with the catalog, and a server that is newer than the catalog does not break them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dyntui.api.models import Allowlist, Gate, User
from dyntui.api.models.allowlist import AccessOutcome
from dyntui.api.models.credential import VerifiedCredential

ROOT = Path(__file__).parent.parent.parent


def test_the_models_agree_with_the_catalog() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/check_models.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_verified_credential_has_snake_case_names_in_the_api() -> None:
    document = {"id": "c1", "format": "oauth", "oauth_provider": "github", "oauth_username": "ada", "not_yet": 1}
    credential = VerifiedCredential.of(document)
    assert (credential.oauth_provider, credential.oauth_username) == ("github", "ada")
    assert credential.raw is document


def test_unexpected_types_become_defaults_and_stay_in_the_document() -> None:
    document = {"id": "u1", "wallets": "none", "createdAt": "x", "metadata": None, "scope": 7, "new": [1]}
    user = User.of(document)
    assert (user.id, user.wallets, user.created_at, user.metadata, user.scope) == ("u1", [], None, {}, None)
    assert user.raw == document


def test_elements_that_are_not_objects_are_left_out() -> None:
    user = User.of({"wallets": [None, {"id": "w1", "extra": 2}, "text"]})
    assert [wallet.raw for wallet in user.wallets] == [{"id": "w1", "extra": 2}]


@pytest.mark.parametrize("document", [None, "text", 3, []])
def test_a_response_that_is_not_an_object_is_an_empty_model(document: object) -> None:
    assert User.of(document).id == ""


def test_an_unknown_enum_value_is_unchanged() -> None:
    outcome = Allowlist.of({"id": "a", "outcome": "quarantine"}).outcome
    assert outcome == "quarantine" and f"{outcome}" == "quarantine" and outcome not in list(AccessOutcome)
    assert Allowlist.of({"outcome": "block"}).outcome is AccessOutcome.BLOCK
    assert Gate.of({}).outcome == ""
