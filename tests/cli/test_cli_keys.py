"""`dyntui keys`: the table of keys with those of keymap.toml, and what is wrong in that file."""

from __future__ import annotations

from tests.cli.cli_support import Run

from dyntui.config.paths import paths
from dyntui.config.private_files import atomic_write, private_dir


def write_keymap(text: str) -> None:
    private_dir(paths().keymap_file.parent)
    atomic_write(paths().keymap_file, text.encode())


def test_the_keys_have_one_meaning_each_and_show_the_own_keys(run: Run) -> None:
    rows = {row["key"]: row for row in run("keys", "--json").document["items"]}
    assert rows["d"]["meaning"].startswith("Delete")
    assert "export" in rows["x"]["actions"] and {"enter", "space", "1 … 0"} <= set(rows)
    assert "users.export" in run("keys", "export", "--actions").out
    write_keymap('"users.export" = "f7"\ntaking.copy = "f8"\n')
    own = {row["key"]: row for row in run("keys", "--json").document["items"]}
    assert own["f7"]["actions"] == ["export"] and own["f8"]["actions"] == ["copy"]
    (action,) = run("keys", "users.export", "--actions", "--json").document["items"]
    assert (action["keys"], action["changed"]) == (["f7"], True)
    done = run("keys", "--check")
    assert done.code == 0 and "no problems" in done.out


def test_the_check_names_what_is_wrong(run: Run) -> None:
    write_keymap('"no.such" = "f7"\n"users.export" = "d"\n"users.delete" = "y,d"\n')
    done = run("keys", "--check", "--json")
    assert done.code == 1
    assert done.document["problems"] == [
        "keymap.toml: unknown action 'no.such'.",
        "keymap.toml: y confirms changes, so users.delete must not have it.",
        "keymap.toml: d runs users.delete, and users.export too.",
    ]
    done = run("keys", "nothing-like-this")
    assert done.code == 2 and "No key or action contains" in done.err
