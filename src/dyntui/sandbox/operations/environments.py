"""Environments, with the projects and organizations above them."""

from __future__ import annotations

import base64
from typing import Any

from dyntui.sandbox.calls import Call, not_found, operation

_MONTH = 30 * 86_400_000


@operation("getEnvironmentById")
def get_environment(call: Call) -> Any:
    environment = call.sandbox.store.get("environments", call.path["environmentId"])
    if environment is None:
        raise not_found("Environment")
    return _named(call, environment)


def _named(call: Call, environment: dict[str, Any]) -> dict[str, Any]:
    if environment["id"] == call.sandbox.environment_id:
        environment["settings"]["environmentName"] = call.sandbox.switches["environment-name"]
    return environment


@operation("getEnvironmentsByProjectId")
def get_environments(call: Call) -> Any:
    found = call.sandbox.store.all("environments", call.path["projectId"])
    if not found:
        raise not_found("Project")
    live = next(each for each in found if each["id"] != call.sandbox.environment_id)
    mine = next(each for each in found if each["id"] == call.sandbox.environment_id)
    return {"environments": {"live": live, "sandbox": mine}}


@operation("getKeysForEnvironment")
def get_keys(call: Call) -> Any:
    der = bytes.fromhex("30820122300d06092a864886f70d01010105000382010f003082010a0282010100")
    body = base64.encodebytes(der + call.sandbox.ids.digest("key 1", 64) * 4 + bytes.fromhex("0203010001")).decode()
    pem = f"-----BEGIN PUBLIC KEY-----\n{body}-----END PUBLIC KEY-----\n"
    return {"key": {"id": call.sandbox.ids.uuid("key"), "publicKey": base64.b64encode(pem.encode()).decode()}}


@operation("getVisitorsCountByEnvironmentId")
def statistics(call: Call) -> Any:
    store, since = call.sandbox.store, call.now - _MONTH
    recent = store.db.execute("SELECT count(*) FROM people WHERE deleted = 0 AND visited >= ?", (since,)).fetchone()[0]
    total = call.sandbox.accounts.count()
    # Visitors connect a wallet and never sign in: the sandbox has about as many of them as users again by half.
    return {
        "users": {"count": total, "uniquePastMonth": recent},
        "visitors": {"count": total * 3 // 2, "uniquePastMonth": recent * 3 // 2},
    }


@operation("getOrganizationsForMember")
def list_organizations(call: Call) -> Any:
    return {"organizations": call.sandbox.store.all("organizations")}


@operation("getOrganizationById")
def get_organization(call: Call) -> Any:
    organization = call.sandbox.store.get("organizations", call.path["organizationId"])
    if organization is None:
        raise not_found("Organization")
    return organization


@operation("getProjects")
def list_projects(call: Call) -> Any:
    if call.sandbox.store.get("organizations", call.path["organizationId"]) is None:
        raise not_found("Organization")
    return {
        "projects": [_project(call, each) for each in call.sandbox.store.all("projects", call.path["organizationId"])]
    }


@operation("getProjectById")
def get_project(call: Call) -> Any:
    project = call.sandbox.store.get("projects", call.path["projectId"])
    if project is None:
        raise not_found("Project")
    return _project(call, project)


def _project(call: Call, project: dict[str, Any]) -> dict[str, Any]:
    environments = call.sandbox.store.all("environments", project["id"])
    return {
        **project,
        "projectEnvironments": [
            {"id": each["id"], "environmentName": _named(call, each)["settings"]["environmentName"]}
            for each in environments
        ],
    }
