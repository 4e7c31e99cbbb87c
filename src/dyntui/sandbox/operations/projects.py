"""Projects of an organization. Each has two environments, live and sandbox."""

from __future__ import annotations

from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.operations.organizations import find_organization
from dyntui.sandbox.replies import Reply, forbidden, invalid
from dyntui.sandbox.settings import default_settings
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import format_time

_MAX_PROJECTS = 20


def _serialize(call: OperationCall, project: Document) -> Document:
    store, own_id = call.sandbox.store, call.sandbox.environment_id
    environments = [
        {
            "id": each["id"],
            "environmentName": call.sandbox.flags["environment-name"]
            if each["id"] == own_id
            else each["settings"]["environmentName"],
        }
        for each in store.all("environments", project["id"])
    ]
    return {**project, "projectEnvironments": environments}


def _find(call: OperationCall) -> Document:
    return call.find("projects", "Project", call.path["projectId"])


def _refuse_name(call: OperationCall, name: str, organization: str, own: str = "") -> None:
    others = (each for each in call.sandbox.store.all("projects", organization) if each["id"] != own)
    if any(each["name"] == name for each in others):
        raise invalid("project_name_already_exists", "A project with this name already exists")


@operation("getProjects")
def list_projects(call: OperationCall) -> Document:
    organization = find_organization(call)["id"]
    return {"projects": [_serialize(call, each) for each in call.sandbox.store.all("projects", organization)]}


@operation("getProjectById")
def get_project(call: OperationCall) -> Document:
    return _serialize(call, _find(call))


@operation("createProject")
def create_project(call: OperationCall) -> Reply:
    store, organization = call.sandbox.store, find_organization(call)["id"]
    _refuse_name(call, call.body["name"], organization)
    if len(store.all("projects", organization)) >= _MAX_PROJECTS:
        raise invalid("too_many_projects_for_organization", "The maximum number of projects is reached")
    project = {"id": call.new_id("projects"), "name": call.body["name"], "organizationId": organization}
    store.put("projects", project, organization)
    for name in ("live", "sandbox"):
        environment = {
            "id": call.new_id("environments"),
            "settings": default_settings(name),
            "createdAt": format_time(call.now),
            "updatedAt": format_time(call.now),
        }
        store.put("environments", environment, project["id"])
    return Reply(201, {"project": _serialize(call, project)})


@operation("updateProject")
def update_project(call: OperationCall) -> Document:
    project = _find(call)
    _refuse_name(call, call.body["name"], project["organizationId"], project["id"])
    project["name"] = call.body["name"]
    call.sandbox.store.put("projects", project)
    return {"id": project["id"], "name": project["name"]}


@operation("deleteProjectById")
def delete_project(call: OperationCall) -> None:
    store, project = call.sandbox.store, _find(call)
    if len(store.all("projects", project["organizationId"])) == 1:
        raise invalid("cannot_delete_last_project", "The last project of an organization cannot be deleted")
    environments = store.all("environments", project["id"])
    if any(each["id"] == call.sandbox.environment_id for each in environments):
        raise forbidden("the project contains the environment of the sandbox")
    for each in environments:
        store.remove("environments", each["id"])
    store.remove("projects", project["id"])
