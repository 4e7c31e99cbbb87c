"""Import cases: what is read of a file, as whom, and what is said of the rest. Each states what is sent."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.import_cases import case_file, run_import
from tests.conftest import Cli
from tests.families import slow_except
from tests.importer.preset_samples import PRESET_SAMPLES, SAMPLES


@pytest.fixture
def dyntui(serve: Callable[..., Any], tmp_path: Path) -> Iterator[Cli]:
    """The command line with a sandbox of its own, without users: the cases use the same addresses."""
    with serve(users=0) as sandbox:
        yield Cli(sandbox, tmp_path / "home")


N, P = {"email": "n@alpha-mail.org"}, {"email": "p@alpha-mail.org"}
NORA = {**N, "firstName": "Nora", "lastName": "Quist"}

BODIES: dict[int, list[dict[str, Any]]] = {
    5: [N, P],
    6: [N],
    7: [N],
    8: [N, P],
    10: [N],
    11: [
        {
            **NORA,
            "oauthAccounts": [{"provider": "google", "accountId": "1088", "emails": ["n@alpha-mail.org"]}],
        }
    ],
    13: [{**N, "firstName": "Nora"}],
    14: [NORA],
    15: [{"email": f"{name}@alpha-mail.org"} for name in "abc"],
    26: [{**N, "phoneNumber": "+4740612345"}],
    27: [{**NORA, "username": "nora"}],
}
MESSAGES = {
    5: "2 JSON documents",
    6: "--records admins",
    8: "in the column “key”",
    13: "E-mail 2 - Value is not mapped: is not imported: a user has one email",
    14: "Recovery Phone is not mapped",
    15: "null_text: 3",
    26: "Attributes[Name=email_verified].Value is not mapped",
    27: "--include service-accounts",
}


@pytest.mark.parametrize("number", BODIES)
def test_the_people_in_the_file_are_sent_and_the_rest_is_named(dyntui: Cli, number: int) -> None:
    done = run_import(dyntui, case_file(number))
    assert done.code == 0, done.messages
    assert done.bodies == BODIES[number]
    assert MESSAGES.get(number, "") in done.messages


def test_another_array_can_be_named(dyntui: Cli) -> None:
    assert run_import(dyntui, case_file(6), "--records", "admins").bodies == [{"email": "b@alpha-mail.org"}]
    refused = run_import(dyntui, case_file(6), "--records", "people")
    assert refused.code == 2 and "--records with one of: admins, users" in refused.messages


def test_the_key_of_a_record_can_be_mapped(dyntui: Cli) -> None:
    done = run_import(dyntui, case_file(8), "--map", "key=metadata.formerId")
    assert [body["metadata"] for body in done.bodies] == [{"formerId": "a"}, {"formerId": "b"}]


def test_nothing_of_a_file_that_ends_early_is_sent(dyntui: Cli) -> None:
    done = run_import(dyntui, case_file(9))
    assert done.code == 2 and not done.document and "ends early" in done.messages
    assert dyntui.json("jobs", "list")["total"] == 0


def test_a_preset_says_which_column_tells_the_verified_emails(dyntui: Cli) -> None:
    path = "Attributes[Name=email_verified].Value"
    (body,) = run_import(dyntui, case_file(26), "--map", f"{path}=emailVerifiedAt", choice=()).bodies
    assert body["emailVerifiedAt"].endswith("Z")


def test_rows_that_a_rule_leaves_out_are_counted_and_can_be_included(dyntui: Cli) -> None:
    done = run_import(dyntui, case_file(27))
    assert done.document["rows"]["skipped"] == 1 and done.problems["service_accounts_left_out"] == 1
    included = run_import(dyntui, case_file(27), "--include", "service-accounts")
    assert included.document["rows"]["skipped"] == 0
    assert included.document["total"] == 2
    refused = run_import(dyntui, case_file(27), "--include", "robots")
    assert refused.code == 2 and "disabled" in refused.messages


def test_null_texts_are_switchable(dyntui: Cli, tmp_path: Path) -> None:
    file = tmp_path / "dashes.csv"
    file.write_text("email,firstName\nx1@alpha-mail.org,--\nx2@alpha-mail.org,NULL\n")
    assert [body.get("firstName") for body in run_import(dyntui, file, "--null=--").bodies] == [None, None]
    file.write_text("email,firstName\nx3@alpha-mail.org,NULL\nx4@alpha-mail.org,Nan\n")
    done = run_import(dyntui, file, "--no-null")
    assert [body["firstName"] for body in done.bodies] == ["NULL", "Nan"] and "null_text" not in done.problems


DATES = ["2024-05-31T07:00:00Z", "2024-05-31T21:00:00Z", "2024-05-31T09:05:00Z"]


def test_dates_are_read_whole(dyntui: Cli) -> None:
    done = run_import(dyntui, case_file(23), "--map", "verified_at=emailVerifiedAt", choice=())
    assert [body["emailVerifiedAt"] for body in done.bodies] == DATES
    assert done.problems["date_without_zone"] == 2


@pytest.mark.parametrize(
    "text",
    ["31 May 2024 25:00", "05/31/2024 14:00 PM", "May 31 2024 09:00 CEST", "Mon May 31 2024", "31 Mai 2024", "5/31/24"],
)
def test_a_date_that_is_not_understood_is_an_error(dyntui: Cli, tmp_path: Path, text: str) -> None:
    file = tmp_path / "dates.csv"
    file.write_text(f'email,seen\nd@alpha-mail.org,"{text}"\n')
    done = run_import(dyntui, file, "--map", "seen=emailVerifiedAt", choice=())
    assert done.code == 1 and done.bodies == [] and done.problems == {"bad_date": 1}


def test_the_format_of_the_dates_in_a_column_can_be_given(dyntui: Cli, tmp_path: Path) -> None:
    file = tmp_path / "dates.csv"
    file.write_text("email,seen\nd@alpha-mail.org,03/04/2024\n")
    options = ("--map", "seen=emailVerifiedAt", "--date-format", "seen=%d/%m/%Y")
    (body,) = run_import(dyntui, file, *options, choice=()).bodies
    assert body["emailVerifiedAt"] == "2024-04-03T00:00:00Z"
    refused = run_import(dyntui, file, "--map", "seen=emailVerifiedAt", "--date-format", "seen=%d/%m", choice=())
    assert refused.code == 2 and "%d/%m/%Y" in refused.messages


def test_a_blank_before_a_quotation_mark_does_not_split_the_value(dyntui: Cli) -> None:
    done = run_import(dyntui, case_file(24), "--map", "name=firstName+lastName", "--map", "x=metadata.x")
    assert done.bodies == [{**N, "firstName": "Pat", "lastName": "Dea", "metadata": {"x": "y"}}]


NOT_TABLES = {
    "contacts.vcf": ("BEGIN:VCARD\nVERSION:3.0\nFN:Nora\nEND:VCARD\n", "a vCard file"),
    "directory.ldif": ("version: 1\n\ndn: uid=nora,dc=alpha\nmail: n@alpha-mail.org\n", "an LDIF file"),
    "users.yaml": ("- email: n@alpha-mail.org\n  name: Nora\n- email: p@alpha-mail.org\n", "a YAML file"),
    "users.yml": ("users:\n  - email: n@alpha-mail.org\n    name: Nora\n", "a YAML file"),
    "dump.sql": (
        "-- PostgreSQL database dump\n\nSET statement_timeout = 0;\nCOPY public.users (email) FROM stdin;\n",
        "SQL",
    ),
    "insert.sql": ("INSERT INTO `users` (`email`) VALUES ('n@alpha-mail.org');\n", "SQL"),
    "users.toml": ('[[users]]\nemail = "n@alpha-mail.org"\n', "a TOML or INI file"),
    "blank.csv": ("\n \n\t\n", "is blank"),
    "commas.csv": (",,,\n,,,\n", "is blank"),
}


def test_a_vcard_is_named_with_the_way_to_a_csv(dyntui: Cli) -> None:
    done = run_import(dyntui, case_file(28))
    assert done.code == 2 and "a vCard file" in done.messages and "Google CSV" in done.messages


@pytest.mark.parametrize("name", NOT_TABLES)
def test_a_file_that_is_not_a_table_is_named_with_the_way_to_one(dyntui: Cli, tmp_path: Path, name: str) -> None:
    text, kind = NOT_TABLES[name]
    (tmp_path / name).write_text(text)
    done = run_import(dyntui, tmp_path / name)
    assert done.code == 2 and kind in done.messages and not done.document


@pytest.mark.parametrize("title", ["Set of users one", "[Export]", "--- users ---", "Pragma export", "BEGIN"])
def test_a_title_that_resembles_another_format_is_only_a_title(dyntui: Cli, tmp_path: Path, title: str) -> None:
    file = tmp_path / "titled.csv"
    file.write_text(f"{title}\nemail,first name\nt@alpha-mail.org,Nora\n")
    assert run_import(dyntui, file).bodies == [{"email": "t@alpha-mail.org", "firstName": "Nora"}]


def test_one_odd_row_does_not_change_the_recognized_format(dyntui: Cli) -> None:
    done = run_import(dyntui, case_file(29))
    assert done.plan["reading"]["preset"] == "firebase"
    whole = [body for body in done.bodies if body.get("lastName") == "Quist"]
    assert done.document["total"] == sum(done.document["rows"].values())
    assert len(whole) >= 28 and whole[0] == {"email": "n0@alpha-mail.org", "firstName": "Nora", "lastName": "Quist"}


def _zstandard(data: bytes) -> bytes:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd.compress(data)


@pytest.mark.parametrize(
    ("suffix", "pack"), [(".gz", gzip.compress), (".zst", _zstandard), (".bz2", bz2.compress), (".xz", lzma.compress)]
)
def test_packed_files_are_read_directly(dyntui: Cli, tmp_path: Path, suffix: str, pack: Any) -> None:
    packed = pack(b"email\n" + b"".join(b"%s%d@alpha-mail.org\n" % (suffix[1:].encode(), n) for n in range(3)))
    file = tmp_path / f"users.csv{suffix}"
    file.write_bytes(packed)
    assert run_import(dyntui, file).document["rows"]["created"] == 3
    file.write_bytes(packed[: len(packed) - 6])
    broken = run_import(dyntui, file)
    assert broken.code == 2 and "damaged or incomplete" in broken.messages


def test_values_are_changed_and_chosen_on_the_way(dyntui: Cli, tmp_path: Path) -> None:
    file, plans = tmp_path / "people.csv", tmp_path / "plans.csv"
    file.write_text(
        "email,mobile,phone,plan,tags,handle\n"
        "t1@alpha-mail.org,,4740612345,free,red;blue;green,nora.q\n"
        "t2@alpha-mail.org,4740612346,4740612347,gold,,pat\n"
    )
    plans.write_text("free,basic\npro,plus\n")
    options = (
        *("--map", "mobile|phone=phoneNumber|prefix:+|phone"),
        *("--map", f"plan=metadata.plan|lookup:@{plans}"),
        *("--map", "tags[split=;].0=metadata.first", "--map", "tags[split=;].1=metadata.second"),
        *("--map", "handle=username|replace:.=>_|suffix:_x"),
    )
    done = run_import(dyntui, file, *options)
    assert done.bodies == [
        {
            "email": "t1@alpha-mail.org",
            "username": "nora_q_x",
            "phoneNumber": "+4740612345",
            "metadata": {"plan": "basic", "first": "red", "second": "blue"},
        }
    ]
    assert done.problems["not_in_lookup"] == 1 and done.problems["value_left_out"] == 2
    job = str(done.document["job"])
    shown = dyntui.json("jobs", "get", job, "--rows", "warnings")["list"]
    messages = [problem["message"] for row in shown for problem in row["problems"] if problem["level"] == "warning"]
    assert any("green" in message for message in messages) and any("4740612347" in message for message in messages)


def test_suggestions_are_applied_on_request_and_named_in_the_plan(dyntui: Cli, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email,seen\n<s1@alpha-mail.org>,03/04/2024\ns2@alpha-mail.org,2024-05-31\n")
    plain = dyntui("import", str(file), "--dry-run", "--json", "--set", "emailVerifiedAt=unverified", check=False)
    plan = json.loads(plain.stdout)
    assert plan["outcomes"]["invalid"] == 1 and plan["unmapped"] == ["seen"]
    assert plan["reading"]["format"] == "csv" and plan["reading"]["delimiter"] == ","
    assert plan["reading"]["encoding"] == "utf-8"
    done = run_import(dyntui, file, "--accept-suggestions")
    assert [body["email"] for body in done.bodies] == ["s1@alpha-mail.org", "s2@alpha-mail.org"]
    assert done.plan["accepted_suggestions"] == {"email_invalid": 1}


_FAST_SAMPLES = (("supabase", "supabase.json"), ("keycloak", "keycloak-realm.json"), ("cognito", "cognito.csv"))


@pytest.mark.parametrize(("preset", "name"), slow_except(PRESET_SAMPLES, *_FAST_SAMPLES))
def test_every_sample_of_a_preset_imports_without_an_invalid_row(dyntui: Cli, preset: str, name: str) -> None:
    done = run_import(dyntui, SAMPLES / name)
    assert done.code == 0, done.messages
    assert done.plan["reading"]["preset"] == preset
    rows = done.document["rows"]
    assert rows["created"] > 0 and rows["created"] + rows["skipped"] == done.document["total"]
