"""httpx without its own command line.

`import httpx` tries `httpx._main`, which loads rich and pygments when they are installed; a client has no use for them.
"""

from __future__ import annotations

import sys

if "httpx" not in sys.modules:
    sys.modules["httpx._main"] = None  # type: ignore[assignment]  # what makes an import fail, as httpx expects it to
    import httpx

    del sys.modules["httpx._main"]
else:
    import httpx

__all__ = ["httpx"]
