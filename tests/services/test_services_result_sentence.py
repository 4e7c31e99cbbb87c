"""The result sentence of every declared write."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dyntui.api.client import Client
from dyntui.api.permit import WritePermit
from dyntui.core.errors import DyntuiError
from dyntui.services.access.entries import add_entries, remove_entries, replace_entry
from dyntui.services.actions.registry import declarations, declared_write
from dyntui.services.actions.result_sentence import result_sentence
from dyntui.services.actions.user_actions import add_to_allowlist, set_metadata_field
from dyntui.services.actions.write_types import Target, TargetResult, WriteAction, WriteOutcome, WriteResults

LIST = {"id": "l1", "name": "Beta testers"}


async def _send(client: Client, target: Target, permit: WritePermit) -> None:
    """A call that is not made: only the sentence is compared."""


ACTIONS = {each.name: declared_write(each.name, _send) for each in declarations()}
for made in (
    add_to_allowlist("l1", "Beta testers"),
    set_metadata_field("plan", "pro"),
    add_entries(LIST),
    remove_entries(LIST),
    replace_entry(LIST),
):
    ACTIONS[made.name] = made


def results(action: WriteAction, *outcomes: WriteOutcome, existing: int = 0) -> WriteResults:
    return WriteResults(
        action,
        tuple(
            TargetResult(
                Target(f"id{number}", "X"),
                outcome,
                {"exists": True} if number < existing else None,
                error=DyntuiError("no") if outcome is WriteOutcome.FAILED else None,
            )
            for number, outcome in enumerate(outcomes)
        ),
    )


DONE, ACCEPTED, FAILED, UNKNOWN, NOT_TRIED = WriteOutcome
SENTENCES = {
    "allowlists.import": ("File X imported", "3 files imported"),
    "allowlists.import-undo": ("Import X undone", "3 imports undone"),
    "allowlists.sync": ("Entry X changed", "3 entries changed"),
    "allowlists.undo": ("Changes to entry X undone", "Changes to 3 entries undone"),
    "exports.download": ("Export X downloaded", "3 exports downloaded"),
    "users.import": ("File X imported", "3 files imported"),
    "users.import-undo": ("Import X undone", "3 imports undone"),
    "wallets.pregenerate-farcaster": ("Wallets for user X pre-generated", "Wallets for 3 users pre-generated"),
    "wallets.pregenerate-legacy": ("Wallets for user X pre-generated", "Wallets for 3 users pre-generated"),
    "allowlist-entries.create": ("Entry X added to Beta testers", "3 entries added to Beta testers"),
    "allowlist-entries.delete": ("Entry X removed from Beta testers", "3 entries removed from Beta testers"),
    "allowlist-entries.edit": ("Entry X changed on Beta testers", "3 entries changed on Beta testers"),
    "allowlists.create": ("Allowlist X created", "3 allowlists created"),
    "allowlists.delete": ("Allowlist X deleted", "3 allowlists deleted"),
    "allowlists.disable": ("Allowlist X disabled", "3 allowlists disabled"),
    "allowlists.edit": ("Allowlist X edited", "3 allowlists edited"),
    "allowlists.enable": ("Allowlist X enabled", "3 allowlists enabled"),
    "chainalysis.disable": ("Chainalysis configuration X disabled", "3 Chainalysis configurations disabled"),
    "chainalysis.enable": ("Chainalysis configuration X enabled", "3 Chainalysis configurations enabled"),
    "custom-fields.create": ("Custom field X created", "3 custom fields created"),
    "custom-fields.delete": ("Custom field X deleted", "3 custom fields deleted"),
    "custom-fields.edit": ("Custom field X edited", "3 custom fields edited"),
    "custom-networks.create": ("Custom network X created", "3 custom networks created"),
    "custom-networks.delete": ("Custom network X deleted", "3 custom networks deleted"),
    "custom-networks.edit": ("Custom network X edited", "3 custom networks edited"),
    "delegation-keys.create": ("Delegated access key X created", "3 delegated access keys created"),
    "delegation-keys.revoke-delegated-access": (
        "Delegated access to wallet X revoked",
        "Delegated access to 3 wallets revoked",
    ),
    "signature-policies.create": ("Signature policy X created", "3 signature policies created"),
    "signature-policies.edit": ("Signature policy X edited", "3 signature policies edited"),
    "signature-policies.delete": ("Signature policy X deleted", "3 signature policies deleted"),
    "keys.verify-jwt": ("JWT X valid", "3 JWTs valid"),
    "deeplinks.create": ("Deeplink URL X created", "3 deeplink URLs created"),
    "deeplinks.delete": ("Deeplink URL X deleted", "3 deeplink URLs deleted"),
    "exchanges.create": ("Exchange X created", "3 exchanges created"),
    "exchanges.delete": ("Exchange X deleted", "3 exchanges deleted"),
    "exchanges.disable": ("Exchange X disabled", "3 exchanges disabled"),
    "exchanges.enable": ("Exchange X enabled", "3 exchanges enabled"),
    "exports.create": ("Export X created", "3 exports created"),
    "gates.create": ("Gate X created", "3 gates created"),
    "gates.delete": ("Gate X deleted", "3 gates deleted"),
    "gates.disable": ("Gate X disabled", "3 gates disabled"),
    "gates.edit": ("Gate X edited", "3 gates edited"),
    "gates.enable": ("Gate X enabled", "3 gates enabled"),
    "global-wallet.create": ("Global wallet X created", "3 global wallets created"),
    "global-wallet.disable": ("Global wallet X disabled", "3 global wallets disabled"),
    "global-wallet.edit": ("Global wallet X edited", "3 global wallets edited"),
    "global-wallet.enable": ("Global wallet X enabled", "3 global wallets enabled"),
    "global-wallet-access.create": ("Access control X created", "3 access controls created"),
    "global-wallet-access.disable": ("Access control X disabled", "3 access controls disabled"),
    "global-wallet-access.edit": ("Access control X edited", "3 access controls edited"),
    "global-wallet-access.enable": ("Access control X enabled", "3 access controls enabled"),
    "global-wallet-domains.create": ("Domain X created", "3 domains created"),
    "global-wallet-domains.delete": ("Domain X deleted", "3 domains deleted"),
    "hostnames.create": ("Custom hostname X created", "3 custom hostnames created"),
    "hostnames.delete": ("Custom hostname X deleted", "3 custom hostnames deleted"),
    "invites.create": ("Invitation X sent", "3 invitations sent"),
    "invites.delete": ("Invitation X withdrawn", "3 invitations withdrawn"),
    "members.delegate-ownership": ("Ownership of member X delegated", "Ownership of 3 members delegated"),
    "members.delete": ("Member X removed", "3 members removed"),
    "members.edit": ("Role of member X changed", "Role of 3 members changed"),
    "mfa-settings.disable": ("MFA method X disabled", "3 MFA methods disabled"),
    "mfa-settings.enable": ("MFA method X enabled", "3 MFA methods enabled"),
    "my-invites.accept": ("Invitation X accepted", "3 invitations accepted"),
    "my-invites.reject": ("Invitation X rejected", "3 invitations rejected"),
    "name-services.create": ("Name service X created", "3 name services created"),
    "name-services.delete": ("Name service X deleted", "3 name services deleted"),
    "name-services.disable": ("Name service X disabled", "3 name services disabled"),
    "name-services.enable": ("Name service X enabled", "3 name services enabled"),
    "name-services.signing-message": (
        "Message to sign for name service X loaded",
        "Message to sign for 3 name services loaded",
    ),
    "organizations.create": ("Organization X created", "3 organizations created"),
    "organizations.edit": ("Organization X edited", "3 organizations edited"),
    "organizations.edit-address": ("Address of organization X changed", "Address of 3 organizations changed"),
    "origins.create": ("Origin X created", "3 origins created"),
    "origins.delete": ("Origin X deleted", "3 origins deleted"),
    "projects.create": ("Project X created", "3 projects created"),
    "projects.delete": ("Project X deleted", "3 projects deleted"),
    "projects.edit": ("Project X renamed", "3 projects renamed"),
    "providers.create": ("Provider X created", "3 providers created"),
    "providers.delete": ("Provider X deleted", "3 providers deleted"),
    "providers.disable": ("Provider X disabled", "3 providers disabled"),
    "providers.edit": ("Provider X edited", "3 providers edited"),
    "providers.enable": ("Provider X enabled", "3 providers enabled"),
    "sdk-views.edit": ("SDK view X edited", "3 SDK views edited"),
    "sessions.revoke": ("Session X revoked", "3 sessions revoked"),
    "settings.edit": ("Setting X changed", "3 settings changed"),
    "users.reveal-social-token": (
        "Access token of social account X revealed",
        "Access token of 3 social accounts revealed",
    ),
    "sso.create": ("Sign-on provider X created", "3 sign-on providers created"),
    "sso.delete": ("Sign-on provider X deleted", "3 sign-on providers deleted"),
    "sso.edit": ("Sign-on provider X edited", "3 sign-on providers edited"),
    "subscription.apply-coupon": ("Coupon for plan X applied", "Coupon for 3 plans applied"),
    "subscription.upgrade": ("Plan X upgraded", "3 plans upgraded"),
    "test-account.create": ("Test account X created", "3 test accounts created"),
    "test-account.delete": ("Test account X deleted", "3 test accounts deleted"),
    "tokens.create": ("API token X created", "3 API tokens created"),
    "tokens.delete": ("API token X deleted", "3 API tokens deleted"),
    "user-tokens.create": ("API token X created", "3 API tokens created"),
    "user-tokens.delete": ("API token X deleted", "3 API tokens deleted"),
    "users.add-to-allowlist": ("User X added to Beta testers", "3 users added to Beta testers"),
    "users.create": ("User X created", "3 users created"),
    "users.set-metadata": ("Metadata plan of user X set", "Metadata plan of 3 users set"),
    "users.edit": ("User X edited", "3 users edited"),
    "users.delete": ("User X deleted", "3 users deleted"),
    "users.recover-wallets": ("Deleted wallets of user X recovered", "Deleted wallets of 3 users recovered"),
    "users.remove-mfa-devices": ("MFA devices of user X removed", "MFA devices of 3 users removed"),
    "users.reset-mfa": ("MFA methods of user X reset", "MFA methods of 3 users reset"),
    "users.revoke-all-sessions": ("Sessions of the environment X revoked", "Sessions of the 3 environments revoked"),
    "users.revoke-sessions": ("Sessions of user X revoked", "Sessions of 3 users revoked"),
    "waas-policies.create": ("Rule X created", "3 rules created"),
    "waas-policies.edit": ("Rule X edited", "3 rules edited"),
    "waas-policies.delete": ("Rule X deleted", "3 rules deleted"),
    "wallets.link": ("Wallet of user X linked", "Wallet of 3 users linked"),
    "wallets.pregenerate": ("Wallets for user X pre-generated", "Wallets for 3 users pre-generated"),
    "wallets.delete": ("Wallet X deleted", "3 wallets deleted"),
    "wallets.revoke-delegated-access": (
        "Delegated access to wallet X revoked",
        "Delegated access to 3 wallets revoked",
    ),
    "webhook-messages.redeliver": ("Message X redelivered", "3 messages redelivered"),
    "webhooks.create": ("Webhook X created", "3 webhooks created"),
    "webhooks.delete": ("Webhook X deleted", "3 webhooks deleted"),
    "webhooks.disable": ("Webhook X disabled", "3 webhooks disabled"),
    "webhooks.edit": ("Webhook X edited", "3 webhooks edited"),
    "webhooks.enable": ("Webhook X enabled", "3 webhooks enabled"),
    "webhooks.reveal-secret": ("Secret of webhook X revealed", "Secret of 3 webhooks revealed"),
}


def test_every_declared_write_has_its_sentence() -> None:
    sentences = {
        name: (result_sentence(results(action, DONE)), result_sentence(results(action, DONE, DONE, DONE)))
        for name, action in ACTIONS.items()
    }
    assert sentences == SENTENCES


@pytest.mark.parametrize(
    ("outcomes", "sentence"),
    [
        ((FAILED,), "Wallet X not deleted"),
        ((UNKNOWN,), "Wallet X may be deleted"),
        ((NOT_TRIED,), "Wallet X not attempted"),
        ((DONE, DONE, DONE, FAILED), "1 of 4 wallets not deleted"),
        ((FAILED, FAILED), "2 wallets not deleted"),
        ((DONE, FAILED, UNKNOWN, NOT_TRIED), "1 of 4 wallets not deleted, 1 may be deleted, 1 not attempted"),
        ((DONE, DONE, UNKNOWN, NOT_TRIED), "1 of 4 wallets may be deleted, 1 not attempted"),
        ((DONE, NOT_TRIED), "1 of 2 wallets deleted, 1 not attempted"),
        ((ACCEPTED,), "Wallet X not deleted yet"),
        ((ACCEPTED, ACCEPTED), "2 wallets not deleted yet"),
        ((DONE, ACCEPTED, NOT_TRIED), "1 of 3 wallets not deleted yet, 1 deleted, 1 not attempted"),
        ((ACCEPTED, FAILED), "1 of 2 wallets not deleted, 1 not deleted yet"),
    ],
)
def test_failures_are_counted(outcomes: Any, sentence: str) -> None:
    assert result_sentence(results(ACTIONS["wallets.delete"], *outcomes)) == sentence


def test_entries_that_existed_are_counted_apart() -> None:
    action = add_entries(LIST)
    assert result_sentence(results(action, DONE, DONE, DONE, existing=1)) == (
        "2 of 3 entries added to Beta testers, 1 already present"
    )
    assert result_sentence(results(action, DONE, existing=1)) == "Entry X already present"


def test_the_name_of_a_new_object_is_in_quotes() -> None:
    action = ACTIONS["exports.create"]
    one = results(action, DONE)
    unnamed = replace(one, items=(replace(one.items[0], target=Target("")),))
    named = replace(one, items=(replace(one.items[0], target=Target("", "users")),))
    assert result_sentence(unnamed) == "Export created"
    assert result_sentence(named) == "Export “users” created"
