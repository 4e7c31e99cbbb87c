"""The parts of a sandbox that its operations work with: storage, users, events, webhooks, time, flags."""

from __future__ import annotations

from dyntui.sandbox.access_lists import AccessLists
from dyntui.sandbox.analytics import Analytics
from dyntui.sandbox.behavior_flags import BehaviorFlags
from dyntui.sandbox.clock import Clock
from dyntui.sandbox.events import EventLog
from dyntui.sandbox.exports import Exports
from dyntui.sandbox.faults import Faults
from dyntui.sandbox.ids import Ids
from dyntui.sandbox.options import SandboxOptions
from dyntui.sandbox.rate_limit import SandboxRateLimiter
from dyntui.sandbox.sample_users import SampleUsers, start_of_hour_ms
from dyntui.sandbox.serializers import Serializer
from dyntui.sandbox.store import Store
from dyntui.sandbox.user_repository import UserRepository
from dyntui.sandbox.visitors import Visitors
from dyntui.sandbox.webhooks import Webhooks

__all__ = ["SandboxState"]


class SandboxState:
    """The state behind one base URL. Operations reach it as `call.sandbox`."""

    def __init__(self, options: SandboxOptions) -> None:
        self.options = options
        self.flags = BehaviorFlags(options.flags)
        self.clock = Clock(options.now)
        self.store = Store(options.data)
        self.is_new = self.store.meta("seed") is None
        self.seed = options.seed if self.is_new else int(self.store.meta("seed") or 0)
        self.user_count = options.users if self.is_new else int(self.store.meta("users") or 0)
        self.newest_ms = start_of_hour_ms(self.clock.datetime()) if self.is_new else int(self.store.meta("newest") or 0)
        self.ids = Ids(self.seed)
        self.environment_id = self.ids.uuid("environment")
        self.token = self.ids.token("main")
        self.faults = Faults(options.faults, options.seed)
        self.limiter = SandboxRateLimiter(options.rate_limit, self.flags)
        self.users = UserRepository(self.store, SampleUsers(self.ids, self.user_count, self.newest_ms), self.clock)
        self.visitors = Visitors(self.store, self.ids, self.user_count, self.newest_ms)
        self.access_lists = AccessLists(self.store, self.environment_id)
        self.analytics = Analytics(self.store, self.users)
        self.exports = Exports(self.store, self.users, self.clock, self.ids.digest("export secret", 32))
        self.webhooks = Webhooks(self.store, self.ids, self.environment_id, self.clock, self.flags)
        self.events = EventLog(self.store, self.ids, self.environment_id, self.flags, self.webhooks)
        self.serializer = Serializer(self.ids, self.environment_id, self.access_lists.match_user)

    @property
    def strictness(self) -> dict[str, bool]:
        """The keyword arguments of `schema_validation.body_violations`, from the behavior flags."""
        return {
            "strict": self.flags["unknown-fields"] == "reject",
            "patterns": self.flags["field-patterns"] == "documented",
        }
