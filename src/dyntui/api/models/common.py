"""What all models share: camelCase on the wire, unknown fields kept, and a newer server never breaks them."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError, ValidatorFunctionWrapHandler, field_validator
from pydantic.alias_generators import to_camel

__all__ = ["Model"]


class Model(BaseModel):
    """An object of the API.

    Fields have Python names and the API's names as aliases; what is not declared stays in `model_extra`. Enums are
    plain strings. A value of a type nobody expected becomes the field's default instead of an error; the raw
    document is the truth.
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
        """The model in a document, bare or wrapped under `key`."""
        if key and isinstance(document, dict) and isinstance(document.get(key), dict):
            document = document[key]
        return cls.model_validate(document if isinstance(document, dict) else {})

    def wire(self) -> dict[str, Any]:
        """The object as the API wrote it, JSON types only."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)
