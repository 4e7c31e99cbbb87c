"""No token and no address of a person gets through the redactor."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyntui.core.redact import Redactor, redact, redact_body, token_hint

TOKEN = "dyn_" + "Canary1" * 8


@given(st.text(), st.text(), st.text("abcXYZ019_", min_size=8, max_size=60))
def test_text_in_the_form_of_a_token_is_redacted(before: str, after: str, rest: str) -> None:
    assert f"dyn_{rest}" not in Redactor()(f"{before}dyn_{rest}{after}")


@given(st.text(), st.text(), st.text(min_size=8, max_size=40))
def test_a_registered_secret_of_any_form_is_redacted(before: str, after: str, secret: str) -> None:
    redactor = Redactor()
    redactor.add(secret)
    assert secret not in redactor(f"{before} {secret} {after}").replace("<token>", "").replace("<email>", "")


def test_a_secret_that_is_a_prefix_of_another_is_redacted_whole() -> None:
    redactor = Redactor()
    redactor.add("secret-canary")
    redactor.add("secret-canary-longer-part")
    assert redactor("x secret-canary-longer-part y") == "x <token> y"


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abcdefgh12345678",
        "bearer   abc.def-ghi_jkl~123==",
        "jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl here",
        f"url https://x/?token={TOKEN}&y=1",
        f"'{TOKEN}'",
        f"é{TOKEN}é",
    ],
)
def test_secrets_of_known_forms_are_redacted(text: str) -> None:
    shown = redact(text)
    assert "<token>" in shown
    for secret in ("abcdefgh12345678", "ghi_jkl", "eyJzdWIi", "c2lnbmF0", TOKEN):
        assert secret not in shown


@pytest.mark.parametrize("email", ["ann@example.com", "a.b+c@mail.example.co.uk", "O'Hara@x.ie", "анна@пример.рф"])
def test_personal_data_is_redacted_unless_it_is_allowed(email: str) -> None:
    assert email not in redact(f"user {email}, created")
    assert email in redact(f"user {email}, created", people=False)


def test_other_text_is_not_redacted() -> None:
    text = "GET /environments/3f2a/users 200 in 31 ms, dynamic dyn_ ok"
    assert redact(text) == text


@given(st.text("abcXYZ019", min_size=0, max_size=80))
def test_at_most_the_last_six_characters_of_a_token_are_shown(rest: str) -> None:
    token = "dyn_" + rest
    hint = token_hint(token)
    assert hint == ("dyn_…" + token[-6:] if len(token) >= 16 else "dyn_…")


def test_short_words_are_not_registered_as_secrets() -> None:
    redactor = Redactor()
    redactor.add("the")
    assert redactor("the end") == "the end"


def test_values_of_secret_names_are_removed_from_a_body_at_any_depth() -> None:
    secrets = {
        "token": 'Can"ary',
        "private_key": "Canary",
        "client-secret": ["Canary", "Canary"],
        "keyShares": {"a": "Canary"},
        "code": 123456789,
        "Authorization": "Canary",
    }
    inner = json.dumps({"secret": 'Can"ary', "kept": "inner"})
    body = json.dumps({"a": {"b": [secrets]}, **secrets, "payload": inner, "kept": "outer", "password": ""})
    shown = redact_body(body.encode(), 4_000)
    assert "ary" not in shown and "123456789" not in shown
    assert json.loads(shown)["kept"] == "outer"
    assert "inner" in shown
    assert redact_body(b'{"code": "user_not_found"}', 100) == '{"code": "user_not_found"}'


@given(st.integers(0, 3_000), st.integers(1, 2_000))
def test_a_body_that_is_cut_anywhere_shows_no_secret(before: int, limit: int) -> None:
    body = json.dumps({"a": "x" * before, "jwt": "Canary1" * 300, "b": TOKEN, "c": "y" * 5_000}).encode()
    for cut in (body, body[: before + 100]):
        shown = redact_body(cut, limit)
        assert "Canary" not in shown
        assert len(shown) <= limit + 1


@pytest.mark.parametrize("part", ["x", "a.", "\\", '"token":"'])
def test_long_text_of_any_form_is_redacted_in_linear_time(part: str) -> None:
    text = part * (50_000 // len(part))
    started = time.process_time()
    redact(text)
    redact_body(text.encode(), len(text))
    assert time.process_time() - started < 5.0, "quadratic time would be more than 15 s"
