"""The topics of `dyntui help`: texts about what concerns many commands."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["TOPICS"]

TOPICS: Mapping[str, tuple[str, str]] = {
    "auth": (
        "Tokens: where they come from, and where they are kept",
        """
        A request needs an API token of the environment (dashboard: Developer, API Tokens). It is taken from
          1. DYNTUI_TOKEN, for scripts and containers
          2. the store of the profile: keyring, passphrase, file, command, environment or session

        dyntui env add acme           adds a profile and asks for the token, or reads it with --token-stdin
        dyntui auth status            shows which token is used, where it is kept and its scopes
        dyntui auth login             stores a new token for the profile
        dyntui auth logout            deletes the token and all cached rows

        A token is sent only to the origin of its profile; another host needs --confirm-origin HOST. Scopes limit what
        a token may do: `dyntui api OPERATION --help` shows the scope of an operation. Exit code 3 means that there is
        no token, or that the server does not accept it.
        """,
    ),
    "environments": (
        "Profiles, and which environment a command uses",
        """
        A profile is an environment with a name of this machine. A command uses the first of
          1. --profile NAME, or the environment variable DYNTUI_PROFILE
          2. --environment-id ID and --base-url URL, or DYNTUI_ENVIRONMENT_ID and DYNTUI_BASE_URL
          3. the profile of `dyntui env use NAME`

        The kind of an environment is live or sandbox. If the server reports live, it is live, whatever the profile
        says. In a live environment, destructive actions need --confirm-environment NAME, where others need --yes.
        --read-only, or read_only = true in the profile, refuses every write. --dry-run shows what would be sent.

        `dyntui demo` opens the console on a sandbox in this process, and `dyntui sandbox` serves one on this machine.
        """,
    ),
    "exit-codes": (
        "What the exit code of a command says",
        """
        0    done, also if there was nothing to do, or the reader of a pipe has enough
        1    not found, ambiguous, refused by the server, or some rows or targets failed
        2    refused before anything was sent: wrong usage, not confirmed, read-only
        3    not authorized: no token, or the server does not accept it
        4    the server cannot be reached, or sends no usable response
        5    a job was stopped and can be resumed: `dyntui jobs resume`
        6    the server failed, or its rate limit is used up: try again later
        7    the server accepted the write and had not done it: it does it later, perhaps after an approval
        130  stopped by ctrl+c (143 by SIGTERM, 129 by a closed terminal)
        """,
    ),
    "output": (
        "Results, messages and formats",
        """
        Results go to standard output, messages and progress to standard error.

        -o FORMAT         table, json, ndjson, csv, csv-exact, tsv or yaml; --json and --ndjson are short forms
        --fields A,B.C    only these fields, in this order, in any format
        -q EXPRESSION     the results of a jq expression; nothing has to be installed
        --template TEXT   TEXT for each row, with {field} replaced
        --no-color        no color; the variable NO_COLOR does the same
        --no-pager        no pager for results that are longer than the terminal
        --plain           only lines of text, for screen readers

        On a terminal a list is a table. In a pipe it is TSV: whole values, times in ISO 8601, no header. A list is the
        JSON document {"items": [...], "total": 2000, "next": 100}, and `get` prints the object itself.

        Ids can be piped: `dyntui users list --ndjson | dyntui users delete -`. If a list fails after its first row,
        the error says how many rows were written. --watch repeats a list, and --debug prints the requests.

        `dyntui alias set NAME COMMAND` gives a command with its options a name of your own.
        """,
    ),
}
"""By name: one line about the topic, and its text."""
