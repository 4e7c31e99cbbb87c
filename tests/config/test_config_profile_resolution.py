"""Flags win over variables, variables over the saved profile; what is unknown counts as live."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dyntui.config.credentials import CredentialKind, find_token, unconfirmed_origin
from dyntui.config.profile import Profile
from dyntui.config.profile_resolution import AD_HOC, resolve_profile
from dyntui.config.profiles import DEFAULT_BASE_URL, Profiles
from dyntui.core.errors import NotAuthorized, UsageError

ID = "3f2a1b4c-0000-4000-8000-00000000000a"
OTHER = "3f2a1b4c-0000-4000-8000-00000000000b"
TOKEN = "dyn_" + "Canary1" * 8
DEV = Profile("dev", "https://app.dynamic.xyz/api/v0", ID, kind="sandbox", credential=CredentialKind.FILE)
LOCAL = "http://127.0.0.1:8080/api/v0"


def save(*profiles: Profile) -> None:
    found = Profiles.load()
    for profile in profiles:
        found.put(profile)
    found.save()


def test_without_any_profile_the_error_advises_to_add_one() -> None:
    with pytest.raises(UsageError, match="No environment") as caught:
        resolve_profile(environ={})
    assert "dyntui env add" in caught.value.hint
    assert "dyntui demo" in caught.value.hint


def test_without_a_current_profile_the_error_names_the_profiles() -> None:
    save(DEV, replace(DEV, name="other"))
    profiles = Profiles.load()
    profiles.remove("dev")
    profiles.save()
    with pytest.raises(UsageError, match="No profile selected") as caught:
        resolve_profile(environ={})
    assert "other" in caught.value.hint


def test_environment_variables_are_enough_without_a_profile() -> None:
    profile = resolve_profile(environ={"DYNTUI_ENVIRONMENT_ID": ID})
    assert (profile.name, profile.base_url, profile.environment_id) == (AD_HOC, DEFAULT_BASE_URL, ID)
    assert profile.kind == "live"
    assert find_token(profile, environ={"DYNTUI_TOKEN": TOKEN}).token == TOKEN
    assert resolve_profile(environ={"DYNTUI_ENVIRONMENT_ID": ID, "DYNTUI_BASE_URL": LOCAL}).kind == "sandbox"


def test_variables_of_other_tools_are_used_only_without_a_profile() -> None:
    environ = {"DYNAMIC_ENVIRONMENT_ID": OTHER, "DYNAMIC_TOKEN": TOKEN}
    profile = resolve_profile(environ=environ)
    assert profile.environment_id == OTHER
    assert find_token(profile, environ=environ).where == "environment variable DYNAMIC_TOKEN"
    save(DEV)
    assert resolve_profile(environ=environ) == DEV
    with pytest.raises(NotAuthorized):
        find_token(DEV, environ=environ)


def test_the_current_profile_is_used_and_another_can_be_named() -> None:
    save(DEV, replace(DEV, name="b"), replace(DEV, name="c"))
    assert resolve_profile(environ={}).name == "dev"
    assert resolve_profile(environ={"DYNTUI_PROFILE": "b"}).name == "b"
    assert resolve_profile("c", environ={"DYNTUI_PROFILE": "b"}).name == "c"
    with pytest.raises(UsageError, match="no profile called 'd'"):
        resolve_profile("d", environ={})


def test_options_override_environment_variables() -> None:
    environ = {"DYNTUI_ENVIRONMENT_ID": ID, "DYNTUI_BASE_URL": LOCAL}
    profile = resolve_profile(None, OTHER, "https://app.dynamic.xyz", environ=environ)
    assert (profile.environment_id, profile.base_url) == (OTHER, "https://app.dynamic.xyz/api/v0")


@pytest.mark.parametrize(
    ("option", "variable", "phrase"),
    [
        (None, None, "the environment of dev"),
        (None, ID, "the environment of dev"),
        (None, OTHER, "the environment in DYNTUI_ENVIRONMENT_ID"),
        (OTHER, ID, "the environment in --environment-id"),
    ],
)
def test_the_source_of_the_environment_id_is_named(option: str | None, variable: str | None, phrase: str) -> None:
    save(DEV)
    environ = {"DYNTUI_ENVIRONMENT_ID": variable} if variable else {}
    assert resolve_profile(None, option, environ=environ).environment_phrase == phrase


def test_without_a_profile_the_variable_of_the_environment_id_is_named() -> None:
    for variable in ("DYNTUI_ENVIRONMENT_ID", "DYNAMIC_ENVIRONMENT_ID"):
        profile = resolve_profile(environ={variable: ID})
        assert profile.environment_phrase == f"the environment in {variable}"


def test_a_complete_other_environment_does_not_use_the_current_profile() -> None:
    save(DEV)
    profile = resolve_profile(environ={"DYNTUI_ENVIRONMENT_ID": OTHER, "DYNTUI_BASE_URL": LOCAL})
    assert (profile.name, profile.kind) == (AD_HOC, "sandbox")
    same = resolve_profile(environ={"DYNTUI_ENVIRONMENT_ID": ID, "DYNTUI_BASE_URL": DEV.base_url})
    assert same.name == "dev"
    assert same.kind == "sandbox"


def test_a_sandbox_profile_with_another_base_url_is_treated_as_live() -> None:
    save(DEV)
    assert resolve_profile("dev", environ={}).kind == "sandbox"
    assert resolve_profile("dev", OTHER, environ={}).kind == "live"
    assert resolve_profile("dev", ID, environ={}).kind == "sandbox"
    assert resolve_profile("dev", environ={"DYNTUI_BASE_URL": "https://app.dynamicauth.com"}).kind == "live"
    assert resolve_profile("dev", OTHER, LOCAL, environ={}).kind == "sandbox"


def test_read_only_can_be_enabled_but_not_disabled_by_an_option() -> None:
    save(replace(DEV, read_only=True), replace(DEV, name="rw"))
    assert resolve_profile("dev", environ={"DYNTUI_READ_ONLY": "0"}).read_only
    assert not resolve_profile("rw", environ={"DYNTUI_READ_ONLY": "0"}).read_only
    assert resolve_profile("rw", environ={"DYNTUI_READ_ONLY": "Yes"}).read_only
    assert resolve_profile("rw", read_only=True, environ={}).read_only
    with pytest.raises(UsageError, match="DYNTUI_READ_ONLY"):
        resolve_profile("rw", environ={"DYNTUI_READ_ONLY": "maybe"})


def test_a_base_url_of_the_options_is_checked() -> None:
    with pytest.raises(UsageError, match="https"):
        resolve_profile(None, ID, "http://app.dynamic.xyz", environ={})


COMMAND = replace(DEV, name="cmd", credential=CredentialKind.COMMAND, credential_command="pass show dynamic")
OTHER_URL = "https://dyn.example/api"


@pytest.mark.parametrize("variable", [False, True])
def test_another_origin_is_confirmed_by_its_host(variable: bool) -> None:
    def resolved(host: str, url: str = OTHER_URL) -> Profile:
        if variable:
            return resolve_profile(None, ID, url, environ={"DYNTUI_CONFIRM_ORIGIN": host})
        return resolve_profile(None, ID, url, environ={}, confirmed_host=host)

    for host in ("", "1", "yes", "dyn", "example", "app.dynamicauth.com", "dyn.example.evil", "dyn.example:8443", "*"):
        with pytest.raises(UsageError, match="is not confirmed") as caught:
            find_token(resolved(host), environ={"DYNTUI_TOKEN": TOKEN})
        assert "--confirm-origin dyn.example" in caught.value.hint
    for host in ("dyn.example", " DYN.example ", "dyn.example:443", "https://dyn.example", "https://dyn.example:443/"):
        assert find_token(resolved(host), environ={"DYNTUI_TOKEN": TOKEN}).token == TOKEN
    assert unconfirmed_origin(resolved("dyn.example", f"{OTHER_URL[:-4]}:8443/api")) == ""
    assert unconfirmed_origin(resolved("dyn.example:443", f"{OTHER_URL[:-4]}:8443/api"))


def test_another_origin_gets_no_stored_token_and_no_commands() -> None:
    confirmed = replace(DEV, name="own", base_url="https://own.example/api", confirmed_origin="https://own.example:443")
    save(DEV, COMMAND, replace(confirmed, credential=CredentialKind.COMMAND, credential_command="pass"))
    for name in ("dev", "cmd", "own"):
        profile = resolve_profile(name, None, OTHER_URL, environ={}, confirmed_host="dyn.example")
        assert (profile.credential, profile.credential_command) == (CredentialKind.ENVIRONMENT, "")
        with pytest.raises(NotAuthorized):
            find_token(profile, environ={})
        assert find_token(profile, environ={"DYNTUI_TOKEN": TOKEN}).token == TOKEN
    # what a profile's own origin was confirmed for holds there only
    assert unconfirmed_origin(resolve_profile("own", None, OTHER_URL, environ={}))
    assert unconfirmed_origin(resolve_profile("own", None, "https://own.example:8443/api", environ={}))
    assert resolve_profile("own", OTHER, "https://own.example/v1", environ={}).credential is CredentialKind.COMMAND
    # the vendor's origins and this machine stay free
    assert resolve_profile("cmd", None, DEFAULT_BASE_URL, environ={}).credential is CredentialKind.COMMAND
    assert unconfirmed_origin(resolve_profile("cmd", None, LOCAL, environ={})) == ""


def test_a_saved_base_url_must_be_confirmed() -> None:
    save(replace(DEV, base_url=OTHER_URL))
    assert unconfirmed_origin(resolve_profile(environ={})) == "https://dyn.example:443"
    with pytest.raises(UsageError, match="is not confirmed") as caught:
        find_token(resolve_profile(environ={}), environ={"DYNTUI_TOKEN": TOKEN})
    assert "dyntui env use dev --confirm-origin dyn.example" in caught.value.hint
    assert unconfirmed_origin(resolve_profile(environ={}, confirmed_host="dyn.example")) == ""


def test_an_environment_of_the_options_is_confirmed_by_its_id() -> None:
    save(replace(DEV, keep_rows=True))
    assert resolve_profile(environ={}).confirmation_name == "dev"
    assert resolve_profile("dev", ID, DEV.base_url, environ={}).confirmation_name == "dev"
    for profile in (
        resolve_profile("dev", OTHER, environ={}),
        resolve_profile(None, OTHER, LOCAL, environ={}),
        resolve_profile(environ={"DYNTUI_ENVIRONMENT_ID": OTHER}),
    ):
        assert profile.confirmation_name == OTHER
        assert not profile.keep_rows
    assert resolve_profile("dev", None, DEFAULT_BASE_URL, environ={}).confirmation_name == ID
