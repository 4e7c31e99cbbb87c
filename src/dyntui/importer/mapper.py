"""Map rows to user bodies with a compiled mapping."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as AbstractMapping
from typing import NamedTuple, TypedDict, Unpack

from dyntui.core.errors import UsageError
from dyntui.core.interface import by_interface
from dyntui.core.times import now_iso
from dyntui.importer.fields import FULL_NAME, ImportField, field_for, split_path
from dyntui.importer.invalid_values import IDENTITY_FIELDS, resolve_invalid_values
from dyntui.importer.mapping import ColumnMap, Mapping, MissingChoice, constant_value, email_verified_choices
from dyntui.importer.nested_body import EVERY_ITEM, NestedBody
from dyntui.importer.null_texts import EmptyCheck
from dyntui.importer.phones import MISSING_PLUS
from dyntui.importer.problems import Problem, has_errors
from dyntui.importer.source_types import Cell, SourceRow
from dyntui.importer.transforms import make_transform, split_name
from dyntui.importer.user_validation import RowValidator
from dyntui.importer.validation_context import Step, ValidationContext
from dyntui.importer.validators import fast_path, make_check
from dyntui.importer.value_paths import compile_path, left_out_values

__all__ = ["MappedRow", "Mapper", "compile_step"]

_NESTED = frozenset({"wallets", "oauthAccounts", "metadata"})


class MappedRow(NamedTuple):
    """The request body of a row, and its problems."""

    user: dict[str, object]
    problems: tuple[Problem, ...]
    left_out: Problem | None = None
    """Why the row is left out by a rule; None when it is sent."""
    needs_review: bool = False
    """Whether the row is held for review because of its errors."""

    @property
    def ok(self) -> bool:
        """Whether the row may be sent."""
        return not has_errors(self.problems)


class ContextOptions(TypedDict, total=False):
    """What the values of an import depend on besides the mapping."""

    region: str | None
    """The region of phone numbers without one, as a country code or `+`."""
    environment_kind: str
    now: str | None
    """The time as RFC 3339; None for the current one."""


class Mapper:
    """Maps rows to user bodies by one mapping. `map` has no state between rows."""

    def __init__(
        self,
        mapping: Mapping,
        *,
        custom_fields: Sequence[AbstractMapping[str, object]] = (),
        **options: Unpack[ContextOptions],
    ) -> None:
        if mapping.kind != "users":
            raise UsageError("This mapping is for allowlist entries, not for users.")
        if "emailVerifiedAt" not in mapping.targets:
            raise MissingChoice("Choose whether the emails are verified.", hint=email_verified_choices())
        self.mapping = mapping
        self.rules = make_context(**options)
        self._finisher = RowValidator(self.rules, custom_fields)
        self._always_finish = bool(custom_fields)
        self._empty = EmptyCheck(mapping.nulls)
        self._nulls = self._empty.texts
        paths = [each.column for each in mapping.mapped]
        self._left_out_values = left_out_values(mapping.source_columns, paths, self._empty.is_empty)
        self._exclusions = [(compile_path(mapping.source_columns, rule.column), rule) for rule in mapping.exclusions]
        self._plain: list[tuple[int, str, Step]] = []
        self._reached: list[tuple[Callable[[Sequence[Cell]], object], tuple[str | int, ...], Step]] = []
        for each in mapping.columns:
            if each.field:
                self._add(each)
        self._constants: dict[str, object] = {}
        self._nested_constants: list[tuple[tuple[str | int, ...], object]] = []
        for name, value in mapping.constants.items():
            self._add_constant(name, value)
        self._nested_constants.sort(key=lambda each: EVERY_ITEM in each[0])
        self._verified_at = self._constants.pop("emailVerifiedAt", None)
        self._assembles = bool(self._reached or self._nested_constants)

    def _add(self, each: ColumnMap) -> None:
        field = field_for(each.field or "")
        checked = not _is_item(field.name)
        step = compile_step(field, each.transforms, self.rules, checked=checked)
        columns = self.mapping.source_columns
        if each.column in columns and field.name != FULL_NAME and field.name.partition(".")[0] not in _NESTED:
            self._plain.append((columns.index(each.column), field.name, step))
        else:
            read = compile_path(columns, each.column, self._empty.is_empty)
            self._reached.append((read, split_path(field.name), step))

    def _add_constant(self, name: str, value: object) -> None:
        field = field_for(name)
        if name == "emailVerifiedAt" and value in ("now", "unverified"):
            if value == "now":
                self._constants[name] = self.rules.now
            return
        problems: list[Problem] = []
        if isinstance(value, str) and name != FULL_NAME:
            value = constant_value(field, value)
            value = compile_step(field, field.transforms, self.rules)(value, problems)
        if wrong := next((problem for problem in problems if problem.severity == "error"), None):
            raise UsageError(
                f"{by_interface(f'--set {name}', f'constant {name}')}: {wrong.message}", hint=wrong.suggestion or ""
            )
        if name.partition(".")[0] in _NESTED or name == FULL_NAME:
            self._nested_constants.append((split_path(name), value))
        else:
            self._constants[name] = value

    def map(self, row: SourceRow) -> MappedRow:
        """Map one row to a request body. Problems of the row itself are not repeated."""
        user: dict[str, object] = {}
        problems: list[Problem] = []
        cells, nulls = row.cells, self._nulls
        for index, name, run in self._plain:
            value = cells[index]
            if value == "" or value is None:
                continue
            if value.__class__ is str and value in nulls:
                _note_null(value, name, problems)
                continue
            result = run(value, problems)
            if result is not None:
                user[name] = result
        if self._assembles:
            self._assemble(cells, user, problems)
        if self._left_out_values is not None and (values := self._left_out_values(cells)):
            message = f"{'; '.join(values)}: not imported, because the mapping reads another value."
            problems.append(Problem("warning", "value_left_out", "", message))
        left_out = self._find_exclusion(cells) if self._exclusions else None
        if not user:
            if left_out is None:
                problems.append(Problem("error", "empty_row", "", "No value of the row is mapped to a field."))
            return MappedRow(user, tuple(problems), left_out)
        for name, constant in self._constants.items():
            user.setdefault(name, constant)
        if self._verified_at is not None and "email" in user:
            user.setdefault("emailVerifiedAt", self._verified_at)
        if self._assembles or self._always_finish or ("emailVerifiedAt" in user and "email" not in user):
            self._finisher.finish(user, problems)
        needs_review = False
        if problems and has_errors(problems):
            problems, needs_review = resolve_invalid_values(user, problems, self.mapping.on_invalid)
        if user.keys().isdisjoint(IDENTITY_FIELDS):
            message = "No email, phone number, username, wallet or social account: this user cannot sign in."
            problems = [*problems, Problem("warning", "no_identity", "", message)]
        return MappedRow(user, tuple(problems), left_out, needs_review)

    def _find_exclusion(self, cells: Sequence[Cell]) -> Problem | None:
        """Return why a rule of the preset leaves the row out; None when none does."""
        for read, rule in self._exclusions:
            if not self._empty.is_empty(value := read(cells)) and rule.matches(value, self.rules.now):
                return Problem("info", rule.code, rule.column, f"Left out: users that {rule.reason}.")
        return None

    def _assemble(self, cells: Sequence[Cell], user: dict[str, object], problems: list[Problem]) -> None:
        assembly = NestedBody(problems)
        for follow, path, run in self._reached:
            value = follow(cells)
            if value == "" or value is None:
                continue
            if self._empty.is_null_text(value):
                _note_null(value, ".".join(map(str, path)), problems)
                continue
            value = run(value, problems)
            if value is None:
                continue
            if path[0] == FULL_NAME:
                first, last = split_name(value) if isinstance(value, str) else (value, "")
                user.setdefault("firstName", first)
                if last:
                    user.setdefault("lastName", last)
            elif len(path) == 1 and path[0] not in _NESTED:
                user.setdefault(str(path[0]), value)
            else:
                assembly.put(path, value)
        if user or assembly:
            for path, value in self._nested_constants:
                if path[0] == FULL_NAME:
                    first, last = split_name(str(value))
                    user.setdefault("firstName", first)
                    user.setdefault("lastName", last)
                else:
                    assembly.put_default(path, value)
        user.update(assembly.result())


def _note_null(value: object, name: str, problems: list[Problem]) -> None:
    """Report once for a row that a text such as NULL is read as empty."""
    if not any(problem.code == "null_text" for problem in problems):
        problems.append(Problem("info", "null_text", name, f"“{value}” is read as empty."))


def _is_item(name: str) -> bool:
    """Return whether a field is part of a wallet or a social account, which are checked when they are complete."""
    first, _, rest = name.partition(".")
    return bool(rest) and first != "metadata"


def compile_step(
    field: ImportField, transforms: Sequence[str], rules: ValidationContext, *, checked: bool = True
) -> Step:
    """Return one step with the transforms and the check of a field; a usual value skips both."""
    steps = [make_transform(name, field, rules) for name in transforms]
    if checked:
        steps.append(make_check(field, rules))
    fast = fast_path(field.kind, transforms)

    def run(value: object, problems: list[Problem]) -> object:
        for step in steps:
            value = step(value, problems)
            if value is None:
                return None
        return value

    if fast is None:
        return run

    def run_fast(value: object, problems: list[Problem]) -> object:
        if value.__class__ is str and fast(value):
            return value
        return run(value, problems)

    return run_fast


def make_context(
    region: str | None = None, environment_kind: str = "sandbox", now: str | None = None
) -> ValidationContext:
    """Return the context of the values of an import. Raises UsageError for a region without phone numbers."""
    return ValidationContext(checked_region(region), environment_kind == "live", now or now_iso())


def checked_region(region: str | None) -> str | None:
    """Return the region for phone numbers; `+` when only the + is missing. Raises UsageError for another code without
    phone numbers.
    """
    if region is None or region.strip() == MISSING_PLUS:
        return region and MISSING_PLUS
    import phonenumbers

    code = region.strip().upper()
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise UsageError(
            f"{region!r} is not a region with phone numbers.",
            hint="Use a country code of two letters (DE), or + if only the + is missing.",
        )
    return code
