"""A slow line between a program and its terminal, as ssh is one: `python -m benchmarks.slow_link -- COMMAND ...`.

The program writes into a pty that is read at once, as sshd does, whatever queues behind it; what it wrote arrives at so
many bytes a second and half a round trip later, and what is typed or answered half a round trip later too.
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

PIECE = 0.01
"""Seconds' worth of bytes that arrive together."""


class Way:
    """One direction: bytes put in come out later, in order. bps: 0 for any number a second."""

    def __init__(self, delay: float, bps: float = 0.0) -> None:
        self.delay = delay
        self.bps = bps
        self._free_at = 0.0
        self._under_way: deque[tuple[float, bytes]] = deque()

    def put(self, data: bytes) -> None:
        size = max(1, int(self.bps * PIECE)) if self.bps else len(data)
        for start in range(0, len(data), size):
            piece = data[start : start + size]
            self._free_at = max(self._free_at, time.monotonic()) + (len(piece) / self.bps if self.bps else 0.0)
            self._under_way.append((self._free_at + self.delay, piece))

    def take(self) -> bytes:
        """What has arrived by now."""
        arrived = []
        while self._under_way and self._under_way[0][0] <= time.monotonic():
            arrived.append(self._under_way.popleft()[1])
        return b"".join(arrived)

    @property
    def next_at(self) -> float | None:
        return self._under_way[0][0] if self._under_way else None


def carry(program: int, down: Way, up: Way) -> None:
    """Carry bytes both ways until the program has gone."""
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


def same_size(program: int) -> None:
    fcntl.ioctl(program, termios.TIOCSWINSZ, fcntl.ioctl(0, termios.TIOCGWINSZ, b"\0" * 8))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--bps", type=float, default=8192.0, help="bytes a second towards the terminal")
    options.add_argument("--rtt", type=float, default=150.0, help="round trip in milliseconds")
    options.add_argument("command", nargs="+")
    given = options.parse_args()
    child, program = pty.fork()
    if not child:
        os.execvp(given.command[0], given.command)
    same_size(program)
    signal.signal(signal.SIGWINCH, lambda *_: same_size(program))
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda number, _: os.kill(child, number))
    before = termios.tcgetattr(0)
    tty.setraw(0)
    try:
        carry(program, Way(given.rtt / 2000, given.bps), Way(given.rtt / 2000))
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    sys.exit(main())
