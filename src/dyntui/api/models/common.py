"""The base class of the models: camelCase names in the API, and a newer server never breaks them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar, Self, TypeVar, Unpack

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from dyntui.core.json_types import Row, as_object, as_objects

__all__ = ["Model", "Objects", "OpenEnum"]

T = TypeVar("T")

Objects = Annotated[list[T], BeforeValidator(as_objects)]
"""A list of models. Elements that are not objects are left out."""


class OpenEnum(StrEnum):
    """The values that the catalog lists. Another value becomes a member without a name that is equal to its text."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member


class Model(BaseModel):
    """An object of the API.

    Fields have Python names and the API's names as aliases. A value of an unexpected type becomes the default of its
    field instead of an error; `raw` is the document as the server sent it, with the fields that are not declared.
    `python scripts/check_models.py` compares the fields with the catalog.
    """

    model_config = ConfigDict(
        extra="ignore", frozen=True, populate_by_name=True, alias_generator=to_camel, protected_namespaces=()
    )

    SCHEMAS: ClassVar[tuple[str, ...]] = ()
    """The schemas of the catalog that the fields come from; by default the one that has the name of the class."""

    _raw: Row = PrivateAttr(default_factory=dict)

    def __init_subclass__(cls, *, schemas: tuple[str, ...] = (), **options: Unpack[ConfigDict]) -> None:
        super().__init_subclass__(**options)
        cls.SCHEMAS = schemas or (cls.__name__,)

    @property
    def raw(self) -> Row:
        """The object as the server sent it."""
        return self._raw

    @model_validator(mode="wrap")
    @classmethod
    def _keep_raw(cls, value: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        model = handler(value)
        if isinstance(value, Mapping):
            model._raw = value
        return model

    @field_validator("*", mode="wrap")
    @classmethod
    def _use_default_for_unexpected_type(
        cls, value: object, handler: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> object:
        try:
            return handler(value)
        except ValidationError:
            return cls.model_fields[info.field_name or ""].get_default(call_default_factory=True)

    @classmethod
    def of(cls, document: object) -> Self:
        """Return the model of a document; an empty one if the document is not an object."""
        return cls.model_validate(as_object(document))
