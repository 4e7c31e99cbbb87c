"""Validate what only a complete user shows: wallets and social accounts, metadata size, and email verification."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping as AbstractMapping
from collections.abc import Sequence

from dyntui.core.interface import by_interface
from dyntui.importer.addresses import family_of
from dyntui.importer.custom_fields import CustomFields
from dyntui.importer.fields import USER_FIELDS, field_for
from dyntui.importer.natural_keys import wallet_key
from dyntui.importer.option_names import option
from dyntui.importer.problems import Problem
from dyntui.importer.validation_context import Step, ValidationContext
from dyntui.importer.validators import make_check
from dyntui.importer.wallet_checks import check_chain_address, check_entry_address

__all__ = ["METADATA_WARNING", "RowValidator", "validate_user"]

METADATA_WARNING = 2048
_SHORT_HEX = re.compile(r"0x[0-9a-fA-F]{0,29}")
"""Too short for a mistyped EVM address; chains such as Aptos have short addresses."""
_WALLET_FIELDS = ("publicWalletAddress", "chain", "walletName", "walletProvider")


class RowValidator:
    """Checks complete users; one validator is used for many rows."""

    def __init__(self, rules: ValidationContext, custom_fields: Sequence[AbstractMapping[str, object]] = ()) -> None:
        self._rules = rules
        self._custom = CustomFields(custom_fields)
        self._checks: dict[str, Step] = {}

    def check(self, name: str, value: object, problems: list[Problem]) -> object:
        """Check one value by the rules of its field."""
        if name not in self._checks:
            self._checks[name] = make_check(field_for(name), self._rules)
        return self._checks[name](value, problems)

    def finish(self, user: dict[str, object], problems: list[Problem]) -> None:
        """Check a user whose plain fields were checked already."""
        if isinstance(wallets := user.get("wallets"), list):
            self._wallets(wallets, problems)
        if isinstance(accounts := user.get("oauthAccounts"), list):
            self._accounts(accounts, problems)
        metadata = user.get("metadata")
        if isinstance(metadata, dict) and metadata:
            self._metadata(metadata, problems)
        if self._custom:
            self._custom.check(metadata if isinstance(metadata, dict) else {}, problems)
        if user.get("emailVerifiedAt") and not user.get("email"):
            message = "emailVerifiedAt has no effect without an email."
            problems.append(Problem("warning", "email_verified_without_email", "emailVerifiedAt", message))

    def _metadata(self, metadata: dict[str, object], problems: list[Problem]) -> None:
        size = self._size("metadata", metadata, problems)
        if size > METADATA_WARNING:
            message = f"{size:,} bytes of metadata; the API's limit is not documented."
            problems.append(Problem("warning", "metadata_large", "metadata", message))

    @staticmethod
    def _size(name: str, value: object, problems: list[Problem]) -> int:
        """Return the size of a value as JSON in bytes; a value that is not possible in JSON is a problem."""
        import orjson

        try:
            return len(orjson.dumps(value))
        except TypeError as error:
            problems.append(Problem("error", "not_sendable", name, f"The value cannot be sent as JSON: {error}."))
            return 0

    def _wallets(self, wallets: list[object], problems: list[Problem]) -> None:
        seen: set[str] = set()
        for place, wallet in enumerate(wallets):
            at = f"wallets.{place}"
            if not isinstance(wallet, dict):
                problems.append(
                    Problem("error", "wallet_incomplete", at, "A wallet must be an object with an address.")
                )
                continue
            self._detect_chain(wallet, at, problems)
            missing = [name for name in _WALLET_FIELDS if not wallet.get(name)]
            if "chain" in missing:
                problems.append(self._explain_missing_chain(wallet, at))
                missing.remove("chain")
            if missing:
                advice = by_interface(
                    "Give it with --wallet-name and --wallet-provider.",
                    "Press {map.wallets} in the Map step to set it.",
                )
                message = f"The wallet has no {' and no '.join(missing)}. {advice}"
                problems.append(Problem("error", "wallet_incomplete", f"{at}.{missing[0]}", message))
            for name in _WALLET_FIELDS:
                if wallet.get(name):
                    wallet[name] = self.check(f"{at}.{name}", wallet[name], problems)
            self._additional(wallet.get("additionalWalletAddresses"), at, problems)
            address, chain = wallet.get("publicWalletAddress"), wallet.get("chain")
            if not isinstance(address, str) or not isinstance(chain, str) or not address:
                continue
            check_chain_address(chain, address, f"{at}.publicWalletAddress", problems)
            key = wallet_key(chain, address)
            if key in seen:
                problems.append(Problem("error", "wallet_duplicate", at, f"{address} is two times in this row."))
            seen.add(key)

    def _detect_chain(self, wallet: dict[str, object], at: str, problems: list[Problem]) -> None:
        address = wallet.get("publicWalletAddress")
        if wallet.get("chain") or not isinstance(address, str):
            return
        if chain := family_of(address.strip()):
            wallet["chain"] = chain
            message = f"{chain}, detected from the format of the address."
            problems.append(Problem("info", "wallet_chain_from_address", f"{at}.chain", message))

    def _explain_missing_chain(self, wallet: dict[str, object], at: str) -> Problem:
        """Return why the chain of a wallet is unknown: what is wrong with the address, if it is known."""
        address = wallet.get("publicWalletAddress")
        if isinstance(address, str) and address:
            found: list[Problem] = []
            self.check(f"{at}.publicWalletAddress", address, found)
            if not found and not _SHORT_HEX.fullmatch(address):
                check_entry_address(address, f"{at}.publicWalletAddress", found)
            if wrong := next((problem for problem in found if problem.severity != "info"), None):
                return wrong._replace(severity="error")
        message = (
            "The wallet has no chain, and it cannot be detected from the address. "
            f"Name it with {option('--wallet-chain')}."
        )
        return Problem("error", "wallet_chain_missing", f"{at}.chain", message)

    def _additional(self, more: object, at: str, problems: list[Problem]) -> None:
        for place, each in enumerate(more if isinstance(more, list) else ()):
            path = f"{at}.additionalWalletAddresses.{place}"
            if not isinstance(each, dict) or not each.get("address") or not each.get("type"):
                message = "An additional address needs an address and a type."
                problems.append(Problem("error", "wallet_incomplete", path, message))
                continue
            for name in ("address", "publicKey", "type"):
                if each.get(name) is not None:
                    each[name] = self.check(f"{path}.{name}", each[name], problems)

    def _accounts(self, accounts: list[object], problems: list[Problem]) -> None:
        seen: set[tuple[str, str]] = set()
        for place, account in enumerate(accounts):
            at = f"oauthAccounts.{place}"
            if not isinstance(account, dict):
                problems.append(Problem("error", "oauth_incomplete", at, "A social account must be an object."))
                continue
            missing = [name for name in ("provider", "accountId") if account.get(name) in (None, "")]
            if missing:
                message = f"The social account has no {' and no '.join(missing)}."
                problems.append(Problem("error", "oauth_incomplete", f"{at}.{missing[0]}", message))
            for name in ("provider", "accountId", "username", "displayName", "emails", "photos", "profile"):
                if account.get(name) not in (None, ""):
                    account[name] = self.check(f"{at}.{name}", account[name], problems)
            if account.get("profile"):
                self._size(f"{at}.profile", account["profile"], problems)
            if not missing:
                key = (str(account["provider"]), str(account["accountId"]))
                if key in seen:
                    problems.append(
                        Problem("error", "oauth_duplicate", at, f"{' '.join(key)} is two times in this row.")
                    )
                seen.add(key)


def validate_user(
    user: AbstractMapping[str, object],
    *,
    region: str | None = None,
    environment_kind: str = "sandbox",
    now: str | None = None,
    custom_fields: Sequence[AbstractMapping[str, object]] = (),
) -> tuple[Problem, ...]:
    """Return the problems of an edited body, from the same checks as the mapper's, on a copy."""
    live = environment_kind == "live"
    finisher = RowValidator(
        ValidationContext(region, live, now) if now else ValidationContext(region, live), custom_fields
    )
    problems: list[Problem] = []
    copy = json.loads(json.dumps(user, default=str))
    for name, value in copy.items():
        if name in USER_FIELDS and value is not None:
            finisher.check(name, value, problems)
    if not any(value not in (None, "", [], {}) for value in copy.values()):
        problems.append(Problem("error", "empty_row", "", "The user has no fields."))
    finisher.finish(copy, problems)
    return tuple(problems)
