"""A configuration as one JSON document, without ids and secrets, for snapshots and plans."""

from __future__ import annotations

from collections.abc import Mapping

from dyntui.core.json_types import Row, as_list, as_object, as_objects, as_text
from dyntui.resources.all_resources import RESOURCES
from dyntui.services.configuration.file_format import from_file_value, to_file_value
from dyntui.services.configuration.model import ConfigObject, ConfigProblem, EnvironmentConfig
from dyntui.services.configuration.normal_form import FieldRules, normal_values

__all__ = ["from_document", "to_document"]


def to_document(config: EnvironmentConfig) -> dict[str, object]:
    """Return a configuration as JSON. Its environment is not in it."""
    return {
        "resources": list(config.resources),
        "unavailable": dict(config.unavailable),
        "problems": [[each.resource, each.name, each.message] for each in config.problems],
        "objects": [
            {
                "resource": each.resource,
                "name": each.name,
                "values": to_file_value(each.values),
                **({"identified": True} if each.is_identified else {}),
            }
            for each in config.objects.values()
        ],
    }


def from_document(
    document: Row, environment: str, environment_id: str, rules: FieldRules | None = None
) -> EnvironmentConfig:
    """Return the configuration of a document. Objects of resources that this version does not know are left out.

    environment, environment_id: whose configuration it is. rules: as in `read_environment`.
    """
    objects = []
    for item in as_objects(document.get("objects")):
        resource, values = as_text(item.get("resource")), from_file_value(item.get("values"))
        record = RESOURCES.get(resource)
        if record is not None and record.configuration is not None and isinstance(values, Mapping):
            normal = normal_values(record, values, rules or FieldRules())
            is_identified = item.get("identified") is True
            objects.append(ConfigObject(resource, as_text(item.get("name")), normal, is_identified=is_identified))
    problems = (as_list(item) for item in as_list(document.get("problems")))
    return EnvironmentConfig(
        environment,
        environment_id,
        {each.key: each for each in objects},
        tuple(as_text(name) for name in as_list(document.get("resources")) if name in RESOURCES),
        {name: as_text(reason) for name, reason in as_object(document.get("unavailable")).items()},
        tuple(ConfigProblem(*map(as_text, parts)) for parts in problems if len(parts) == 3),
    )
