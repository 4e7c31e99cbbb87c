"""The table of meanings: each word has one role, by the field it is in."""

from __future__ import annotations

import pytest

from dyntui.core.meanings import Role, role_of, role_of_change


@pytest.mark.parametrize(
    ("field", "text", "role"),
    [
        ("status", "delivered", Role.GOOD),
        ("status", '"failed"', Role.BAD),
        ("status", "no response", Role.BAD),
        ("status", "ONRAMP_ORDER_STATUS_PENDING_AUTH", Role.WARN),
        ("settings.isEnabled", "no", Role.WARN),
        ("enabled", "yes, 3 Nov", Role.GOOD),
        ("enabled", "300 days ago, 2025-05-05 12:00:00 UTC", Role.NONE),
        ("health", "not authorized (401)", Role.BAD),
        ("result", "BLOCKED", Role.BAD),
        ("response", "503 Service Unavailable", Role.BAD),
        ("statusCode", "204", Role.GOOD),
        ("status", "2040", Role.NONE),
        ("method", "DELETE", Role.BAD),
        ("method", "GET", Role.READ),
        ("severity", "warning", Role.WARN),
        ("problem", "✕ invalid email", Role.BAD),
        ("kind", "● live, read-only", Role.LIVE),
        ("name", "failed", Role.NONE),
        ("email", "delivered@example.com", Role.NONE),
        ("status", "", Role.NONE),
        ("status", "—", Role.NONE),
        ("new", "Ada", Role.GOOD),
    ],
)
def test_a_text_has_the_role_of_its_word_in_a_field_of_states(field: str, text: str, role: Role) -> None:
    assert role_of(field, text) is role


def test_a_line_of_a_difference_has_the_role_of_the_change() -> None:
    lines = ["added: a, b", "  removed: c", "email: a → b", "+ plan: 1", "~ plan: 1 → 2", "- plan", "Delete 3 users?"]
    roles = [role_of_change(line) for line in lines]
    assert roles == [Role.GOOD, Role.BAD, Role.WARN, Role.GOOD, Role.WARN, Role.BAD, Role.NONE]
