"""The base class of the models: camelCase names in JSON, unknown fields are stored, invalid values are ignored."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError, ValidatorFunctionWrapHandler, field_validator
from pydantic.alias_generators import to_camel

__all__ = ["Model"]


class Model(BaseModel):
    """An object of the API.

    Fields have Python names, with the names of the API as aliases. Undeclared fields are in `model_extra`. Enums are
    plain strings. A value of an unexpected type is replaced by the default of its field, so that a newer server
    causes no error.
    """

    model_config = ConfigDict(extra="allow", populate_by_name=True, alias_generator=to_camel, protected_namespaces=())

    @field_validator("*", mode="wrap")
    @classmethod
    def _lenient(cls, value: Any, handler: ValidatorFunctionWrapHandler, info: Any) -> Any:
        try:
            return handler(value)
        except ValidationError:
            return cls.model_fields[info.field_name].get_default(call_default_factory=True)

    @classmethod
    def of(cls, document: Any, key: str = "") -> Self:
        """Return the model of a document, or of its object `key` if there is one."""
        if key and isinstance(document, dict) and isinstance(document.get(key), dict):
            document = document[key]
        return cls.model_validate(document if isinstance(document, dict) else {})

    def wire(self) -> dict[str, Any]:
        """Return the object with the names of the API, as JSON types."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)
