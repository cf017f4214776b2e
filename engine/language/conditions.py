"""How is a `when` read? A map of which every entry must hold, down to single comparisons of known names."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from typing import Any

from engine.frozen import frozen_value
from engine.language.nodes import Mapping, Node, Scalar, Sequence
from engine.language.policy import (
    ALWAYS,
    ANY_OF,
    CHOICE,
    DATE,
    DATE_OPS,
    INTEGER,
    LIST_OPS,
    NUMBER,
    ORDER_OPS,
    SAME_ORDER,
    TEXT,
    YES_NO,
    All,
    Compare,
    Condition,
    Field,
    Holds,
    Not,
    Some,
    Value,
    Versus,
)
from engine.language.reading import Reading, Unshapely, a_list, a_map, a_scalar, scalars
from engine.language.text import shortened
from engine.language.values import Misfit, constant, read_decimal

_JOINERS = {
    "any": "write `any:`",
    "or": "write `any:`",
    "all": "write `all:`",
    "and": "write `all:`",
    "not": "write `not:`",
}
_OPS = (*ORDER_OPS, *DATE_OPS, *LIST_OPS)


@frozen_value
class Names:
    """What conditions may speak of; a field that could not be read is None and is not judged."""

    fields: AbstractMapping[str, Field | None]
    numbers: AbstractMapping[str, object]
    facts: AbstractMapping[str, object]

    def all(self) -> list[str]:
        return [*self.fields, *self.numbers, *self.facts]


def read_condition(node: Node | None, names: Names, reading: Reading) -> Condition:
    """The condition a map states; where a name or constant is wrong, that is noted and the entry counts as holding."""
    mapping = a_map(node)
    unshapely = False
    parts: list[Condition] = []
    for key, value in mapping.entries.values():
        try:
            parts.append(_entry(key, value, names, reading))
        except Unshapely:
            unshapely = True
    if unshapely:
        raise Unshapely
    return All(tuple(parts), mapping.place)


def _entry(key: Scalar, value: Node, names: Names, reading: Reading) -> Condition:
    name = key.text
    if name in ("all", "any"):
        parts = tuple(read_condition(item, names, reading) for item in a_list(value))
        return All(parts, key.place) if name == "all" else Some(parts, key.place)
    if name == "not":
        return Not(read_condition(value, names, reading), key.place)
    if name in names.facts:
        return _fact(key, value, reading)
    if name not in names.fields and name not in names.numbers:
        _unknown_name(key, value, names, reading)
        _any_test(value)
        return ALWAYS
    subject = Subject(name, names.fields.get(name), name in names.numbers, names, reading)
    if subject.field is None and not subject.derived:
        _any_test(value)
        return ALWAYS
    return _comparisons(key, value, subject)


def _unknown_name(key: Scalar, value: Node, names: Names, reading: Reading) -> None:
    """Notes a name that nothing bears, with what other tools would have meant by it."""
    help_ = _JOINERS.get(key.text.lower(), "")
    if isinstance(value, Mapping):
        inside = next((name for name in names.fields if name.startswith(f"{key.text}.")), None)
        help_ = f"write the name with its dots: `{inside}: …`" if inside else help_
    if help_:
        reading.refuse("unknown-name", f"there is no field, number or fact `{shortened(key.text)}`", key.place, help_)
    else:
        reading.unknown("unknown-name", "field, number or fact", key, names.all())


def _any_test(value: Node) -> None:
    """Refuses what no test looks like, where it cannot be judged what the test means."""
    if isinstance(value, Mapping):
        for op, right in a_map(value, _OPS).entries.values():
            if isinstance(right, Mapping):
                a_scalar(a_map(right, ("field",)).get("field"))
            else:
                _constants(right, may_be_empty=op.text == "only")
    else:
        scalars(value)


def _fact(key: Scalar, value: Node, reading: Reading) -> Condition:
    if isinstance(value, Scalar):
        a_scalar(value)
        if value.plain and value.text in ("yes", "no", "true", "false"):
            return Holds(key.text, value.text in ("yes", "true"), key.place)
    else:
        _any_test(value)
    help_ = f"write `{key.text}: yes` or `{key.text}: no`"
    reading.refuse("wrong-comparison", f"`{key.text}` is a fact, which holds or does not", value.place, help_)
    return ALWAYS


@frozen_value
class Subject:
    """The field or derived number that a test is about."""

    name: str
    field: Field | None
    derived: bool
    names: Names
    reading: Reading

    def kind(self) -> str:
        return self.field.kind if self.field else NUMBER

    def ordered(self) -> bool:
        return self.kind() in (INTEGER, NUMBER, DATE) or bool(self.field and self.field.ordered)

    def read(self, scalar: Scalar) -> Value:
        if self.field is None:
            return read_decimal(scalar)
        value = constant(self.field, scalar)
        if self.kind() == TEXT and value not in self.field.known:
            known = ", ".join(f"`{text}`" for text in self.field.known[:12])
            there = f"there is {known}" if known else "none is listed"
            help_ = f"add it to the field's `known` texts ({there})"
            raise Misfit("unknown-choice", f"`{shortened(str(value))}` is not a known text of `{self.name}`", help_)
        return value


def _comparisons(key: Scalar, value: Node, subject: Subject) -> Condition:
    if isinstance(value, Mapping):
        parts = []
        for op, right in a_map(value, _OPS).entries.values():
            parts.append(_operator(op, right, subject))
        return parts[0] if len(parts) == 1 else All(tuple(parts), key.place)
    written = scalars(value)
    if subject.kind() == ANY_OF:
        options = ", ".join(item.text for item in written)
        help_ = f"write `{{includes: [{options}]}}`, `{{only: [{options}]}}` or `{{excludes: [{options}]}}`"
        message = f"the answer to `{subject.name}` is a list, so it cannot be compared with `{shortened(options)}`"
        subject.reading.refuse("wrong-comparison", message, value.place, help_)
        return ALWAYS
    values = _values(written, subject)
    if values is None:
        return ALWAYS
    if isinstance(value, Sequence):
        return Compare(subject.name, "one_of", values, key.place)
    return Compare(subject.name, "is", values[0], key.place)


def _values(written: tuple[Scalar, ...], subject: Subject) -> tuple[Any, ...] | None:
    """Constants of the subject, without repeats; None, noted, where one does not fit."""
    found: dict[Any, None] = {}
    sound = True
    for scalar in written:
        value = subject.reading.fitted(scalar.place, lambda scalar=scalar: subject.read(scalar))  # type: ignore[misc]
        if value is None:
            sound = False
        elif value in found:
            message = f"`{shortened(scalar.text)}` stands in the list twice"
            subject.reading.refuse("repeated", message, scalar.place, "keep one of the two")
            sound = False
        else:
            found[value] = None
    return tuple(found) if sound else None


def _constants(node: Node, *, may_be_empty: bool = False) -> tuple[Scalar, ...]:
    if isinstance(node, Sequence):
        return tuple(a_scalar(item) for item in a_list(node, may_be_empty=may_be_empty))
    return (a_scalar(node),)


def _operator(op: Scalar, right: Node, subject: Subject) -> Condition:
    name = op.text
    if name in LIST_OPS:
        written = _constants(right, may_be_empty=name == "only")
        if subject.kind() != ANY_OF:
            return _wrong_operator(op, subject)
        values = _options(written, subject)
        return ALWAYS if values is None else Compare(subject.name, name, values, op.place)
    if isinstance(right, Mapping):
        other = a_scalar(a_map(right, ("field",)).get("field"))
        if not _fits_order(name, subject):
            return _wrong_operator(op, subject)
        return _versus(op, other, subject)
    scalar = a_scalar(right)
    if not _fits_order(name, subject):
        return _wrong_operator(op, subject)
    value = subject.reading.fitted(scalar.place, lambda: subject.read(scalar))
    return ALWAYS if value is None else Compare(subject.name, name, value, op.place)


def _options(written: tuple[Scalar, ...], subject: Subject) -> tuple[str, ...] | None:
    field = subject.field
    values = _values(written, Subject(subject.name, _as_choice(field), False, subject.names, subject.reading))
    if values is None or field is None:
        return None
    named = set(values)
    return tuple(option for option in field.options if option in named)


def _as_choice(field: Field | None) -> Field | None:
    """A single option of an `any_of` field is read as the choice it is."""
    return None if field is None else Field(field.name, field.ask, CHOICE, field.choices, place=field.place)


def _fits_order(op: str, subject: Subject) -> bool:
    return subject.ordered() and (op in DATE_OPS) == (subject.kind() == DATE)


def _wrong_operator(op: Scalar, subject: Subject) -> Condition:
    kind = subject.kind()
    dated = {order: dated for dated, order in SAME_ORDER.items()}
    if kind == DATE and op.text in ORDER_OPS:
        help_ = f"for a date write `{dated[op.text]}`"
    elif op.text in DATE_OPS and subject.ordered():
        help_ = f"write `{SAME_ORDER[op.text]}`"
    elif kind == CHOICE:
        help_ = "write the choices that fit, `[a, b]`" + (
            "" if op.text in LIST_OPS else ", or declare the field `ordered: yes`"
        )
    else:
        help_ = {
            YES_NO: f"write `{subject.name}: yes` or `{subject.name}: no`",
            TEXT: "write the known texts that fit, `[a, b]`",
            ANY_OF: "write `includes`, `excludes` or `only`",
        }.get(
            kind, "write `at_least`, `at_most`, `more_than` or `less_than`" if kind != DATE else "write `on_or_after`"
        )
    subject.reading.refuse("wrong-comparison", f"`{op.text}` does not go with `{subject.name}`", op.place, help_)
    return ALWAYS


def _versus(op: Scalar, other: Scalar, subject: Subject) -> Condition:
    refuse = subject.reading.refuse
    left, names = subject.field, subject.names
    if other.text in names.numbers or other.text in names.facts:
        message = f"`{other.text}` is not a field, and only two fields can be compared"
        refuse("wrong-comparison", message, other.place, "name a field, or write the sum as a derived number")
        return ALWAYS
    if other.text not in names.fields:
        subject.reading.unknown("unknown-name", "field", other, names.fields)
        return ALWAYS
    right = names.fields[other.text]
    if right is None:
        return ALWAYS
    if left is None or not left.is_grid or not right.is_grid:
        wrong = subject.name if left is None or not left.is_grid else right.name
        message = f"`{wrong}` cannot be compared with another field"
        help_ = "only integers, dates and numbers with a `step` can"
        refuse("wrong-comparison", message, other.place, help_)
    elif left.name == right.name:
        refuse("wrong-comparison", f"`{left.name}` is compared with itself", other.place, "name another field")
    elif (left.kind == DATE) != (right.kind == DATE):
        message = f"a date cannot be compared with a number: `{left.name}`, `{right.name}`"
        refuse("wrong-comparison", message, other.place, "compare two dates, or two numbers")
    elif left.unit != right.unit:
        units = f"`{left.name}` counts {left.unit or 'no unit'}, `{right.name}` {right.unit or 'no unit'}"
        refuse(
            "wrong-comparison",
            f"fields of different units cannot be compared: {units}",
            other.place,
            "give both the same `unit`",
        )
    else:
        return Versus(left.name, op.text, right.name, op.place)
    return ALWAYS
