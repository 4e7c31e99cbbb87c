"""Problems of rows, with codes that stay the same from release to release.

error: the API would refuse the row, or the row cannot be understood; it is not sent.
warning: odd but possible; it is sent.
info: something was put into another form on the way.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

__all__ = ["CODES", "Problem", "Severity", "has_errors", "note_change"]

Severity = Literal["error", "warning", "info"]


class Problem(NamedTuple):
    """What is wrong or unusual in one field of one row."""

    severity: Severity
    code: str
    field: str
    message: str
    suggestion: str | None = None


def note_change(problems: list[Problem], code: str, field: str, value: object, sent: object) -> None:
    """Add an info about a value that is sent in another form, when it is."""
    if sent != value:
        problems.append(Problem("info", code, field, f"“{value}” is sent as {sent}."))


def has_errors(problems: Iterable[Problem]) -> bool:
    """Return whether a row with these problems must not be sent."""
    return any(problem.severity == "error" for problem in problems)


CODES: dict[str, str] = {
    # the file
    "header_repeated": "The row repeats the column names. Maybe several files were joined.",
    "too_many_cells": "The row has more values than the file has columns, so the values cannot be assigned to columns.",
    "too_few_cells": "The row ends before the last column. The missing values are empty.",
    "unclosed_quote": "An opening quotation mark is not closed, so the rest of the file became one value.",
    "bad_json_record": "The line is not one JSON object.",
    "unexpected_key": "The record has a key that is not a known column. It is not imported.",
    "formula": "The cell is a formula. Its last computed value is used.",
    "formula_not_computed": "The cell is a formula without a computed value. Open and save the file in a spreadsheet.",
    "cell_error": "The cell has a spreadsheet error such as #REF!.",
    "excel_scientific": "A spreadsheet changed a long number to scientific notation. Digits are lost.",
    "excel_precision": "The number has more than the 15 digits that spreadsheets keep, so its last digits are wrong.",
    "escaped_text": "An apostrophe before every text of a column was removed: the exporting program added it.",
    "private_key": "The cell has a private key or a seed phrase. It is removed, and the row is not sent.",
    "duplicate_in_file": "An earlier row has the same email, phone, wallet, username or social account.",
    "shared_in_file": "An earlier row with another email has the same phone, username, wallet or social account.",
    "disabled_left_out": "The user is disabled in the other system and left out.",
    "deleted_left_out": "The user is deleted in the other system and left out.",
    "service_accounts_left_out": "This is a service account, so it is left out.",
    "test_users_left_out": "This is a test user, so it is left out.",
    # any value
    "null_text": "A text such as NULL or N/A is read as empty.",
    "value_left_out": "The mapping reads another value of the row, so this one is not imported.",
    "account_left_out": "The user signs in through an organization (SAML, OIDC, LDAP), which is not a social account.",
    "email_left_out": "The value is an email address, so it is not imported as a username or name.",
    "not_in_lookup": "The value is not in the lookup table of the column.",
    "empty_row": "No value of the row is mapped to a field.",
    "too_long": "The API accepts at most 255 characters.",
    "control_character": "The value contains a control character (NUL, escape, line break) or an incomplete character.",
    "not_sendable": "The value cannot be sent as JSON (an incomplete character, or a number of more than 64 bits).",
    "odd_character": "The API refuses this character in names.",
    "text_damaged": "The text looks like UTF-8 that was read in another encoding. It is sent as it is.",
    "text_composed": "A letter and its accent were joined to one character, as the API expects.",
    "unsendable_left_out": "A value that the API refuses is left out; the rest of the row is sent.",
    "unsendable_replaced": "A value that the API refuses is replaced by the suggested one.",
    "unsendable_in_metadata": "A value that the API refuses is kept in the metadata.",
    "unsendable_sent": "A value that the API probably refuses is sent as it is, as you chose.",
    "no_identity": "The user has no email, phone number, username, wallet or social account, so it cannot sign in.",
    "id_invalid": "The id is not a UUID.",
    "not_text": "The field must be text, but the value is a list or an object.",
    "bad_json": "The value is not valid JSON.",
    "bad_boolean": "The value is neither yes nor no.",
    "bad_number": "The value is not a number.",
    "bad_date": "The value is not a valid date.",
    "ambiguous_date": "The date can be day/month or month/day.",
    "date_without_zone": "The date has no time zone. UTC is used.",
    "date_in_future": "The date is in the future.",
    "unknown_value": "The value is not one that the API is known to accept.",
    # email
    "email_invalid": "This is not an email address.",
    "email_reserved_domain": "The domain is reserved (.test, .invalid, .local ...) and cannot receive email.",
    "email_normalized": "The email was normalized (domain in lower case, Unicode composed).",
    "email_verified_without_email": "emailVerifiedAt has a value, but the row has no email.",
    # phone
    "phone_impossible": "The number cannot be a phone number (length or country code).",
    "phone_letters": "The number has letters. The transform `vanity` spells them with digits.",
    "phone_extension": "The number has an extension, which cannot be sent.",
    "phone_characters": "The cell has characters that no phone number has, or several numbers.",
    "phone_country_code": "A number without + begins with the country code of the region. A + is added.",
    "phone_digits_changed": "The number is sent with other digits, as its country writes it internationally.",
    "phone_needs_region": "The number has no country code.",
    "phone_unlikely": "The number has a valid length, but no known operator uses its range.",
    "phone_normalized": "The number was converted to international format (E.164).",
    # country
    "country_unknown": "The country is neither an ISO 3166-1 alpha-2 code nor a known name.",
    "country_normalized": "The country's name was replaced by its two-letter code.",
    # username
    "username_refused": "The API accepts 3 to 20 letters, digits, dashes and underscores as a username.",
    # wallets
    "wallet_address_refused": "The API accepts addresses of 18 to 100 letters and digits.",
    "wallet_address_malformed": "The address does not have the format of its chain.",
    "wallet_prefix_missing": "The address of an EVM chain does not begin with 0x.",
    "ens_name": "The value is a name of ENS or a similar service. Look up its address first.",
    "wallet_checksum": "The checksum of the address is wrong, probably because of a typing error.",
    "wallet_no_checksum": "An EVM address in one case has no checksum, so typing errors cannot be detected.",
    "wallet_format_ok": "The address has the format of its chain. This chain has no checksum to verify.",
    "wallet_chain_unknown": "This version of dyntui does not know the chain. The API decides.",
    "wallet_chain_missing": "The wallet has no chain, and it cannot be detected from the address.",
    "wallet_chain_from_address": "The chain was detected from the format of the address.",
    "wallet_chain_mismatch": "The address has the format of another chain.",
    "wallet_incomplete": "A wallet needs publicWalletAddress, chain, walletName and walletProvider.",
    "wallet_provider_unknown": "The API does not accept this wallet provider.",
    "wallet_embedded_left_out": "The key of the wallet stays with another vendor, so the wallet is not imported.",
    "wallet_duplicate": "The same wallet is two times in the row.",
    # social accounts
    "oauth_incomplete": "A social account needs provider and accountId.",
    "oauth_provider_unknown": "This version of dyntui does not know the provider. The API decides.",
    "oauth_provider_no_sign_in": "Users cannot sign in with this provider.",
    "oauth_duplicate": "The same social account is two times in the row.",
    # metadata and custom fields
    "metadata_large": "The metadata is larger than 2 KB; the API's limit is not documented.",
    "metadata_conflict": "Two columns are mapped to the same metadata field.",
    "custom_field_option": "The value is not one of the custom field's options.",
    "custom_field_pattern": "The value does not match the custom field's pattern.",
    "custom_field_required": "The environment requires this custom field, but the row has no value for it.",
    # allowlist entries
    "entry_no_identifier": "An entry needs one identifier (wallet, email, domain, phone, username, id).",
    "entry_many_identifiers": "An entry needs exactly one identifier. This row has several.",
    "entry_kind_unclear": "The kind of the identifier is ambiguous.",
    "domain_invalid": "This is not a domain name that the API accepts.",
    "domain_normalized": "The domain was taken from a URL or an @, or written in lower case.",
    "handle_invalid": "This is not a username of the social network.",
    "handle_normalized": "The username was taken from a URL or an @.",
    "fid_invalid": "A Farcaster id is a whole number.",
}
"""Every code with one line that explains it; docs/import.md is tested against it."""
