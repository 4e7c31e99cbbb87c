"""Import cases: whom the values of a file reach. Each states the request body that is sent, or the exact problem."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.import_cases import UNVERIFIED, case_file, plans_of, run_import
from tests.conftest import Cli


@pytest.fixture
def dyntui(serve: Callable[..., Any], tmp_path: Path) -> Iterator[Cli]:
    """The command line with a sandbox of its own, without users: the cases use the same addresses."""
    with serve(users=0) as sandbox:
        yield Cli(sandbox, tmp_path / "home")


N, P = {"email": "n@alpha-mail.org"}, {"email": "p@alpha-mail.org"}
EVM = "0xbF394748301603f18d953C90F0b087CBEC0E1834"
METAMASK = {"walletName": "metamask", "walletProvider": "browserExtension"}
WALLET_OPTIONS = ("--wallet-name", "metamask", "--wallet-provider", "browserExtension")


def csv(folder: Path, text: str) -> Path:
    file = folder / "rows.csv"
    file.write_text(text, "utf-8")
    return file


def test_texts_that_auth0_escapes_lose_their_apostrophe(dyntui: Cli) -> None:
    done = run_import(dyntui, case_file(1))
    assert [(body["email"], body["firstName"]) for body in done.bodies] == [
        ("nora@alpha-mail.org", "Nora"),
        ("pat@alpha-mail.org", "Pat"),
    ]
    assert done.problems["escaped_text"] == 1


@pytest.mark.parametrize("text", ["email,lastName\na@alpha-mail.org,'t Hooft\n", "email\na@alpha-mail.org\n'b@x.org\n"])
def test_an_apostrophe_of_a_name_or_of_one_cell_stays(dyntui: Cli, tmp_path: Path, text: str) -> None:
    assert "escaped_text" not in run_import(dyntui, csv(tmp_path, text)).problems


@pytest.mark.parametrize(
    ("number", "options", "bodies", "problems"),
    [
        (
            2,
            (),
            [{**N, "phoneNumber": "+491712345678"}, {**P, "phoneNumber": "+436641234567"}],
            {"phone_normalized": 2},
        ),
        (3, ("--region", "DE"), [{**N, "phoneNumber": "+491712345678"}], {"phone_country_code": 1}),
        (3, ("--region", "+"), [{**N, "phoneNumber": "+491712345678"}], {"phone_normalized": 1}),
        (3, (), [], {"phone_needs_region": 1}),
        (4, (), [], {"phone_letters": 2}),
        (4, ("--on-invalid", "phoneNumber=omit"), [N, P], {"unsendable_left_out": 2}),
    ],
)
def test_phone_numbers(
    dyntui: Cli, number: int, options: tuple[str, ...], bodies: list[dict[str, Any]], problems: dict[str, int]
) -> None:
    done = run_import(dyntui, case_file(number), *options)
    assert (done.bodies, done.problems) == (bodies, problems)


def test_users_without_an_identity_stop_the_run(dyntui: Cli) -> None:
    stopped = run_import(dyntui, case_file(12))
    assert (stopped.code, stopped.bodies) == (2, [])
    assert "2 users cannot sign in" in stopped.messages and "--allow-no-identity" in stopped.messages
    done = run_import(dyntui, case_file(12), "--allow-no-identity")
    assert done.bodies == [{"firstName": "Nora", "lastName": "Quist"}, {"firstName": "Pat", "lastName": "Dea"}]
    assert done.problems == {"no_identity": 2}


def test_an_unmapped_column_that_looks_like_an_identity_stops_the_run(dyntui: Cli, tmp_path: Path) -> None:
    rows = "".join(f"a{n}@alpha-mail.org,,N{n}\n" for n in range(9)) + ",b@alpha-mail.org,B\n"
    stopped = run_import(dyntui, csv(tmp_path, "email,second,firstName\n" + rows))
    assert stopped.code == 2 and "not mapped: second" in stopped.messages


def test_a_few_users_without_an_identity_are_a_warning(dyntui: Cli, tmp_path: Path) -> None:
    rows = "".join(f"a{n}@alpha-mail.org,N{n}\n" for n in range(9)) + ",B\n"
    done = run_import(dyntui, csv(tmp_path, "email,firstName\n" + rows))
    assert (done.code, len(done.bodies), done.problems) == (0, 10, {"no_identity": 1})


def test_another_email_with_the_same_phone_needs_a_review(dyntui: Cli) -> None:
    done = run_import(dyntui, case_file(16))
    assert done.code == 1
    assert done.bodies == [{"email": "a@alpha-mail.org", "phoneNumber": "+4740612345"}]
    assert (done.document["rows"]["review"], done.document["rows"]["skipped"]) == (1, 0)
    assert (done.plan["outcomes"]["review"], done.plan["outcomes"]["conflict"]) == (1, 0)
    assert [(each["level"], each["code"], each["rows"]) for each in done.plan["problems"]] == [
        ("error", "shared_in_file", 1)
    ]
    failed = (Path(done.document["report"]) / "failed-rows.csv").read_text("utf-8-sig")
    assert "b@alpha-mail.org" in failed and "shared_in_file" in failed


@pytest.mark.parametrize(
    ("header", "one", "other", "outcome"),
    [
        ("email,phone", "a@x.org,+4740612345", "A@x.org,+4740612346", "skipped"),
        ("email,username", "a@x.org,nora", "b@x.org,nora", "review"),
        ("email,phone", "a@x.org,+4740612345", ",+4740612345", "skipped"),
        ("phone,username", "+4740612345,nora", "+4740612345,pat", "review"),
        ("email,oauthAccounts.0.provider,oauthAccounts.0.accountId", "a@x.org,google,1", "b@x.org,google,1", "review"),
    ],
)
def test_rows_that_contradict_each_other_are_no_duplicates(
    dyntui: Cli, tmp_path: Path, header: str, one: str, other: str, outcome: str
) -> None:
    done = run_import(dyntui, csv(tmp_path, f"{header}\n{one}\n{other}\n"))
    assert len(done.bodies) == 1 and done.document["rows"][outcome] == 1


def test_a_wallet_needs_a_name_and_a_provider_once(dyntui: Cli) -> None:
    refused = run_import(dyntui, case_file(20))
    assert refused.code == 2 and "--wallet-name metamask --wallet-provider browserExtension" in refused.messages
    done = run_import(dyntui, case_file(20), *WALLET_OPTIONS)
    assert done.bodies == [{**N, "wallets": [{"publicWalletAddress": EVM, "chain": "EVM", **METAMASK}]}]


def test_the_chain_comes_from_the_header_or_the_address(dyntui: Cli, tmp_path: Path) -> None:
    refused = run_import(dyntui, case_file(21))
    assert refused.code == 2 and "--wallet-name phantom" in refused.messages
    done = run_import(dyntui, case_file(21), "--wallet-name", "phantom", "--wallet-provider", "browserExtension")
    (wallet,) = done.bodies[0]["wallets"]
    assert (wallet["chain"], wallet["walletName"]) == ("SOL", "phantom")
    text = f"email,eth_address,solana_wallet\nb@x.org,{EVM},So11111111111111111111111111111111111111112\n"
    two = run_import(dyntui, csv(tmp_path, text), *WALLET_OPTIONS).bodies[0]["wallets"]
    assert [wallet["chain"] for wallet in two] == ["EVM", "SOL"]
    by_hand = csv(tmp_path, f"email,thing\nc@x.org,{EVM.lower()}\n")
    options = ("--map", "thing=wallets.0.publicWalletAddress", *WALLET_OPTIONS)
    assert run_import(dyntui, by_hand, *options).document["rows"]["failed"] == 1  # the wallet is of another user
    assert run_import(dyntui, by_hand, *options).plan["outcomes"]["taken"] == 1


def test_a_wallet_that_cannot_be_sent_does_not_refuse_the_person(dyntui: Cli, tmp_path: Path) -> None:
    text = "email,wallet address\na@x.org,0x12\nb@x.org,vitalik.eth\n,0xbf394748301603f18d953c90f0b087cbec0e18\n"
    done = run_import(dyntui, csv(tmp_path, text), *WALLET_OPTIONS)
    assert done.bodies == [{"email": "a@x.org"}, {"email": "b@x.org"}]
    assert done.problems["unsendable_left_out"] == 2 and done.document["rows"]["invalid"] == 1
    doubtful = csv(tmp_path, "email,wallet address\nc@x.org,0x12\nd@x.org,\n")
    done = run_import(dyntui, doubtful, *WALLET_OPTIONS, "--on-invalid", "wallets=review")
    assert (done.code, done.document["rows"]["review"], done.bodies) == (1, 1, [{"email": "d@x.org"}])


def test_an_email_is_no_username_and_a_fix_is_on_offer(dyntui: Cli) -> None:
    dry = json.loads(dyntui("import", str(case_file(22)), "--dry-run", "--json", *UNVERIFIED, check=False).stdout)
    assert dry["outcomes"]["invalid"] == 1 and dry["requests"] == {}
    assert [each["code"] for each in dry["problems"]] == ["username_refused"]
    saved = run_import(dyntui, case_file(22), "--on-invalid", "username=metadata")
    assert saved.bodies == [{**N, "firstName": "Nora", "metadata": {"username": "n@alpha-mail.org"}}]


def test_a_dry_run_in_which_nothing_can_be_sent_exits_1(dyntui: Cli, tmp_path: Path) -> None:
    assert dyntui("import", str(case_file(22)), "--dry-run", *UNVERIFIED, check=False).returncode == 1
    good = csv(tmp_path, "email\na@x.org\n")
    assert dyntui("import", str(good), "--dry-run", *UNVERIFIED, check=False).returncode == 0


SECRET = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"
PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"


@pytest.mark.parametrize(
    "text",
    [
        f"email,wallet\nn@alpha-mail.org,0x{SECRET}\n",
        f"email,address\nn@alpha-mail.org,{SECRET}\n",
        f"email,guest\nn@alpha-mail.org,0x{SECRET}\n",
        f"email,notes\nn@alpha-mail.org,{PHRASE}\n",
        "email,notes\nn@alpha-mail.org,5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ\n",
        "email,private key\nn@alpha-mail.org,not a usual form of a key\n",
        'email,key\nn@alpha-mail.org,"[' + ",".join(["17"] * 64) + ']"\n',
    ],
)
def test_a_private_key_is_refused_and_never_written(dyntui: Cli, tmp_path: Path, text: str) -> None:
    done = run_import(dyntui, csv(tmp_path, text), "--map", f"{text.partition(chr(10))[0].split(',')[1]}=alias")
    assert done.bodies == [] and done.problems["private_key"] == 1 and done.code == 1
    secret = text.splitlines()[1].partition(",")[2].strip('"')
    assert secret not in done.messages + json.dumps(done.document)
    leaked = [file for file in dyntui.home.rglob("*") if file.is_file() and secret.encode() in file.read_bytes()]
    assert leaked == []


def test_a_key_in_a_column_that_is_not_mapped_is_refused(dyntui: Cli) -> None:
    done = run_import(dyntui, case_file(25))
    assert (done.code, done.bodies, done.problems) == (1, [], {"private_key": 1})
    assert "4c0883a6" not in done.messages + json.dumps(done.document)


@pytest.mark.parametrize(
    "text",
    [
        f"email,passwordHash\nn@alpha-mail.org,{SECRET}\n",
        f"email,sui address\nn@alpha-mail.org,0x{SECRET}\n",
        f"email,chain,wallet address\nn@alpha-mail.org,SUI,0x{SECRET}\n",
        "email,notes\nn@alpha-mail.org,a long remark about the year and the winner of the last big public game\n",
    ],
)
def test_hashes_addresses_and_remarks_are_no_keys(dyntui: Cli, tmp_path: Path, text: str) -> None:
    done = run_import(dyntui, csv(tmp_path, text), *WALLET_OPTIONS)
    assert len(done.bodies) == 1 and "private_key" not in done.problems


def test_ids_stay_the_same_one_request_each(dyntui: Cli, tmp_path: Path) -> None:
    ids = [f"3f2a9c1e-0d5b-4c7e-9a51-7d1f0b6c2e{n}" for n in (11, 12)]
    file = csv(tmp_path, f"id,email\n{ids[0]},a@x.org\n{ids[1].upper()},b@x.org\nauth0|5f1,c@x.org\n")
    done = run_import(dyntui, file, "--map", "id=id")
    assert done.plan["requests"] == {"createUser": 2} and done.problems["id_invalid"] == 1
    assert any("keep their ids" in effect for effect in done.plan["side_effects"])
    assert {user["id"] for user in dyntui.json("users", "list")["items"]} == set(ids)
    again = run_import(dyntui, file, "--map", "id=id")
    assert (again.document["rows"]["exists"], again.document["rows"]["invalid"]) == (2, 1)
    refused = run_import(dyntui, file, "--map", "id=id", "--upsert")
    assert refused.code == 2 and "keep their ids" in refused.messages


def test_the_profile_of_a_social_account_is_sent(dyntui: Cli, tmp_path: Path) -> None:
    account = {"provider": "google", "accountId": "7", "profile": {"locale": "sv"}}
    file = tmp_path / "users.json"
    file.write_text(json.dumps([{"email": "a@x.org", "oauthAccounts": [account]}]))
    assert run_import(dyntui, file).bodies == [{"email": "a@x.org", "oauthAccounts": [account]}]


@pytest.mark.parametrize("action", ["error", "replace", "omit", "metadata"])
def test_a_plan_with_dotted_usernames_takes_the_planned_requests(dyntui: Cli, tmp_path: Path, action: str) -> None:
    rows = "".join(f"user{n}@x.org,{f'first.last{n}' if n % 10 == 0 else f'user{n}'},N{n}\n" for n in range(1000))
    file = csv(tmp_path, f"email,username,given_name\n{rows}")
    done = run_import(dyntui, file, "--on-invalid", f"username={action}")
    sent = 900 if action == "error" else 1000
    assert len(done.bodies) == sent and done.document["rows"]["failed"] == 0
    planned = sum(done.plan["requests"].values())
    shown = dyntui.json("jobs", "get", done.document["job"])["requests"]
    assert sum(each["count"] for each in shown) <= 1.1 * planned


def test_names_are_composed_and_odd_ones_have_a_suggestion(dyntui: Cli, tmp_path: Path) -> None:
    text = "email,firstName\na@x.org,Be\u0301la\nb@x.org,Ann (HR)\nc@x.org,O\u2019Neil\n"
    done = run_import(dyntui, csv(tmp_path, text))
    assert done.bodies == [{"email": "a@x.org", "firstName": "Béla"}] and done.problems["odd_character"] == 2
    done = run_import(dyntui, csv(tmp_path, text), "--on-invalid", "firstName=replace")
    assert [body["firstName"] for body in done.bodies] == ["Ann HR", "O'Neil"]


def run_entries(dyntui: Cli, file: Path, *options: str) -> tuple[dict[str, int], list[dict[str, Any]], dict[str, int]]:
    """Import entries into a new list. Return the rows by outcome, the entries, and the problems by code."""
    dyntui("allowlists", "create", "Guests", "--outcome", "scope", "--scope", "guest", "--yes")
    command = ("allowlists", "import", "Guests", str(file), "--yes", "--json", "--rate", "0")
    with plans_of() as plans:
        document = json.loads(dyntui(*command, *options, check=False).stdout)
    problems = {each["code"]: each["rows"] for each in plans[-1]["problems"]}
    entries = dyntui.json("allowlists", "entries", "Guests")["items"]
    saved = ("email", "emailDomain", "walletPublicKey", "twitterUsername", "farcasterUsername", "discordUsername")
    bodies = [{name: entry[name] for name in saved if entry.get(name)} for entry in entries]
    return document["rows"], sorted(bodies, key=str), problems


def test_wallets_of_an_allowlist_have_the_rules_of_users(dyntui: Cli) -> None:
    rows, entries, problems = run_entries(dyntui, case_file(17))
    assert (rows["created"], rows["invalid"]) == (1, 2)
    assert entries == [{"walletPublicKey": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"}]
    assert problems == {"wallet_checksum": 1, "wallet_address_malformed": 1, "wallet_prefix_missing": 1}


def test_identifiers_of_an_allowlist_are_read_as_what_they_are(dyntui: Cli) -> None:
    rows, entries, problems = run_entries(dyntui, case_file(18))
    assert (rows["created"], rows["invalid"]) == (3, 1)
    assert entries == [
        {"email": "n@alpha-mail.org"},
        {"emailDomain": "alpha-mail.org"},
        {"emailDomain": "beta-mail.org"},
    ]
    assert problems["ens_name"] == 1 and problems["domain_normalized"] == 2


def test_handles_of_an_allowlist_are_one_entry_in_every_form(dyntui: Cli) -> None:
    rows, entries, problems = run_entries(dyntui, case_file(19))
    assert (rows["created"], rows["skipped"]) == (1, 2)
    assert entries == [{"twitterUsername": "noraq"}] and problems["handle_normalized"] == 2


def test_neighbours_of_handles_and_domains(dyntui: Cli, tmp_path: Path) -> None:
    lines = [
        *(
            "https://warpcast.com/dwr.eth",
            "https://twitter.com/@Nora_Q?s=20",
            "Example.COM",
            "https://www.x.org:8080/a",
        ),
        *("a" * 4 + ".photography", "n@alpha-mail.org.", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
    ]
    _, entries, problems = run_entries(dyntui, csv(tmp_path, "identifier\n" + "\n".join(lines) + "\n"))
    assert entries == [
        {"emailDomain": "example.com"},
        {"emailDomain": "x.org"},
        {"farcasterUsername": "dwr.eth"},
        {"twitterUsername": "Nora_Q"},
        {"walletPublicKey": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"},
    ]
    assert problems["domain_invalid"] == 1
