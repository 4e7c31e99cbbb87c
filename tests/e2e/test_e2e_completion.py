"""Completion in real shells: the tab key in bash and zsh on a terminal, and the completions that fish prints."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
from tests.conftest import Cli, serving

STARTS = {
    "bash": ["--norc", "--noprofile", "-i"],
    "zsh": ["-f", "-i"],
}
SETUP = {
    "bash": 'bind "set bell-style none"; bind "set completion-query-items 0"; bind "set page-completions off"; '
    'bind "set enable-bracketed-paste off"; PS1="ready> "; eval "$(dyntui completion bash)"; echo set"-"up',
    "zsh": 'unsetopt zle_bracketed_paste beep; zstyle ":completion:*" menu no; autoload -U compinit; compinit -u; '
    'PROMPT="ready> "; eval "$(dyntui completion zsh)"; echo set"-"up',
}
LINES = {
    "allowlists get Be": ["allowlists", "get", "Beta testers"],
    "api getEnvironmentUsers -p lim": ["api", "getEnvironmentUsers", "-p", "limit="],
    "do webhooks create isEna": ["do", "webhooks", "create", "isEnabled="],
    "do webhooks create isEnabled=tr": ["do", "webhooks", "create", "isEnabled=true"],
    "users list --match pre": ["users", "list", "--match", "prefix"],
    "--profile acm": ["--profile", "acme"],
    "webhooks ena": ["webhooks", "enable"],
    "jobs get la": ["jobs", "get", "last"],
    "users create -d @bod": ["users", "create", "-d", "@body.json"],
    "import peo": ["import", "people.csv"],
}
"""What is typed after `dyntui` before the tab key, and the arguments that the command then has."""


@pytest.fixture
def shell_environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A working folder with files, a sandbox, a profile and a job. The command `dyntui` prints its arguments."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "body.json").write_text("{}")
    (tmp_path / "people.csv").write_text("email\nada@x.example\n")
    script = tmp_path / "bin" / "dyntui"
    script.write_text(
        '#!/bin/sh\nif [ -z "$_DYNTUI_COMPLETE" ] && [ "$1" != completion ]; then printf "<%s>" "$@"; echo; exit; fi\n'
        f'exec {shlex.quote(sys.executable)} -m dyntui "$@"\n'
    )
    script.chmod(0o700)
    monkeypatch.chdir(tmp_path)
    with serving(users=3) as sandbox:
        dyntui = Cli(sandbox, tmp_path / "home")
        dyntui("import", "people.csv", "--set", "emailVerifiedAt=now", "--settle", "0", "--yes")
        place = ["--base-url", sandbox.url, "--environment-id", sandbox.environment_id]
        dyntui("env", "add", "acme", *place, "--kind", "sandbox", "--credential", "environment")
        yield {
            **sandbox.environ(tmp_path / "home"),
            "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
            "TERM": "dumb",
            "LANG": "C.UTF-8",
        }


def shell_path(shell: str) -> str:
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"{shell} is not installed")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_the_tab_key_completes_words_and_their_values(shell: str, shell_environ: dict[str, str]) -> None:
    child = pexpect.spawn(
        shell_path(shell), STARTS[shell], env=shell_environ, encoding="utf-8", timeout=20, dimensions=(40, 200)
    )
    child.sendline(SETUP[shell])
    child.expect_exact("set-up\r\n")
    for line, expected in LINES.items():
        child.expect_exact("ready> ")
        child.send(f"dyntui {line}\t\r")
        child.expect_exact("".join(f"<{word}>" for word in expected))
    child.close(force=True)


@pytest.mark.slow
def test_fish_prints_the_completions(shell_environ: dict[str, str]) -> None:
    questions = "; ".join(f"complete -C {shlex.quote(f'dyntui {line}')}; echo --" for line in LINES)
    command = [shell_path("fish"), "--no-config", "-c", f"dyntui completion fish | source; {questions}"]
    done = subprocess.run(command, env=shell_environ, capture_output=True, text=True, check=True)
    for words, (line, expected) in zip(done.stdout.split("--\n"), LINES.items(), strict=False):
        assert expected[-1] in [word.partition("\t")[0] for word in words.splitlines()], (line, words)
