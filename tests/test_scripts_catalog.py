"""`make catalog`: the vendor's client and document become one catalog, and changes are described in words."""

from __future__ import annotations

import json
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest
from scripts import make_catalog
from scripts.vendor_document import facts_of, read_document

from dyntui.api.catalog import Catalog

TYPES = """
export interface BulkRequest {
    environmentId: string;
    filter?: Filter;
    redirectUri?: string;
    person: Array<Person>;
}
export declare class PeopleApi extends runtime.BaseAPI {
    /**
     * This path is old.
     * Creates many people
     */
    bulkRaw(requestParameters: BulkRequest, initOverrides?: RequestInit): Promise<runtime.ApiResponse<Array<Person>>>;
    bulk(requestParameters: BulkRequest, initOverrides?: RequestInit): Promise<Array<Person>>;
}
"""
CODE = """
class PeopleApi extends BaseAPI {
    bulkRaw(requestParameters, initOverrides) {
        return __awaiter(this, void 0, void 0, function* () {
            if (requestParameters.filter !== undefined) {
                queryParameters['filter'] = requestParameters.filter;
            }
            if (requestParameters.redirectUri !== undefined) {
                queryParameters['redirect_uri'] = requestParameters.redirectUri;
            }
            const response = yield this.request({
                path: `/environments/{environmentId}/people`.replace(`{${"environmentId"}}`, encodeURIComponent(String(requestParameters.environmentId))),
                method: 'POST',
                body: requestParameters.person.map(PersonToJSON),
            }, initOverrides);
        });
    }
}
"""  # noqa: E501 the form of the generated client
MODELS = {
    "Person": """export interface Person {
    /**
     * A long text.
     * @type {string}
     */
    fullName: string;
    when?: Date | null;
    kind?: Kind;
    urls?: {
        [key: string]: string;
    };
}""",
    "Filter": "export interface Filter {\n    text?: string;\n}",
    "Kind": 'export declare enum Kind {\n    A = "a",\n    B = "b"\n}',
}
DOCUMENT = """
openapi: 3.0.1
info: {title: People API, version: 1.0.0, description: a long text}
paths:
  /environments/{environmentId}/people:
    post:
      operationId: bulk
      tags: [People]
      summary: Another title
      security: [{bearerAuth: [people.write]}]
      parameters:
        - $ref: '#/components/parameters/environmentId'
        - {in: query, name: redirect_uri, schema: {type: string, maxLength: 9}}
      requestBody:
        content: {application/json: {schema: {type: array, maxItems: 50, items: {$ref: '#/components/schemas/Person'}}}}
      responses:
        '201': {description: made}
        '400': {$ref: '#/components/responses/BadRequest'}
    get:
      operationId: listPeople
      tags: [People]
      summary: >-
        Lists
        people
      parameters: [{$ref: '#/components/parameters/environmentId'}]
      responses:
        '200': {content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Person'}}}}}
components:
  parameters:
    environmentId: {in: path, name: environmentId, required: true, schema: {$ref: '#/components/schemas/uuid'}}
  responses:
    BadRequest: {description: wrong}
  schemas:
    uuid: {type: string, minLength: 36, pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'}
    name: {type: string, maxLength: 255, pattern: '^a', description: a long text, nullable: true}
    Base: {type: object, properties: {fullName: {$ref: '#/components/schemas/name'}}}
    Person:
      allOf:
        - $ref: '#/components/schemas/Base'
        - {type: object, properties: {age: {type: integer, minimum: 1}, description: {type: string, example: x}}}
    Kind: {type: string, enum: [a, c]}
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Return a function that makes the catalog from the files in the folder and returns the printed lines."""
    source = tmp_path / "package" / "src"
    (source / "apis").mkdir(parents=True)
    (source / "models").mkdir()
    (tmp_path / "package/package.json").write_text('{"name": "@v/people", "version": "1.2.3", "license": "Apache-2.0"}')
    (source / "apis/index.d.ts").write_text("export * from './PeopleApi';\n")
    (source / "apis/PeopleApi.d.ts").write_text(TYPES)
    (source / "apis/PeopleApi.js").write_text(CODE)
    for name, text in MODELS.items():
        (source / f"models/{name}.d.ts").write_text(text)
    (tmp_path / "people.yml").write_text(DOCUMENT)
    catalog = tmp_path / "catalog.json"
    catalog.write_text('{"operations": [], "schemas": {}}')
    monkeypatch.setattr(make_catalog, "DOCUMENT", tmp_path / "document.json")

    def run(*arguments: str) -> list[str]:
        with tarfile.open(tmp_path / "client.tgz", "w:gz") as archive:
            archive.add(tmp_path / "package", "package")
        client = ("--client", str(tmp_path / "client.tgz"))
        monkeypatch.setattr("sys.argv", ["make_catalog.py", "--catalog", str(catalog), *client, *arguments])
        capsys.readouterr()
        make_catalog.main()
        return capsys.readouterr().out.splitlines()

    return run


def test_client_and_document_become_one_catalog(run: Any, tmp_path: Path) -> None:
    lines = run("--document", str(tmp_path / "people.yml"), "--source", "a repository, commit 1")
    assert "New: operation bulk, POST /environments/{environmentId}/people: Creates many people" in lines
    assert "New: operation listPeople, GET /environments/{environmentId}/people: Lists people" in lines
    document = json.loads((tmp_path / "catalog.json").read_text())
    assert "@v/people 1.2.3 (Apache-2.0)" in document["source"] and "a repository, commit 1" in document["source"]
    made = Catalog(document)
    bulk = made.get("bulk")
    assert (bulk.summary, bulk.responses, bulk.scopes) == ("Creates many people", ("201", "400"), ("people.write",))
    assert (dict(bulk.body_bounds), bulk.body_required, bulk.newer) == ({"maxItems": 50}, True, False)
    environment, deep, redirect = bulk.parameters
    assert environment.schema == {"type": "string", "format": "uuid"} and environment.required
    assert (deep.name, deep.deep) == ("filter", True)
    assert (redirect.name, dict(redirect.schema)) == ("redirect_uri", {"type": "string", "maxLength": 9})
    assert made.get("listPeople").newer, "only the document has it"
    assert made.bounds["Person"] == {"fullName": {"maxLength": 255, "pattern": "^a"}, "age": {"minimum": 1}}
    person = made.schemas["Person"]
    assert person["properties"]["when"] == {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}
    assert person["required"] == ["fullName"] and person["properties"]["urls"] == {}
    assert {"age", "description"} <= person["properties"].keys(), "fields that only the document has"
    assert made.schemas["Kind"]["enum"] == ["a", "b", "c"]
    assert "long text" not in (tmp_path / "document.json").read_text()


def test_changes_are_described_in_words(run: Any, tmp_path: Path) -> None:
    run("--document", str(tmp_path / "people.yml"))
    before = (tmp_path / "catalog.json").read_bytes()
    assert run()[0] == "Nothing changed.", "the document that was given is kept"
    assert (tmp_path / "catalog.json").read_bytes() == before

    files = tmp_path / "package/src"
    made = [
        text.replace("bulk", "ban").replace("BulkR", "BanR").replace("many people", "bans") for text in (TYPES, CODE)
    ]
    (files / "apis/PeopleApi.d.ts").write_text(TYPES + made[0].replace("    redirectUri?: string;\n", ""))
    code = made[1].replace("/people`", "/bans`").replace("'redirect_uri'", "'none'")
    code = "\n".join(line for line in code.split("\n") if "none" not in line)
    (files / "apis/PeopleApi.js").write_text(CODE + code)
    (files / "models/Person.d.ts").write_text(MODELS["Person"].replace("kind?: Kind", "size: number"))
    with pytest.raises(SystemExit) as ended:
        run("--check")
    assert ended.value.code == 1 and (tmp_path / "catalog.json").read_bytes() == before
    assert run() == [
        "New: operation ban, POST /environments/{environmentId}/bans: Creates bans",
        "Gone: schema Kind",
        "Changed: schema Person: field size is new and required",
        "Changed: schema Person: field kind is gone",
        "4 operations, 2 schemas, from @v/people 1.2.3 (Apache-2.0).",
    ]
    (files / "apis/PeopleApi.d.ts").write_text(TYPES)
    (files / "apis/PeopleApi.js").write_text(CODE.replace("'POST'", "'PUT'"))
    assert run()[:2] == [
        "Gone: operation ban, POST /environments/{environmentId}/bans",
        "Changed: operation bulk: method was POST, is PUT",
    ]


def test_without_a_client_the_reason_is_printed(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr("sys.argv", ["make_catalog.py"])
    with pytest.raises(SystemExit, match="npm is not installed"):
        make_catalog.main()
    with pytest.raises(SystemExit, match="is not an OpenAPI document"):
        run("--document", str(tmp_path / "client.tgz"))
    with pytest.raises(SystemExit, match="is not a package of the vendor's client"):
        (tmp_path / "package/package.json").unlink()
        run("--document", str(tmp_path / "people.yml"))


def test_the_stored_document_is_complete() -> None:
    stored = read_document(facts_of(make_catalog.DOCUMENT, ""))
    assert len(stored["operations"]) == 197
    assert "cf67c18fe2ee2fb4037607d28967e18b797d8424" in stored["source"]
