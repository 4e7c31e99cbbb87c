"""Every file that version 0.1.0 stores is read by this version, and one of a newer version is refused and unchanged.

`data/formats/0.1.0` has a file of each kind as 0.1.0 wrote it, SQLite as text. Never change these files: a new format
gets a folder of its own. Tables of journals and caches of earlier versions are tested in `store/`.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.config.conftest import VARIABLES

from dyntui.config.credential_files import FileCredentialStore, PassphraseCredentialStore
from dyntui.config.keymap_file import load_keymap, save_key
from dyntui.config.list_preferences import ListPreferences, SavedView
from dyntui.config.paths import paths
from dyntui.config.profile import CredentialKind
from dyntui.config.profiles import Profiles, remember_use
from dyntui.config.recent_users import recent_users, remember_user
from dyntui.config.request_history import StoredRequest, add_request, stored_requests
from dyntui.config.settings import Settings
from dyntui.core.errors import DyntuiError
from dyntui.core.times import TimeFormat
from dyntui.sandbox.store import Store
from dyntui.services.actions.audit import Audit
from dyntui.services.api_console import ConsoleRequest, save_request, saved_requests
from dyntui.services.configuration.folder import read_folder
from dyntui.services.configuration.history import find_snapshot, list_snapshots, read_snapshot
from dyntui.services.configuration.plan_file import read_plan
from dyntui.services.imports.jobs import JobLocation, find_job, list_jobs
from dyntui.services.imports.mappings import load_mapping, save_mapping
from dyntui.services.imports.plan import check_plan
from dyntui.services.imports.plan import read_plan as read_import_plan
from dyntui.services.imports.wizard_draft import list_drafts, load_draft
from dyntui.services.imports.wizard_files import recent_files, remember_file
from dyntui.store.journal import Journal

RELEASED = Path(__file__).parent / "data" / "formats" / "0.1.0"
ENVIRONMENT = "7a544a98-50fb-4218-9618-d11429e5fe9e"
DRAFT, JOB, PLANNED, SNAPSHOT = "20261129-160000-abcd", "20261129-155439", "20261129-155442", "20261129-155451-pull"


def private(path: Path) -> Path:
    """Give files and folders the modes that dyntui gives them; git keeps no modes."""
    for each in (path, *path.rglob("*")):
        each.chmod(0o700 if each.is_dir() else 0o600)
    return path


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder as dyntui 0.1.0 left it."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    folder = tmp_path / "home"
    monkeypatch.setenv("DYNTUI_HOME", str(folder))
    shutil.copytree(RELEASED / "home", folder)
    private(folder)
    for text in folder.glob("state/jobs/*.sql"):
        restore(text.read_text(), text.with_suffix(".sqlite"))
        text.unlink()
    return folder


def restore(sql: str, path: Path) -> Path:
    path.touch(mode=0o600)
    db = sqlite3.connect(path)
    db.executescript(sql)
    db.close()
    return path


def test_profiles_tokens_and_recent_objects_of_the_release_are_read() -> None:
    profiles = Profiles.load()
    acme = profiles.get("acme")
    assert (profiles.current, profiles.names(), profiles.damaged) == ("acme", ["acme", "other"], {})
    assert (acme.environment_id, acme.kind, acme.color, acme.credential) == (
        ENVIRONMENT,
        "sandbox",
        "green",
        CredentialKind.FILE,
    )
    assert FileCredentialStore().get(acme) == "dyn_example_of_a_stored_token"
    assert recent_users(acme) == {"u-1": "one@example.com", "u-2": "two@example.com"}
    assert [(each.operation, each.values, each.ms) for each in stored_requests(acme)] == [
        ("getUser", {"userId": "u-1"}, 12.5)
    ]
    assert [(each.name, each.operation) for each in saved_requests()] == [("New origin", "createOrigin")]
    assert json.loads(paths().recent_file.read_bytes()) == {"files": ["/srv/people.csv"]}


@pytest.mark.slow
def test_a_token_that_the_release_encrypted_is_opened() -> None:
    store = PassphraseCredentialStore(lambda _: "correct horse")
    assert store.get(Profiles.load().get("other")) == "dyn_example_of_a_sealed_token"


def test_settings_keys_and_lists_of_the_release_are_read() -> None:
    settings = Settings.load()
    assert (settings.theme, settings.rate_per_minute, settings.page_size) == ("paper", 900, 100)
    assert dict(settings.alias) == {"de": "users list --where country=DE"}
    assert settings.keymap == load_keymap() == {"users.delete": "ctrl+d"}
    lists = ListPreferences.load()
    assert lists.columns == {"users": (("email", 30), ("createdAt", 12))}
    assert lists.view("users", "germans") == SavedView("country=DE", "-createdAt", (("email", 40),))
    assert (lists.time_format, lists.refresh) == (TimeFormat.UTC, {"events": 15})


def test_mappings_drafts_jobs_and_plans_of_the_release_are_read() -> None:
    mapping = load_mapping("people")
    fields = {"email": "email", "firstName": "firstName", "plan": "metadata.plan"}
    assert {each.column: each.field for each in mapping.columns} == fields
    assert mapping.constants == {"emailVerifiedAt": "unverified"}
    (draft,) = list_drafts(ENVIRONMENT, "http://127.0.0.1:8765/api/v0")
    assert (draft.id, draft.path, draft.step, draft.upsert, draft.mapping and draft.mapping.constants) == (
        DRAFT,
        "/srv/people.csv",
        "map",
        True,
        mapping.constants,
    )
    jobs = {job.id[:15]: job for job in list_jobs()}
    assert [job.problem for job in jobs.values()] == ["", ""]
    assert (jobs[JOB].counts, jobs[JOB].source) == ({"created": 2, "invalid": 1}, "people.csv")
    assert jobs[JOB].location == JobLocation("acme", "http://127.0.0.1:8765/api/v0", ENVIRONMENT, "sandbox")
    with Journal.open(find_job(PLANNED)) as journal:
        check_plan(journal, read_import_plan(next(paths().jobs_dir.glob("*.plan.json"))))


def test_the_audit_log_of_the_release_is_read() -> None:
    damaged: list[int] = []
    lines = [*Audit(paths().audit_file).lines(damaged.append)]
    assert [(line.action, line.outcome) for line in lines] == [
        ("users.import", "started"),
        ("users.import", "done"),
        ("origins.create", "started"),
        ("origins.create", "done"),
    ]
    assert (damaged, lines[-1].job, lines[-1].change_text.count("https://app.example")) == ([], "a09f819a", 1)


def test_configuration_snapshots_and_plans_of_the_release_are_read(tmp_path: Path) -> None:
    snapshot = find_snapshot("last")
    assert (snapshot.id, snapshot.objects, snapshot.is_complete) == (SNAPSHOT, 39, True)
    assert len(read_snapshot(snapshot).objects) == 39
    config = read_folder(private(Path(shutil.copytree(RELEASED / "folder", tmp_path / "folder"))), "acme")
    assert {("origins", "https://app.example"), ("origins", "https://new.example")} <= {
        key[:2] for key in config.objects
    }
    saved = read_plan(private(Path(shutil.copy(RELEASED / "acme.plan", tmp_path))))
    assert saved.fingerprint == "7b5d03c6693b"
    assert (saved.source, len(saved.plan.changes)) == ("config", 1)


def test_a_sandbox_of_the_release_is_opened(tmp_path: Path) -> None:
    sql = gzip.decompress((RELEASED / "sandbox.sql.gz").read_bytes()).decode()
    store = Store(restore(sql, tmp_path / "sandbox.db"))
    assert store.db.execute("SELECT count(*) FROM people").fetchone() == (5,)
    store.close()


def add_version(path: Path) -> None:
    """Make the file one of version 99."""
    text = path.read_text()
    if path.suffix == ".toml":
        path.write_text(f"version = 99\n{text}")
    elif path.suffix == ".yaml":
        path.write_text(f"{text}version: 99\n")
    elif isinstance(document := json.loads(text), dict):
        path.write_text(json.dumps({**document, "version": 99}))
    else:
        path.write_text(json.dumps({"version": 99, "rows": document}))


def acme_token() -> str | None:
    return FileCredentialStore().get(Profiles.load().get("acme"))


def do_save_profile() -> None:
    profiles = Profiles.load()
    profiles.use("other")
    profiles.save()


def do_use_profile() -> None:
    remember_use(Profiles.load().get("acme"))


def do_add_request() -> None:
    add_request(Profiles.load().get("acme"), StoredRequest("getUser"))


def do_remember_user() -> None:
    remember_user(Profiles.load().get("acme"), "u-3", "three@example.com")


def do_save_mapping() -> None:
    save_mapping("people", load_mapping(str(RELEASED / "home" / "config" / "mappings" / "people.json")))


NEWER: list[tuple[str, Callable[[], object]]] = [
    ("config/profiles.toml", Profiles.load),
    ("config/profiles.toml", do_save_profile),
    ("config/profiles.toml", do_use_profile),
    ("config/settings.toml", Settings.load),
    ("config/settings.toml", lambda: Settings.save_theme("quiet")),
    ("config/settings.toml", lambda: Settings.save_alias("fr", "users list")),
    ("config/keymap.toml", Settings.load),
    ("config/keymap.toml", lambda: save_key("users.delete", "d")),
    ("config/lists.json", ListPreferences.load),
    ("config/lists.json", lambda: ListPreferences.keep_time_format(TimeFormat.RELATIVE)),
    ("config/mappings/people.json", lambda: load_mapping("people")),
    ("config/mappings/people.json", do_save_mapping),
    ("state/credentials/acme-9e4816f92d4b.token", acme_token),
    (f"state/drafts/{DRAFT}.json", lambda: load_draft(DRAFT)),
    ("state/jobs/20261129-155442-7148.plan.json", lambda: read_import_plan(next(paths().jobs_dir.glob("*.plan.json")))),
    ("state/recent-users.json", do_remember_user),
    ("state/request-history.json", do_add_request),
    ("state/requests.json", saved_requests),
    ("state/requests.json", lambda: save_request(ConsoleRequest("getUser", {}, "", "Again"))),
]  # fmt: skip


@pytest.mark.parametrize(("name", "use"), NEWER, ids=[name for name, _ in NEWER])
def test_a_file_of_a_newer_version_is_refused_and_unchanged(home: Path, name: str, use: Callable[[], object]) -> None:
    add_version(home / name)
    before = (home / name).read_bytes()
    with pytest.raises(DyntuiError) as refused:
        use()
    assert re.search(r"was written by a newer dyntui \(format version 99, this one knows 1\)", refused.value.message)
    assert Path(name).name in refused.value.message
    assert re.search(r"that version|Make a plan", refused.value.hint)
    assert (home / name).read_bytes() == before


def test_recent_files_of_a_newer_version_are_not_shown_and_not_changed(home: Path) -> None:
    file = home / "state" / "recent.json"
    add_version(file)
    before = file.read_bytes()
    remember_file("/srv/other.csv")
    assert (recent_files(), file.read_bytes()) == ([], before)


def test_a_line_of_a_newer_audit_log_is_named_and_the_others_are_read() -> None:
    file = paths().audit_file
    first, *others = file.read_text().splitlines()
    file.write_text("\n".join([json.dumps({**json.loads(first), "version": 99}), *others]) + "\n")
    damaged: list[int] = []
    assert (len([*Audit(file).lines(damaged.append)]), damaged) == (3, [1])


def test_a_newer_snapshot_is_not_listed_but_its_id_is_explained() -> None:
    path = paths().snapshots_dir / f"{SNAPSHOT}.json.gz"
    about, _, body = gzip.decompress(path.read_bytes()).partition(b"\n")
    path.write_bytes(gzip.compress(json.dumps({**json.loads(about), "version": 99}).encode() + b"\n" + body))
    assert list_snapshots() == []
    with pytest.raises(DyntuiError, match=r"pull\.json\.gz was written by a newer dyntui \(format version 99"):
        find_snapshot("20261129")


def test_a_newer_plan_or_configuration_folder_is_refused(tmp_path: Path) -> None:
    plan, folder = Path(shutil.copy(RELEASED / "acme.plan", tmp_path)), tmp_path / "folder"
    shutil.copytree(RELEASED / "folder", folder)
    plan.write_text(json.dumps({**json.loads(plan.read_text()), "version": 99}))
    add_version(folder / "dyntui.yaml")
    private(tmp_path)
    with pytest.raises(DyntuiError, match=r"acme\.plan was written by a newer dyntui .* or make a new plan"):
        read_plan(plan)
    with pytest.raises(DyntuiError, match=r"dyntui\.yaml was written by a newer dyntui .* Update dyntui"):
        read_folder(folder, "acme")
