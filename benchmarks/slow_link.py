"""Simulates a slow SSH connection between a program and its terminal: `python -m benchmarks.slow_link -- COMMAND ...`.

As with sshd, the output of the program is read immediately and queued. It arrives with limited bytes a second and a
delay of half a round trip; input has the same delay.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import select
import signal
import sys
import termios
import time
import tty
from collections import deque

CHUNK_S = 0.01
"""Bytes of this many seconds arrive together."""


class DelayedStream:
    """One direction of the connection. `bps` is the limit of bytes a second; 0 for none."""

    def __init__(self, delay_s: float, bps: float = 0.0) -> None:
        self.delay_s = delay_s
        self.bps = bps
        self._free_at = 0.0
        self._queued: deque[tuple[float, bytes]] = deque()

    def put(self, data: bytes) -> None:
        """Queue bytes."""
        size = max(1, int(self.bps * CHUNK_S)) if self.bps else len(data)
        for start in range(0, len(data), size):
            chunk = data[start : start + size]
            self._free_at = max(self._free_at, time.monotonic()) + (len(chunk) / self.bps if self.bps else 0.0)
            self._queued.append((self._free_at + self.delay_s, chunk))

    def take(self) -> bytes:
        """Return and remove the bytes that have arrived."""
        arrived = []
        while self._queued and self._queued[0][0] <= time.monotonic():
            arrived.append(self._queued.popleft()[1])
        return b"".join(arrived)

    @property
    def next_at(self) -> float | None:
        """When the next bytes arrive, on the monotonic clock; None when nothing is queued."""
        return self._queued[0][0] if self._queued else None


def forward(program: int, down: DelayedStream, up: DelayedStream) -> None:
    """Forward bytes in both directions until the program ends."""
    sources = [0, program]
    while program in sources or down.next_at:
        due = [at for at in (down.next_at, up.next_at) if at is not None]
        wait = max(0.0, min(due) - time.monotonic()) if due else None
        for source in select.select(sources, [], [], wait)[0]:
            try:
                data = os.read(source, 65536)
            except OSError:
                data = b""
            if not data:
                sources.remove(source)
            (down if source == program else up).put(data)
        os.write(1, down.take())
        if program in sources:
            os.write(program, up.take())


def copy_size(program: int) -> None:
    """Set the size of the pty to that of the terminal."""
    fcntl.ioctl(program, termios.TIOCSWINSZ, fcntl.ioctl(0, termios.TIOCGWINSZ, b"\0" * 8))


def main() -> int:
    """Run the command behind the simulated connection. Returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bps", type=float, default=8192.0, help="bytes a second to the terminal")
    parser.add_argument("--rtt", type=float, default=150.0, help="round trip in milliseconds")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    child, program = pty.fork()
    if not child:
        os.execvp(options.command[0], options.command)
    copy_size(program)
    signal.signal(signal.SIGWINCH, lambda *_: copy_size(program))
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda number, _: os.kill(child, number))
    before = termios.tcgetattr(0)
    tty.setraw(0)
    try:
        forward(program, DelayedStream(options.rtt / 2000, options.bps), DelayedStream(options.rtt / 2000))
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    sys.exit(main())
