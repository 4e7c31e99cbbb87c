"""The figures of the analytics operations, computed from the users of the sandbox.

Users are counted. Sessions and wallets are counted in a sample of at most 3,000 users and scaled to all users.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from dyntui.sandbox.store import Document, Store
from dyntui.sandbox.user_record import Record, format_time, live_wallets
from dyntui.sandbox.user_repository import UserRepository

__all__ = ["Analytics", "period_start"]
Range = tuple[int, int]
"""The first and the last time, in ms since 1970."""
_SAMPLE_SIZE = 3_000
_SYSTEMS = (("iPhone", "iOS"), ("Android", "Android"), ("Macintosh", "macOS"), ("Windows", "Windows"), ("", "Linux"))


def period_start(at: int, granularity: str) -> str:
    """Return the start of the day, week (Monday) or month of a time in ms since 1970."""
    day = datetime.fromtimestamp(at / 1000, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if granularity == "week":
        day -= timedelta(days=day.weekday())
    elif granularity == "month":
        day = day.replace(day=1)
    return format_time(round(day.timestamp() * 1000))


class Analytics:
    """Computes the figures. Callers hold the lock of the store."""

    def __init__(self, store: Store, users: UserRepository) -> None:
        self._store = store
        self._users = users
        self._sample: tuple[int, list[Record], float] = (-1, [], 1.0)

    def _sampled_users(self) -> list[Record]:
        if self._sample[0] != self._store.version:
            last = self._users.next_position() - 1
            step = max(1, last / _SAMPLE_SIZE)
            positions = sorted({int(number * step) + 1 for number in range(min(last, _SAMPLE_SIZE))})
            sampled = [record for _, record in self._users.iterate(positions) if record.get("deletedAt") is None]
            scale = self._users.count() / len(sampled) if sampled else 1.0
            self._sample = (self._store.version, sampled, scale)
        return self._sample[1]

    def _scaled(self, number: float) -> int:
        return round(number * self._sample[2])

    def _sessions(self, within: Range | None = None) -> Iterator[tuple[Record, Document]]:
        for record in self._sampled_users():
            for session in record.get("sessions", ()):
                if within is None or within[0] <= session["createdAt"] <= within[1]:
                    yield record, session

    def _wallets(self, within: Range | None = None, chain: str = "") -> Iterator[Document]:
        for record in self._sampled_users():
            for wallet in live_wallets(record):
                if (within is None or within[0] <= wallet["createdAt"] <= within[1]) and chain in ("", wallet["chain"]):
                    yield wallet

    def topline(self, within: Range) -> Document:
        """Return the number of sessions, users and wallets, of all time and in the range."""
        users = self._store.db.execute(
            "SELECT count(*) FROM people WHERE deleted = 0 AND created BETWEEN ? AND ?", within
        ).fetchone()[0]
        sessions, wallets = self._count(self._sessions()), self._count(self._wallets())
        return {
            "sessions": {"allTime": sessions, "inRange": self._count(self._sessions(within))},
            "users": {"allTime": self._users.count(), "inRange": users},
            "wallets": {"allTime": wallets, "inRange": self._count(self._wallets(within))},
        }

    def _count(self, items: Iterable[object]) -> int:
        number = sum(1 for _ in items)
        return self._scaled(number)

    def overview(self, within: Range, granularity: str) -> Document:
        """Return active users and sessions by period."""
        active: defaultdict[str, set[str]] = defaultdict(set)
        methods: Counter[tuple[str, str]] = Counter()
        systems: Counter[tuple[str, str]] = Counter()
        for record, session in self._sessions(within):
            date = period_start(session["createdAt"], granularity)
            active[date].add(record["id"])
            methods[date, _login_method(record)] += 1
            systems[date, _operating_system(session.get("userAgent") or "")] += 1
        return {
            "activeUsers": [{"date": date, "nUsers": self._scaled(len(active[date]))} for date in sorted(active)],
            "sessions": {"byLoginMethod": self._trend(methods), "byOperatingSystem": self._trend(systems)},
        }

    def _trend(self, counts: Counter[tuple[str, str]]) -> list[Document]:
        return [
            {"date": date, "dimValue": value, "nSessionsVisits": self._scaled(counts[date, value])}
            for date, value in sorted(counts)
        ]

    def engagement(self, within: Range) -> Document:
        """Return active days a week, weekly retention, and sessions by hour and weekday."""
        days: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        heat: Counter[tuple[int, int]] = Counter()
        for record, session in self._sessions(within):
            at = datetime.fromtimestamp(session["createdAt"] / 1000, UTC)
            days[record["id"], period_start(session["createdAt"], "week")].add(
                period_start(session["createdAt"], "day")
            )
            heat[at.hour, at.weekday()] += 1
        weeks = Counter(len(each) for each in days.values())
        total = sum(weeks.values())
        return {
            "activeWeeklyDays": [
                {"nDays": n, "nUserWeeks": self._scaled(weeks[n]), "pctUserWeeks": _percent(weeks[n], total)}
                for n in range(1, 8)
            ],
            "retention": {
                "allUsers": self._retention(within, new=False),
                "newUsers": self._retention(within, new=True),
            },
            "sessionsHeatmap": [
                {"hourBucket": hour, "weekday": weekday, "nSessionsVisits": self._scaled(number)}
                for (hour, weekday), number in sorted(heat.items())
            ],
        }

    def _retention(self, within: Range, *, new: bool) -> list[Document]:
        """Return the share of each weekly cohort that was active in each later week. `new`: cohorts by sign-up."""
        seen: defaultdict[str, set[str]] = defaultdict(set)
        cohorts: defaultdict[str, set[str]] = defaultdict(set)
        for record, session in self._sessions(within):
            week = period_start(session["createdAt"], "week")
            seen[week].add(record["id"])
            if not new:
                cohorts[week].add(record["id"])
        if new:
            for record in self._sampled_users():
                if within[0] <= record["createdAt"] <= within[1]:
                    cohorts[period_start(record["createdAt"], "week")].add(record["id"])
        return [
            {
                "cohortWeek": cohort,
                "returningWeek": week,
                "retentionPct": _percent(len(cohorts[cohort] & seen[week]), len(cohorts[cohort])),
            }
            for cohort in sorted(cohorts)
            for week in sorted(seen)
            if week >= cohort
        ]

    def wallets(self, within: Range, chain: str) -> Document:
        """Return the number of wallets by name, of all time and in the range. An empty `chain` means all chains."""
        return {
            "breakdown": {
                "allTime": self._by_name(self._wallets(None, chain)),
                "inRange": self._by_name(self._wallets(within, chain)),
            }
        }

    def _by_name(self, wallets: Iterable[Document]) -> list[Document]:
        counts = Counter(wallet["name"] for wallet in wallets)
        return [{"walletNameDisplay": name, "nWallets": self._scaled(n)} for name, n in counts.most_common()]

    def visits(self, within: Range, visitors: Iterable[Document]) -> Document:
        """Return the sessions of users and the visits of visitors, by day."""
        users: defaultdict[str, list[str]] = defaultdict(list)
        for record, session in self._sessions(within):
            users[period_start(session["createdAt"], "day")].append(record["id"])
        visits: defaultdict[str, list[str]] = defaultdict(list)
        for visitor in visitors:
            if within[0] <= visitor["at"] <= within[1]:
                visits[period_start(visitor["at"], "day")].append(visitor["id"])
        parts = {"users": self._by_date(users, self._sample[2]), "visits": self._by_date(visits, 1.0)}
        return {
            "summedSessionsCount": sum(day["count"] for part in parts.values() for day in part["sessions"]),
            "summedTotalUniqueCount": sum(part["totalUnique"] for part in parts.values()),
            **parts,
        }

    def _by_date(self, days: dict[str, list[str]], scale: float) -> Document:
        all_ids = {id for ids in days.values() for id in ids}
        return {
            "totalUnique": round(len(all_ids) * scale),
            "sessions": [
                {"date": date, "count": round(len(ids) * scale), "uniqueUsers": round(len(set(ids)) * scale)}
                for date, ids in sorted(days.items())
            ],
        }


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0


def _login_method(record: Record) -> str:
    if record["oauth"]:
        return str(record["oauth"][0]["provider"])
    if record.get("emailVerifiedAt"):
        return "email"
    return "wallet" if record["wallets"] else "email"


def _operating_system(agent: str) -> str:
    return next(name for word, name in _SYSTEMS if word in agent)
