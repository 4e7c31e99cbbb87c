"""Secrets are masked by the names of their fields, at any depth, and nothing else is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyntui.core.masking import HIDDEN, contains_mask, is_masked_name, mask, mask_counted, mask_field, secret_values
from dyntui.core.redact import Redactor, is_secret_name, redact_body

SECRETS = """
    secret clientSecret client_secret CLIENT_SECRET webhookSecret signingSecret secretKey secretAccessKey secretValue
    apiKey apiKeys api_key API_KEY X-Api-Key apikey apiKeyValue privateKey private_key privateKeyPem privateKeys
    encryptedPrivateKey password passwordHash newPassword db_password passphrase token tokens rawToken accessToken
    access_token refreshTokens idToken tokenValue apiTokenV2 token2 jwt minifiedJwt mnemonic seedPhrase keyShare
    recoveryCodes backupCodes Authorization otp clientsecret authtoken telegramAuthToken hCaptcha.secretKey
    sixDigitsVerificationToken secretForBilling
"""
NO_SECRETS = """
    tokenId tokenIds tokenCount tokenName tokenAddress tokenAddresses tokenSymbol tokenType tokenScopes nativeToken
    nativeTokenUsdPrice filterSpamTokensAlways publicKey lowerPublicKey sessionPublicKey walletPublicKey checksum
    passwordless passwordLess passwordSource secretName secretId secretary privateKeyId turnkeyPrivateKeyId keyShareId
    externalKeyShareIds apiKeyId accessKeyId maskedClientSecret publicToken code codes phoneCountryCode qrCode siteKey
    key keys fieldKey credentialId signature jwtDuration waasPrivateKeyExport author authorizationUrl hotp.id email name
    tokenization monkey
"""


def test_the_names_of_secrets_are_known_and_no_others() -> None:
    assert [name for name in SECRETS.split() if not is_masked_name(name)] == []
    assert [name for name in NO_SECRETS.split() if is_masked_name(name)] == []
    assert [name for name in SECRETS.split() if not is_secret_name(name)] == [], "a log hides at least as much"


def test_values_are_masked_at_any_depth_and_the_rest_stays() -> None:
    document: dict[str, Any] = {
        "items": [{"apiKey": "one", "token": {"id": "1", "rawToken": "two", "checksum": "abc123"}}],
        "metadata": {"plan": "pro", "apiKey": 12345, "password": "", "secret": None, "hasSecret": True},
        "recoveryCodes": ["three", "four"],
        "keyShares": [{"id": "2", "backupLocation": "dynamic", "passwordEncrypted": True}],
        "privateKey": {"kty": "EC", "d": "five"},
        "body": '{"user": {"apiKey": "si\\"x]"}, "token": null, "n": 1}',
    }
    masked, count = mask_counted(document)
    assert masked == {
        "items": [{"apiKey": HIDDEN, "token": {"id": "1", "rawToken": HIDDEN, "checksum": "abc123"}}],
        "metadata": {"plan": "pro", "apiKey": HIDDEN, "password": "", "secret": None, "hasSecret": True},
        "recoveryCodes": HIDDEN,
        "keyShares": document["keyShares"],
        "privateKey": HIDDEN,
        "body": f'{{"user": {{"apiKey": "{HIDDEN}"}}, "token": null, "n": 1}}',
    }
    assert count == 6
    assert mask_counted(masked) == (masked, 0), "a masked value is none that was masked"
    plain = {"email": "ada@example.com", "lists": [{"name": "x"}]}
    assert mask(plain) is plain
    assert mask_field("settings.apiKey", "one") == HIDDEN and mask_field("email", "one") == "one"
    assert secret_values(document) >= {"one", "two", "12345", "three", "four", "five"}


def test_a_masked_value_is_found_before_it_is_sent() -> None:
    assert contains_mask({"a": [{"apiKey": HIDDEN}]}) and contains_mask({"body": json.dumps({"apiKey": HIDDEN})})
    assert not contains_mask({"note": f"it is {HIDDEN}", "n": [1, None, "x"]})


values = st.text(alphabet='ab"\\[]{}:,\n', max_size=20)


@given(values, st.integers(0, 2), st.sampled_from(["text", "list", "object"]))
def test_a_log_shows_no_part_of_a_secret_with_brackets_and_quotes(text: str, level: int, kind: str) -> None:
    secret = f"{text}SECRET{text}END"
    value: object = {"text": secret, "list": [secret, "x"], "object": {"a": secret}}[kind]
    body = json.dumps({"id": "1", "secret": value, "url": "u"})
    for _ in range(level):
        body = json.dumps({"body": body})
    shown = redact_body(body.encode(), 4000)
    assert "SECRET" not in shown and "END" not in shown
    for _ in range(level):
        shown = json.loads(shown)["body"]
    assert json.loads(shown) == {"id": "1", "secret": "<secret>", "url": "u"}


def test_what_stands_for_a_secret_is_no_secret() -> None:
    found = Redactor()
    for text in ("<secret>", HIDDEN):
        found.add(text)
        assert found(text) == text


@pytest.mark.parametrize("secret", ['whsec_[a]{b}"c\\d', "whsec_ü/ +x&y"])
def test_a_revealed_secret_is_redacted_in_every_form(secret: str) -> None:
    redactor = Redactor()
    redactor.add_revealed({"webhook": {"secret": secret}})
    from urllib.parse import quote

    for form in (secret, json.dumps(secret), json.dumps(secret, ensure_ascii=False), quote(secret, safe="")):
        assert "whsec" not in redactor(f"failed with {form} at the end")
