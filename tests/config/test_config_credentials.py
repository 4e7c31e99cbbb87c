"""A token is kept in the place that was chosen, is named with it, shows up nowhere else, and goes to one origin."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyntui.config import credential_files
from dyntui.config.credentials import (
    Credential,
    CredentialError,
    CredentialKind,
    check_token,
    delete_token,
    find_token,
    store_for,
    token_warning,
)
from dyntui.config.paths import paths
from dyntui.config.private_files import UnsafeFile
from dyntui.config.profile import Profile
from dyntui.config.tokens import without_token_variables
from dyntui.core.errors import NotAuthorized, UsageError
from dyntui.core.redact import redact

ID = "3f2a1b4c-0000-4000-8000-00000000000a"
TOKEN = "dyn_" + "Canary1" * 8
PASSPHRASE = "correct horse battery"
PROD = Profile("prod", "https://app.dynamic.xyz/api/v0", ID)


def with_kind(kind: CredentialKind, **values: Any) -> Profile:
    return replace(PROD, credential=kind, **values)


def files_with(home: Path, text: str) -> list[Path]:
    found = [file for file in home.rglob("*") if file.is_file()]
    return [file for file in found if text.encode() in file.read_bytes()]


@pytest.fixture
def light_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credential_files, "_COST", 2**10)


def answers(*passphrases: str) -> Callable[[str], str]:
    remaining = list(passphrases)

    def ask(prompt: str) -> str:
        return remaining.pop(0)

    return ask


# What a token looks like


def test_a_token_is_stripped_and_registered_for_redaction() -> None:
    odd = "dyn_x9"
    assert check_token(f"  {TOKEN}\n") == TOKEN
    assert check_token(odd + "yz") == odd + "yz"
    assert redact("before dyn_x9yz after") == "before <token> after"


@pytest.mark.parametrize(
    "text", ["", "  ", "dyn_", "sk_live_1", "dyn_ab cd", "dyn_ab\ncd", "dyn_é", "Bearer dyn_abc", "dyn_a-b"]
)
def test_an_invalid_token_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_token(text)
    if text.strip():
        assert text.strip() not in str(caught.value).replace("begin with dyn_", "")


@given(st.text(alphabet="abcXYZ019_", min_size=1, max_size=80))
def test_a_token_of_an_unusual_length_causes_a_warning(rest: str) -> None:
    token = check_token("dyn_" + rest)
    assert bool(token_warning(token)) == (len(rest) not in (36, 56))
    assert token not in token_warning(token)


def test_a_credential_hides_its_token() -> None:
    credential = Credential(TOKEN, CredentialKind.FILE, "somewhere")
    assert TOKEN not in repr(credential) + str(credential) + f"{credential}"
    assert credential.hint == "dyn_…" + TOKEN[-6:]
    assert TOKEN not in redact(f"failed with {TOKEN}")


def test_token_variables_are_removed() -> None:
    environ = {"DYNTUI_TOKEN": TOKEN, "DYNAMIC_TOKEN": TOKEN, "DYNAMIC_API_TOKEN": TOKEN, "PATH": "/bin"}
    assert without_token_variables(environ) == {"PATH": "/bin"}


# Which one is found


def test_the_token_of_the_environment_variable_overrides_the_stored_one_and_is_named() -> None:
    profile = with_kind(CredentialKind.FILE)
    store_for(CredentialKind.FILE).set(profile, "dyn_stored")
    stored = find_token(profile, environ={})
    assert (stored.token, stored.source) == ("dyn_stored", CredentialKind.FILE)
    assert stored.where.startswith("plain file ")
    assert stored.where.endswith(", 0600")
    found = find_token(profile, environ={"DYNTUI_TOKEN": f" {TOKEN} "})
    assert (found.token, found.source) == (TOKEN, CredentialKind.ENVIRONMENT)
    assert found.where == "environment variable DYNTUI_TOKEN"


def test_token_variables_have_an_order() -> None:
    profile = with_kind(CredentialKind.ENVIRONMENT)
    environ = {"DYN_CLI_TOKEN": "dyn_d"}
    assert find_token(profile, environ=environ).token == "dyn_d"
    environ["DYNAMIC_API_TOKEN"] = "dyn_c"
    assert find_token(profile, environ=environ).token == "dyn_c"
    environ["DYNAMIC_TOKEN"] = "dyn_b"
    assert find_token(profile, environ=environ).token == "dyn_b"
    assert find_token(profile, environ=environ).note == "DYNTUI_TOKEN is not set, so DYNAMIC_TOKEN is used."
    environ["DYNTUI_TOKEN"] = "dyn_a"
    assert (find_token(profile, environ=environ).token, find_token(profile, environ=environ).note) == ("dyn_a", "")


def test_a_variable_of_another_program_does_not_replace_a_stored_token() -> None:
    profile = with_kind(CredentialKind.FILE)
    store_for(CredentialKind.FILE).set(profile, "dyn_stored")
    assert find_token(profile, environ={"DYN_CLI_TOKEN": "dyn_d"}).token == "dyn_stored"


def test_a_variable_with_an_invalid_token_is_named_and_its_value_is_not_shown() -> None:
    with pytest.raises(UsageError, match="DYNTUI_TOKEN: This is not") as caught:
        find_token(PROD, environ={"DYNTUI_TOKEN": "hunter2hunter2"})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("kind", [CredentialKind.FILE, CredentialKind.SESSION, CredentialKind.ENVIRONMENT])
def test_a_missing_token_is_reported_with_the_searched_stores_and_advice(kind: CredentialKind) -> None:
    with pytest.raises(NotAuthorized) as caught:
        find_token(with_kind(kind), environ={})
    assert caught.value.exit_code == 3
    assert "DYNTUI_TOKEN" in caught.value.hint


def test_no_other_store_is_tried_when_the_chosen_one_fails() -> None:
    for kind in (CredentialKind.FILE, CredentialKind.SESSION):
        store_for(kind).set(with_kind(kind), TOKEN)
    with pytest.raises(CredentialError) as caught:
        find_token(with_kind(CredentialKind.KEYRING), environ={})
    assert "keyring" in caught.value.message
    assert caught.value.exit_code == 3
    for other in ("session", "passphrase", "file", "DYNTUI_TOKEN"):
        assert other in caught.value.hint


def test_an_unconfirmed_origin_gets_no_stored_token() -> None:
    moved = with_kind(CredentialKind.FILE, base_url="https://dyn.example/api/v0")
    store_for(CredentialKind.FILE).set(moved, TOKEN)
    for environ in ({}, {"DYNTUI_TOKEN": TOKEN}):
        with pytest.raises(UsageError, match=r"dyn\.example, port 443"):
            find_token(moved, environ=environ)
    assert find_token(replace(moved, confirmed_origin="https://dyn.example:443"), environ={}).token == TOKEN
    with pytest.raises(UsageError):
        find_token(replace(moved, confirmed_origin="https://dyn.example:8443"), environ={})
    local = with_kind(CredentialKind.FILE, base_url="http://127.0.0.1:1/api/v0")
    assert find_token(local, environ={"DYNTUI_TOKEN": TOKEN}).token == TOKEN


# Each place


def test_every_credential_kind_has_a_store() -> None:
    assert {store_for(kind).kind for kind in CredentialKind} == set(CredentialKind)


@pytest.mark.usefixtures("light_scrypt")
@pytest.mark.parametrize("kind", [CredentialKind.SESSION, CredentialKind.FILE, CredentialKind.PASSPHRASE])
def test_a_store_saves_loads_and_deletes_one_entry_for_each_profile_and_origin(
    kind: CredentialKind, home: Path
) -> None:
    store = store_for(kind, ask_passphrase=answers(*[PASSPHRASE] * 8))
    profile = with_kind(kind)
    assert store.get(profile) is None
    assert store.delete(profile) is False
    store.set(profile, TOKEN)
    assert store.get(profile) == TOKEN
    for other in (
        replace(profile, base_url="https://app.dynamicauth.com/api/v0"),
        replace(profile, base_url="https://app.dynamic.xyz:444/api/v0"),
        replace(profile, name="Prod"),
        replace(profile, name="prod2"),
    ):
        assert store.get(other) is None
    store.set(profile, "dyn_second")
    assert store.get(profile) == "dyn_second"
    assert delete_token(profile) is True
    assert store.get(profile) is None
    assert [file for file in home.rglob("*") if file.is_file()] == []


def test_a_session_token_writes_no_file(home: Path) -> None:
    store_for(CredentialKind.SESSION).set(PROD, TOKEN)
    assert not home.exists()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_a_plain_file_is_private_and_the_only_one_with_the_token(home: Path) -> None:
    store = store_for(CredentialKind.FILE)
    store.set(PROD, TOKEN)
    (file,) = files_with(home, TOKEN)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert str(file) in store.describe(PROD)
    file.chmod(0o640)
    with pytest.raises(UnsafeFile, match="Others can read"):
        store.get(PROD)


def test_a_token_file_moved_to_another_profile_is_not_used(home: Path) -> None:
    store = store_for(CredentialKind.FILE)
    other = replace(PROD, base_url="https://evil.example/api", confirmed_origin="https://evil.example:443")
    store.set(PROD, TOKEN)
    (mine,) = files_with(home, TOKEN)
    store.set(other, "dyn_other")
    (theirs,) = files_with(home, "dyn_other")
    mine.replace(theirs)
    assert store.get(other) is None


def test_a_damaged_token_file_is_named(home: Path) -> None:
    store = store_for(CredentialKind.FILE)
    store.set(PROD, TOKEN)
    (file,) = files_with(home, TOKEN)
    file.write_bytes(TOKEN.encode())
    with pytest.raises(CredentialError, match="not a token file") as caught:
        store.get(PROD)
    assert TOKEN not in str(caught.value)


# Sealed by a passphrase


@pytest.mark.usefixtures("light_scrypt")
def test_a_sealed_file_is_opened_only_with_its_passphrase(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store_for(CredentialKind.PASSPHRASE, ask_passphrase=answers(PASSPHRASE, PASSPHRASE)).set(PROD, TOKEN)
    assert files_with(home, TOKEN) == []
    assert files_with(home, PASSPHRASE) == []
    (file,) = paths().credentials_dir.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 or os.name != "posix"
    assert json.loads(file.read_bytes())["version"] == 1
    with pytest.raises(CredentialError, match="does not decrypt"):
        store_for(CredentialKind.PASSPHRASE, ask_passphrase=answers("another one")).get(PROD)
    assert store_for(CredentialKind.PASSPHRASE, ask_passphrase=answers(PASSPHRASE)).get(PROD) == TOKEN
    # From here on this process knows it, and nobody is asked.
    assert store_for(CredentialKind.PASSPHRASE).get(PROD) == TOKEN
    monkeypatch.setattr(credential_files.PassphraseCredentialStore, "_opened", {})
    with pytest.raises(CredentialError, match="no terminal to enter it"):
        store_for(CredentialKind.PASSPHRASE).get(PROD)


@pytest.mark.usefixtures("light_scrypt")
def test_two_seals_of_one_token_differ() -> None:
    store = store_for(CredentialKind.PASSPHRASE, ask_passphrase=answers(*[PASSPHRASE] * 4))
    store.set(PROD, TOKEN)
    (file,) = paths().credentials_dir.iterdir()
    first = json.loads(file.read_bytes())
    store.set(PROD, TOKEN)
    second = json.loads(file.read_bytes())
    assert all(first[part] != second[part] for part in ("salt", "nonce", "sealed"))


@pytest.mark.usefixtures("light_scrypt")
@pytest.mark.parametrize(
    "change",
    [
        {"entry": None},
        {"n": 2**11},
        {"sealed": "AAAA"},
        {"salt": "!"},
        {"n": 2**30},
        {"nonce": None},
        {"n": 3},
        {"n": 2**17, "r": 1},
        {"n": 2**20, "r": 32},
        {"n": 1},
        {"n": 0},
        {"n": -2},
        {"r": 0},
        {"p": 0},
        {"p": 2**30},
        {"n": "1024"},
        {"n": True},
        {"r": 8.0},
        {"nonce": ""},
        {"sealed": ""},
    ],
)
def test_a_sealed_file_that_was_changed_does_not_open(
    change: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(PROD, name="other")
    store = store_for(CredentialKind.PASSPHRASE, ask_passphrase=answers(*[PASSPHRASE] * 6))
    store.set(PROD, TOKEN)
    (file,) = paths().credentials_dir.iterdir()
    profile = PROD
    if "entry" in change:  # another profile's name on the same seal
        store.set(other, "dyn_other")
        (theirs,) = (path for path in paths().credentials_dir.iterdir() if path != file)
        change, profile = {"entry": json.loads(theirs.read_bytes())["entry"]}, other
        theirs.write_bytes(json.dumps(json.loads(file.read_bytes()) | change).encode())
    else:
        file.write_bytes(json.dumps(json.loads(file.read_bytes()) | change).encode())
    monkeypatch.setattr(credential_files.PassphraseCredentialStore, "_opened", {})
    with pytest.raises(CredentialError):
        store.get(profile)


@pytest.mark.usefixtures("light_scrypt")
@pytest.mark.parametrize(
    ("passphrases", "why"), [(("short",), "fewer"), ((PASSPHRASE, "x"), "differ"), (("",), "No passphrase")]
)
def test_an_invalid_passphrase_stores_nothing(passphrases: tuple[str, ...], why: str, home: Path) -> None:
    with pytest.raises(CredentialError, match=why):
        store_for(CredentialKind.PASSPHRASE, ask_passphrase=answers(*passphrases)).set(PROD, TOKEN)
    assert not home.exists()


def test_the_scrypt_cost_of_the_product_is_higher_than_that_of_the_tests() -> None:
    assert credential_files._COST == 2**17


# Places that keep nothing


@pytest.mark.parametrize("kind", [CredentialKind.COMMAND, CredentialKind.ENVIRONMENT])
def test_stores_that_cannot_store_a_token_raise_an_error(kind: CredentialKind, home: Path) -> None:
    profile = with_kind(kind, credential_command="true")
    with pytest.raises(UsageError, match="comes from"):
        store_for(kind).set(profile, TOKEN)
    assert store_for(kind).delete(profile) is False
    assert not home.exists()
