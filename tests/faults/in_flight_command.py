"""The command line without caution: an import keeps 16 requests in flight, however many of them fail.

The fault tests run it in place of `python -m dyntui`, because an import on a server that fails so often otherwise sends
one request at a time most of the time.
"""

from __future__ import annotations

from dyntui.api.in_flight import InFlightLimit
from dyntui.cli.root import main
from dyntui.services.bulk import BulkRun
from dyntui.services.imports.settlement import Settlement

if __name__ == "__main__":
    InFlightLimit.record_failure = lambda self, started: None  # type: ignore[method-assign]
    BulkRun.needed = property(lambda self: self._limit.maximum)  # type: ignore[assignment,method-assign]
    Settlement.sends_one_at_a_time = property(lambda self: False)  # type: ignore[assignment,method-assign]
    main()
