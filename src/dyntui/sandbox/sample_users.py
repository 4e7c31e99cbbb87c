"""Sample users: each is a function of the seed and a position, so they can be made one at a time, in any order.

The store contains only the searched values and the unique keys of a sample user. The whole record is made again at each
read, until the user is changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from dyntui.sandbox import sample_names as names
from dyntui.sandbox.addresses import ADDRESS
from dyntui.sandbox.delegation import delegated_access
from dyntui.sandbox.ids import Ids
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import Record, UserRow, format_time, to_row, unique_keys

__all__ = ["SampleUsers"]

_SPAN_MS = 420 * 86_400_000  # from the sign-up of the first user to that of the newest
_MINUTE_MS, _DAY_MS = 60_000, 86_400_000

_CHAIN_OF = (
    ["EVM"] * 160
    + ["SOL"] * 56
    + ["BTC"] * 14
    + ["SUI"] * 10
    + ["COSMOS"] * 6
    + ["APTOS"] * 5
    + ["STARK"] * 3
    + ["FLOW"] * 2
)
_WALLETS_OF = [0] * 38 + [1] * 150 + [2] * 48 + [3] * 20
_PROVIDER_OF = (
    ["google"] * 90 + ["discord"] * 40 + ["twitter"] * 36 + ["github"] * 30 + ["telegram"] * 24 + ["apple"] * 20
    + ["farcaster"] * 16
)  # fmt: skip
_WALLET_NAMES = {
    "EVM": ("metamask", "coinbase", "rainbow", "rabby", "trust", "safe"),
    "SOL": ("phantom", "solflare", "backpack"),
    "BTC": ("xverse", "leather", "unisat"),
    "SUI": ("suiet", "slush"),
    "COSMOS": ("keplr", "leap"),
    "APTOS": ("petra", "pontem"),
    "STARK": ("argentx", "braavos"),
    "FLOW": ("blocto", "lilico"),
}
_WAAS_CHAIN = {"EVM": "EVM", "SOL": "SVM", "SUI": "SUI", "BTC": "BTC"}
_SCHEMES = ("TWO_OF_TWO", "TWO_OF_THREE", "THREE_OF_FIVE")
_US_AREAS = (
    201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225, 228, 229, 231,
    234, 239, 240, 248, 251, 252, 253, 254, 256, 260, 262, 267, 269, 270, 276, 281, 301, 302, 303, 304, 305, 307,
    308, 309, 310, 312, 313, 314, 315, 316, 317, 318, 319, 320, 321, 323, 325, 330, 331, 334, 336, 337, 339, 347,
    351, 352, 360, 361, 386, 401, 402, 404, 405, 406, 407, 408, 409, 410, 412, 413, 414, 415, 417, 419, 423, 425,
    430, 432, 434, 435, 440, 443, 469, 478, 479, 480, 484, 501,
)  # fmt: skip
_PHONES = len(_US_AREAS) * 100


class SampleUsers:
    """The sample users of one sandbox.

    `count` is their number; `newest_ms` is when the last of them signed up, in ms since 1970.
    """

    def __init__(self, ids: Ids, count: int, newest_ms: int) -> None:
        self.ids = ids
        self.count = count
        self.newest_ms = newest_ms
        self._combinations = len(names.NAME_SETS) * 100 * len(names.DOMAINS)
        self._offset = int.from_bytes(ids.digest("people", 8), "big") % self._combinations

    def make_rows(self, start: int, stop: int) -> Iterator[tuple[UserRow, list[str]]]:
        """Yield the row and the unique keys of the users at positions `start` to `stop` (exclusive), counted from 1."""
        for position in range(start, stop):
            record = self._make_searched_fields(position)[0]
            yield to_row(record, position, doc=None), unique_keys(record)

    def make_record(self, position: int) -> Record:
        """Return the complete record of the user at a position."""
        record, created, visited = self._make_searched_fields(position)
        self._add_details(record, position, created, visited)
        return record

    def _make_searched_fields(self, position: int) -> tuple[Record, int, int]:
        """Return a record with the searched, sorted and unique values, its creation and its last visit in ms."""
        index = position - 1
        digest = self.ids.digest(f"person {position}", 64)
        combination = (index * 7919 + self._offset) % self._combinations
        combination, domain = divmod(combination, 10)
        combination, last_index = divmod(combination, 10)
        name_set_index, first_index = divmod(combination, 10)
        name_set = names.NAME_SETS[name_set_index]
        first, first_ascii = name_set.first[first_index]
        last, last_ascii = name_set.last[last_index]
        repetition = index // self._combinations
        number = str(repetition + 1) if repetition else ""

        share = (index + digest[0] / 256) / self.count
        created = self.newest_ms - int(_SPAN_MS * (1 - share) ** 1.4)
        visited = created
        if digest[1] > 40:
            visited = created + int((self.newest_ms - created) * (digest[2] / 255) ** 0.6)
        visited -= visited % 1000 - digest[3]

        profile: Document = {"country": name_set.countries[digest[4] % len(name_set.countries)]}
        if digest[5] < 246:
            profile["email"] = f"{first_ascii}.{last_ascii}{number}@{names.DOMAINS[domain]}"
        if digest[6] < 215:
            profile["firstName"], profile["lastName"] = first, last
        if digest[7] < 128:
            profile["alias"] = f"{last} {first}" if name_set.family_first else f"{first} {last[0]}."
        if digest[8] < 110 or "email" not in profile:
            profile["username"] = f"{first_ascii}_{last_ascii}{domain}{number}"
        if digest[9] < 100:
            profile["jobTitle"] = names.JOBS[digest[10] % len(names.JOBS)]
        if index % 3 == 1 and index // 3 < _PHONES:
            slot = (index // 3) * 7919 % _PHONES
            profile["phoneNumber"] = f"+1{_US_AREAS[slot // 100]}55501{slot % 100:02d}"
        if digest[11] < 40:
            profile["team"] = names.TEAMS[digest[12] % len(names.TEAMS)]

        record: Record = {
            "id": self.ids.uuid(f"user {position}"),
            "createdAt": created,
            "updatedAt": visited,
            "firstVisit": created,
            "lastVisit": visited,
            "profile": profile,
            "wallets": [
                self._make_wallet(position, n, digest, created, visited) for n in range(_WALLETS_OF[digest[13]])
            ],
            "oauth": [],
        }
        if digest[14] < 115:
            record["oauth"].append(
                self._make_oauth_account(
                    position, digest, f"{first} {last}", f"{first_ascii}{last_ascii}{domain}{number}", profile
                )
            )
        return record, created, visited

    def _make_wallet(self, position: int, n: int, digest: bytes, created: int, visited: int) -> Document:
        chain = _CHAIN_OF[digest[16 + n]]
        data = self.ids.digest(f"wallet {n} {position}", 32)
        embedded = chain in _WAAS_CHAIN and digest[20 + n] < 90
        choices = _WALLET_NAMES[chain]
        return {
            "chain": chain,
            "address": ADDRESS[chain](data),
            "name": f"dynamicwaas{_WAAS_CHAIN[chain].lower()}" if embedded else choices[digest[24 + n] % len(choices)],
            "provider": "embeddedWallet"
            if embedded
            else ("walletConnect" if digest[28 + n] < 50 else "browserExtension"),
            "createdAt": min(created + n * _DAY_MS, visited),
            "updatedAt": visited,
            "lastSelectedAt": visited if n == 0 and visited > created else None,
            "deletedAt": visited if n == 2 and digest[32] < 50 else None,
            "additional": [{"address": ADDRESS["BTC"](data[::-1]), "type": "payment"}] if chain == "BTC" else [],
        }

    def _make_oauth_account(self, position: int, digest: bytes, name: str, handle: str, profile: Document) -> Document:
        provider = _PROVIDER_OF[digest[15]]
        account = (
            str(10**20 + int.from_bytes(digest[33:41], "big"))
            if provider == "google"
            else str(int.from_bytes(digest[33:40], "big"))
        )
        return {
            "provider": provider,
            "accountId": account,
            "username": profile.get("email", handle) if provider == "google" else handle,
            "displayName": name,
            "emails": [profile["email"]] if provider in ("google", "apple", "github") and "email" in profile else [],
            "photos": [],
            "profile": {},
        }

    def _add_details(self, record: Record, position: int, created: int, visited: int) -> None:
        """Add the values that only a read of the user shows."""
        digest = self.ids.digest(f"details {position}", 64)
        profile = record["profile"]
        record["emailVerifiedAt"] = (
            format_time(created + _MINUTE_MS) if digest[0] < 215 and "email" in profile else None
        )
        profile["policiesConsent"] = digest[1] < 230
        if digest[2] < 30:
            profile["tShirtSize"] = ("XS", "S", "M", "L", "XL")[digest[3] % 5]
        if digest[4] < 20:
            profile["emailNotification"] = digest[4] < 15
            profile["newsletterNotification"] = digest[5] < 128
        profile["metadata"] = self._make_metadata(digest)
        for account in record["oauth"]:
            account["id"] = self.ids.child(position, "oauth")
        for n, wallet in enumerate(record["wallets"]):
            wallet["id"] = self.ids.child(position, f"wallet {n}")
            if wallet["provider"] == "embeddedWallet":
                wallet["waas"] = self._make_waas_wallet(position, n, digest, wallet)
                if digest[48 + n] < 30:
                    wallet["delegated"] = delegated_access(self.ids, self.newest_ms, wallet["updatedAt"])
                wallet["properties"] = {"version": "V3", "claimed": digest[30 + n] < 200, "source": "user"}
            elif digest[34 + n] < 20:
                wallet["properties"] = {"hardwareWallet": "ledger"}
            if wallet["chain"] == "EVM" and digest[37 + n] < 40 and "username" in profile:
                wallet["nameService"] = {"name": f"{profile['username'].replace('_', '')}.eth"}
        record["sessions"] = self._make_sessions(position, digest, created, visited)
        record["mfa"] = self._make_mfa_devices(position, digest, created)
        record["checks"] = self._make_checks(position, digest, record["wallets"], created)
        record["previousUsers"] = [self.ids.uuid(f"previous user of {position}")] if digest[60] < 6 else []

    def _make_metadata(self, digest: bytes) -> Document:
        metadata: Document = {}
        if digest[6] < 170:
            metadata["plan"] = ("free", "free", "pro", "team")[digest[7] % 4]
        if digest[8] < 90:
            metadata["referrer"] = names.REFERRERS[digest[9] % len(names.REFERRERS)]
        if digest[10] < 60:
            metadata["onboarding"] = {
                "completed": digest[11] < 190,
                "step": digest[11] % 6,
                "tags": ["beta"] if digest[12] < 80 else [],
            }
        if digest[13] < 50:
            metadata["points"] = int.from_bytes(digest[14:16], "big")
        return metadata

    def _make_waas_wallet(self, position: int, n: int, digest: bytes, wallet: Document) -> Document:
        scheme = digest[16 + n] % 3
        return {
            "accountAddress": wallet["address"],
            "chainName": _WAAS_CHAIN[wallet["chain"]],
            "walletId": self.ids.child(position, f"waas wallet {n}"),
            "thresholdSignatureScheme": _SCHEMES[scheme],
            "derivationPath": "m/44/60/0/0/0" if wallet["chain"] == "EVM" else "m/44/501/0/0",
            "keyShares": [
                {
                    "id": self.ids.uuid(f"key share {share} of wallet {n} of {position}"),
                    "backupLocation": ("dynamic", "googleDrive", "icloud")[(digest[20 + n] + share) % 3],
                    "passwordEncrypted": bool(digest[24 + n] & 1),
                }
                for share in range(1 + scheme // 2)
            ],
        }

    def _make_sessions(self, position: int, digest: bytes, created: int, visited: int) -> list[Document]:
        count = digest[40] % 5 if visited > created else 1
        out: list[Document] = []
        for n in range(count):
            at = visited - (visited - created) * n // max(count, 1)
            net = names.NETWORKS[digest[41 + n] % len(names.NETWORKS)]
            host = digest[46 + n]
            out.append(
                {
                    "id": self.ids.child(position, f"session {n}"),
                    "createdAt": at,
                    "ipAddress": f"{net}{host:x}" if ":" in net else f"{net}{host}",
                    "userAgent": names.USER_AGENTS[digest[51 + n] % len(names.USER_AGENTS)],
                    "revokedAt": at + 30 * _DAY_MS if at + 30 * _DAY_MS < self.newest_ms else None,
                }
            )
        return out

    def _make_mfa_devices(self, position: int, digest: bytes, created: int) -> list[Document]:
        kinds = [kind for kind, chance in (("totp", 20), ("passkey", 12)) if digest[56] < chance]
        return [
            {
                "type": kind,
                "verified": True,
                "id": self.ids.child(position, f"mfa {kind}"),
                "createdAt": created,
                "verifiedAt": created + _MINUTE_MS,
                "default": n == 0,
                "alias": "Phone" if kind == "totp" else "Security key",
            }
            for n, kind in enumerate(kinds)
        ]

    def _make_checks(self, position: int, digest: bytes, wallets: list[Document], created: int) -> list[Document]:
        if digest[57] > 60:
            return []
        result = "BLOCKED" if digest[58] < 6 else "FAILED" if digest[58] < 12 else "OK"
        return [
            {
                "id": self.ids.child(position, f"check {n}"),
                "createdAt": created + _MINUTE_MS,
                "result": result if n == 0 else "OK",
                "walletPublicKey": wallet["address"],
                "response": '{"identifications":[]}'
                if result == "OK" or n
                else '{"identifications":[{"category":"sanctions"}]}',
            }
            for n, wallet in enumerate(wallets)
        ]


def start_of_hour_ms(moment: datetime) -> int:
    """Return the start of the hour, in ms since 1970. Sample users are made from it, so that they stay the same."""
    return int(moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0).timestamp() * 1000)
