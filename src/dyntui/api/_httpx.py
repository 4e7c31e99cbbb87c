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

__all__ = ["httpx", "redirect_location", "set_location_aside"]

_LOCATION = "dyntui_location"


async def set_location_aside(response: httpx.Response) -> None:
    """Response hook: hide the Location header from httpx, which parses it even when redirects are not followed.

    A Location that is no URL would be an error of its own: a lost connection, or InvalidURL.
    """
    response.extensions[_LOCATION] = response.headers.pop("location", "")


def redirect_location(response: httpx.Response) -> str:
    """Return the Location header that `set_location_aside` removed; "" when there was none."""
    return str(response.extensions.get(_LOCATION, ""))
