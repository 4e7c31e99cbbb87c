"""Problems of rows, with codes that stay the same from release to release.

error: the API would refuse the row, or the row cannot be understood; it is not sent.
warning: odd but possible; it is sent.
info: something was put into another form on the way.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

__all__ = ["CODES", "Problem", "Severity", "has_errors"]

Severity = Literal["error", "warning", "info"]


class Problem(NamedTuple):
    """What is wrong or unusual in one field of one row."""

    severity: Severity
    code: str
    field: str
    message: str
    suggestion: str | None = None


def has_errors(problems: Iterable[Problem]) -> bool:
    """Return whether a row with these problems must not be sent."""
    return any(problem.severity == "error" for problem in problems)


CODES: dict[str, str] = {
    # the file
    "too_many_cells": "The row has more values than the file has columns, so the values cannot be assigned to columns.",
    "too_few_cells": "The row ends before the last column; the missing values are taken as empty.",
    "unclosed_quote": "A quotation mark is opened and never closed; the rest of the file became one value.",
    "bad_json_record": "The line is not one JSON object.",
    "unexpected_key": "The record has a key that was not seen when the columns were found; it is not imported.",
    "formula": "The cell is a formula; its last computed value is read.",
    "formula_not_computed": "The cell is a formula without a computed value; open and save the file in a spreadsheet.",
    "cell_error": "The cell holds a spreadsheet error such as #REF!.",
    "excel_scientific": "A spreadsheet turned a long number into scientific notation; digits are lost.",
    "excel_precision": "A spreadsheet keeps 15 digits of a number; this one has more, so its last digits are wrong.",
    "duplicate_in_file": "An earlier row has the same email, phone, wallet, username or social account.",
    # any value
    "empty_row": "Nothing in the row goes to a field.",
    "too_long": "The API takes at most 255 characters here.",
    "control_character": "The value contains a control character (a NUL, an escape, a line break) or half a letter.",
    "not_sendable": "The value cannot be written as JSON (half a letter, or a number of more than 64 bits).",
    "odd_character": "The API's pattern for names probably refuses this character.",
    "not_text": "The field takes text, and the value is a list or an object.",
    "bad_json": "The value should be JSON and is not.",
    "bad_boolean": "The value should say yes or no.",
    "bad_number": "The value should be a number.",
    "bad_date": "The value is not a date that can be understood.",
    "ambiguous_date": "The date can be read as day/month or month/day.",
    "date_without_zone": "The date has no time zone; it is taken as UTC.",
    "date_in_future": "The date lies in the future.",
    "unknown_value": "The value is not one of those the API is known to take.",
    # email
    "email_invalid": "This is not an email address.",
    "email_reserved_domain": "The domain is reserved (.test, .invalid, .local ...): no mail ever arrives.",
    "email_normalized": "The address was put into its normal form (domain in lower case, Unicode composed).",
    "email_verified_without_email": "emailVerifiedAt is given, but the row has no email.",
    # phone
    "phone_impossible": "The number cannot be a phone number (length or country code).",
    "phone_needs_region": "The number has no country code; say --region XX or write it with +.",
    "phone_unlikely": "The number has the right length, but no operator is known to use its range.",
    "phone_normalized": "The number was put into international form (E.164).",
    # country
    "country_unknown": "The country is neither an ISO 3166-1 alpha-2 code nor a name that is known.",
    "country_normalized": "The country's name was replaced by its two-letter code.",
    # username
    "username_odd": "The username has characters other than letters, digits, dash, underscore and dot.",
    # wallets
    "wallet_address_refused": "The API takes 18 to 100 letters, digits and underscores as an address.",
    "wallet_address_malformed": "The address does not have the form its chain uses.",
    "wallet_checksum": "The address' checksum is wrong: a typing error is likely.",
    "wallet_no_checksum": "An EVM address in one case carries no checksum, so a typing error cannot be seen.",
    "wallet_format_ok": "The address has the form its chain uses; this chain has no checksum to verify.",
    "wallet_chain_unknown": "The chain is not one this release knows; the API decides.",
    "wallet_chain_missing": "The wallet has no chain, and the address does not show it.",
    "wallet_chain_from_address": "The chain was detected from the form of the address.",
    "wallet_chain_mismatch": "The address has the form of another chain.",
    "wallet_incomplete": "A wallet needs publicWalletAddress, chain, walletName and walletProvider.",
    "wallet_provider_unknown": "The wallet provider is not one the API takes.",
    "wallet_embedded_left_out": "The wallet is embedded in another vendor's service and its key stays there: left out.",
    "wallet_duplicate": "The same wallet is in the row twice.",
    # social accounts
    "oauth_incomplete": "A social account needs provider and accountId.",
    "oauth_provider_unknown": "The provider is not one this release knows; the API decides.",
    "oauth_provider_no_sign_in": "People cannot sign in with this provider.",
    "oauth_duplicate": "The same social account is in the row twice.",
    # metadata and custom fields
    "metadata_large": "The metadata is larger than 2 KB; the API's limit is not documented.",
    "metadata_conflict": "Two columns write to the same place in metadata.",
    "custom_field_option": "The value is not one of the custom field's options.",
    "custom_field_pattern": "The value does not match the custom field's pattern.",
    "custom_field_required": "The environment requires this custom field, and the row has none.",
    # allowlist entries
    "entry_no_identifier": "An entry needs one identifier (wallet, email, domain, phone, username, id).",
    "entry_many_identifiers": "An entry takes exactly one identifier; this row has several.",
    "entry_kind_unclear": "The kind of the identifier is ambiguous.",
    "domain_invalid": "This is not a domain name.",
    "fid_invalid": "A Farcaster id is a whole number.",
}
"""Every code with one line that explains it; docs/import.md is tested against it."""
