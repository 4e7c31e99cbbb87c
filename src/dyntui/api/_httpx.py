"""Import httpx without its own command line. The other modules of `dyntui.api` import `httpx` from here.

`import httpx` tries `httpx._main`, which loads rich and pygments when they are installed; a client does not use them.
"""

from __future__ import annotations

import sys

from dyntui.core.process_state import block_import

if "httpx" not in sys.modules:
    with block_import("httpx._main"):
        import httpx
else:
    import httpx

__all__ = ["httpx"]
