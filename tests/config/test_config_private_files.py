"""Private files hold against other users, links, wrong types and crashes."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from dyntui.config.list_preferences import ListPreferences
from dyntui.config.paths import paths
from dyntui.config.private_files import (
    UnsafeFile,
    append_private,
    atomic_write,
    create_new,
    new_whole_file,
    private_dir,
    read_private,
    remove_private,
)
from dyntui.config.profiles import Profiles
from dyntui.config.settings import Settings
from dyntui.core.errors import UsageError

posix = pytest.mark.skipif(os.name != "posix", reason="owners and modes are POSIX")
as_root = pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give a file away")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
def test_folders_are_created_private_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        private_dir(tmp_path / "a" / "b")
    finally:
        os.umask(before)
    assert mode(tmp_path / "a") == mode(tmp_path / "a" / "b") == 0o700


@posix
def test_a_folder_that_others_can_read_is_made_private(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o755)
    assert private_dir(folder) == folder
    assert mode(folder) == 0o700


@posix
@pytest.mark.parametrize("bits", [0o777, 0o770, 0o702])
def test_a_folder_that_others_can_write_is_refused(tmp_path: Path, bits: int) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(bits)
    with pytest.raises(UnsafeFile, match="Others can write"):
        private_dir(folder)
    assert mode(folder) == bits


def test_a_link_to_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(UnsafeFile, match="is a symbolic link"):
        private_dir(tmp_path / "link")


def test_a_dangling_link_is_not_replaced_by_a_folder(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnsafeFile, match="is a symbolic link"):
        private_dir(tmp_path / "link")
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(UnsafeFile, match="not a folder"):
        private_dir(tmp_path / "state")
    with pytest.raises(UnsafeFile, match="Cannot create the folder"):
        private_dir(tmp_path / "state" / "jobs")


@as_root
def test_files_and_folders_of_another_owner_are_refused(tmp_path: Path) -> None:
    folder, file = tmp_path / "d", tmp_path / "f"
    folder.mkdir(mode=0o700)
    file.write_bytes(b"x")
    file.chmod(0o600)
    os.chown(folder, 12345, 12345)
    os.chown(file, 12345, 12345)
    for act in (
        lambda: private_dir(folder),
        lambda: read_private(file),
        lambda: read_private(file, secret=False),
        lambda: atomic_write(file, b"y"),
        lambda: append_private(file, b"y"),
    ):
        with pytest.raises(UnsafeFile, match="belongs to another user"):
            act()
    assert file.read_bytes() == b"x"


@posix
@pytest.mark.parametrize("bits", [0o640, 0o604, 0o620, 0o666])
def test_a_secret_that_others_can_read_or_change_is_refused(tmp_path: Path, bits: int) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"x")
    file.chmod(bits)
    with pytest.raises(UnsafeFile, match="chmod 600"):
        read_private(file)


@posix
def test_settings_may_be_readable_but_not_writable_by_others(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"x")
    file.chmod(0o644)
    assert read_private(file, secret=False) == b"x"
    file.chmod(0o664)
    with pytest.raises(UnsafeFile, match="Others can change"):
        read_private(file, secret=False)


def test_links_to_files_are_neither_read_nor_written(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    atomic_write(real, b"x")
    link.symlink_to(real)
    for act in (
        lambda: read_private(link),
        lambda: atomic_write(link, b"y"),
        lambda: append_private(link, b"y"),
    ):
        with pytest.raises(UnsafeFile, match="is a symbolic link"):
            act()
    with pytest.raises(UsageError, match="already exists"):
        create_new(link)
    assert real.read_bytes() == b"x"
    assert link.is_symlink()


@posix
def test_a_fifo_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo, 0o600)
    with pytest.raises(UnsafeFile, match="not a regular file"):
        read_private(fifo)
    with pytest.raises(UnsafeFile, match="not a regular file"):
        append_private(fifo, b"x")
    with pytest.raises(UnsafeFile, match="not a regular file"):
        atomic_write(fifo, b"x")


def test_reading_stops_at_the_limit(tmp_path: Path) -> None:
    atomic_write(tmp_path / "f", b"12345")
    assert read_private(tmp_path / "f", 5) == b"12345"
    with pytest.raises(UnsafeFile, match="longer than 4 bytes"):
        read_private(tmp_path / "f", 4)


def test_a_missing_file_is_reported_as_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_private(tmp_path / "f")


@posix
def test_a_write_is_private_and_leaves_no_temporary_file(tmp_path: Path) -> None:
    file = tmp_path / "new" / "f"
    before = os.umask(0)
    try:
        atomic_write(file, b"one")
        file.chmod(0o644)
        atomic_write(file, b"two")
    finally:
        os.umask(before)
    assert file.read_bytes() == b"two"
    assert mode(file) == 0o600
    assert mode(file.parent) == 0o700
    assert list(file.parent.iterdir()) == [file]


def test_a_failed_write_leaves_the_old_file_and_no_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "f"
    atomic_write(file, b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        atomic_write(file, b"new")
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_line_is_appended_whole_after_an_incomplete_line_is_ended(tmp_path: Path) -> None:
    file = tmp_path / "log"
    append_private(file, b"one")
    append_private(file, b"two\n")
    with file.open("ab") as handle:
        handle.write(b'{"torn": ')
    append_private(file, b"three")
    assert file.read_bytes() == b'one\ntwo\n{"torn": \nthree\n'
    with pytest.raises(ValueError, match="one line"):
        append_private(file, b"a\nb")


@posix
def test_an_appended_file_is_private(tmp_path: Path) -> None:
    file = tmp_path / "log"
    append_private(file, b"one")
    assert mode(file) == 0o600
    file.chmod(0o644)
    with pytest.raises(UnsafeFile, match="Others can read"):
        append_private(file, b"two")
    assert file.read_bytes() == b"one\n"


def test_a_new_file_does_not_replace_an_existing_one(tmp_path: Path) -> None:
    file = tmp_path / "report.csv"
    with create_new(file) as handle:
        handle.write(b"mine")
    if os.name == "posix":
        assert mode(file) == 0o600
    with pytest.raises(UsageError, match="already exists") as caught:
        create_new(file)
    assert "another name" in caught.value.hint
    with pytest.raises(UsageError, match="no folder"):
        create_new(tmp_path / "missing" / "report.csv")
    assert file.read_bytes() == b"mine"


def test_removing_a_link_keeps_its_target(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"x")
    link.symlink_to(real)
    assert remove_private(link)
    assert not remove_private(link)
    assert real.exists()


def test_every_file_is_below_dyntui_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNTUI_HOME", str(tmp_path))
    found = paths()
    names = [name for name in dir(found) if not name.startswith("_")]
    assert len(names) > 10
    for name in names:
        assert getattr(found, name).is_relative_to(tmp_path), name


def test_without_dyntui_home_the_platform_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DYNTUI_HOME", raising=False)
    found = paths()
    assert len({found.config, found.state, found.cache}) >= 2
    assert all("dyntui" in folder.parts for folder in (found.config, found.state, found.cache))


def test_a_relative_home_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DYNTUI_HOME", "here")
    assert paths().config == tmp_path / "here" / "config"


@pytest.mark.parametrize("bits", [0o777, 0o770, 0o702])
@pytest.mark.parametrize("name", ["profiles.toml", "settings.toml", "keymap.toml", "lists.json"])
def test_a_config_folder_that_others_can_write_to_is_not_read_from(home: Path, bits: int, name: str) -> None:
    read: dict[str, Callable[[], object]] = {
        "profiles.toml": Profiles.load,
        "settings.toml": Settings.load,
        "keymap.toml": Settings.load,
        "lists.json": ListPreferences.load,
    }
    folder = private_dir(home / "config")
    atomic_write(folder / name, b"{}" if name.endswith("json") else b"")
    read[name]()
    folder.chmod(bits)
    with pytest.raises(UnsafeFile, match="Others can write to the folder"):
        read[name]()
    folder.chmod(0o755)
    read[name]()


def test_a_config_folder_that_is_a_link_is_not_read_from(home: Path, tmp_path: Path) -> None:
    private_dir(tmp_path / "real")
    atomic_write(tmp_path / "real" / "profiles.toml", b"")
    private_dir(home)
    (home / "config").symlink_to(tmp_path / "real")
    with pytest.raises(UnsafeFile, match="is a symbolic link"):
        Profiles.load()


def _replace_target(path: Path, kind: str, victim: Path) -> None:
    match kind:
        case "file":
            path.write_bytes(b"theirs")
        case "link":
            path.symlink_to(victim)
        case "dangling link":
            path.symlink_to(victim.with_name("missing"))
        case "FIFO":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "device":
            path.symlink_to("/dev/null")


@pytest.mark.skipif(os.name != "posix", reason="links and pipes")
@pytest.mark.parametrize("kind", ["file", "link", "dangling link", "FIFO", "folder", "device"])
def test_a_target_that_appears_while_a_new_file_is_written_is_not_touched(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    path, victim = folder / "export.csv", tmp_path / "victim"
    victim.write_bytes(b"theirs")
    with pytest.raises(UsageError, match="already exists and is not overwritten"), new_whole_file(path) as file:
        file.write(b"ours")
        _replace_target(path, kind, victim)
        before = path.lstat()
    after = path.lstat()
    assert (after.st_ino, after.st_mode, after.st_mtime_ns) == (before.st_ino, before.st_mode, before.st_mtime_ns)
    assert victim.read_bytes() == b"theirs"
    assert list(folder.iterdir()) == [path], "the temporary file is removed"
    assert not victim.with_name("missing").exists()


@pytest.mark.skipif(os.name != "posix", reason="links")
@pytest.mark.parametrize("kind", ["link", "missing"])
def test_a_folder_that_is_replaced_while_a_new_file_is_written_gets_no_file(tmp_path: Path, kind: str) -> None:
    folder, other = tmp_path / "out", tmp_path / "other"
    folder.mkdir()
    other.mkdir()
    with pytest.raises(FileNotFoundError), new_whole_file(folder / "export.csv") as file:
        file.write(b"ours")
        folder.rename(tmp_path / "moved")
        if kind == "link":
            folder.symlink_to(other)
    assert list(other.iterdir()) == []
    assert [entry.name for entry in (tmp_path / "moved").iterdir() if not entry.name.startswith(".dyntui-")] == []
