"""Reader for `when`: a mapping whose entries must all hold, down to single comparisons."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from engine.language.documents.nodes import Mapping, Node, Scalar, Sequence
from engine.language.documents.text import shorten
from engine.language.model.condition_tree import (
    ALWAYS,
    DATE_OPS,
    LIST_OPS,
    MEMBER_OPS,
    ORDER_OPS,
    All,
    Compare,
    Condition,
    Holds,
    Not,
    Some,
    all_of,
)
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, NONE, TEXT, YES_NO, Field
from engine.language.model.values.misfits import Misfit
from engine.language.parsing.bounds import Bound, compare, repetition
from engine.language.parsing.operands import Names, Operand, as_choice
from engine.language.parsing.reading import (
    Reading,
    Unshapely,
    read_flag,
    require_list,
    require_map,
    require_scalar,
    require_scalars,
)

_OPS = (*MEMBER_OPS, *ORDER_OPS, *DATE_OPS, *LIST_OPS, "known")


def read_condition(node: Node | None, names: Names, reading: Reading) -> Condition:
    """Read a condition.

    An entry with an unknown name or an unfit constant is recorded as a problem and replaced by a condition that always
    holds, so that reading can continue. Raises `Unshapely` for a malformed condition.
    """
    if isinstance(node, Scalar) and not node.empty:
        _refuse_sentence(node, names, reading)
    mapping = require_map(node)
    unshapely = False
    parts: list[Condition] = []
    for key, value in mapping.entries.values():
        try:
            parts.append(_entry(key, value, mapping, names, reading))
        except Unshapely:
            unshapely = True
    if unshapely:
        raise Unshapely
    return All(tuple(parts), mapping.place)


def _refuse_sentence(written: Scalar, names: Names, reading: Reading) -> None:
    """Record a condition written as a sentence, such as `weight > 30`, if it can be interpreted."""
    from engine.language.documents.yaml_spelling import on_one_line
    from engine.language.suggestions.meant_names import parse_sentence

    data = parse_sentence(written.text, names, reading) if reading.is_shown() else None
    if written.text.casefold() in ("always", "true", "yes", "otherwise", "else", "default", "any", "*"):
        message = f"`{shorten(written.text)}` is not allowed here"
        help_ = (
            "a rule that always applies has no `when`; one for all other situations has `otherwise: yes` in its place"
        )
        reading.refuse("wrong-shape", message, written.place, help_)
    if data:
        message = f"`{shorten(written.text)}` is not allowed here"
        reading.refuse("wrong-shape", message, written.place, f"a condition is a map: write `{on_one_line(data)}`")


def _entry(key: Scalar, value: Node, beside: Mapping, names: Names, reading: Reading) -> Condition:
    """Read one entry of a condition."""
    name = key.text
    if name in ("all", "any"):
        parts = tuple(read_condition(item, names, reading) for item in require_list(value))
        return All(parts, key.place) if name == "all" else Some(parts, key.place)
    if name == "not":
        return Not(read_condition(value, names, reading), key.place)
    if name in names.facts:
        return _read_fact_test(key, value, beside, names, reading)
    if name in names.steps:
        return _read_step_test(key, value, beside, names, reading)
    if name not in names.fields and name not in names.numbers:
        if reading.may_lack("unknown-name"):
            return ALWAYS
        return _refuse_unknown_name(key, value, beside, names, reading)
    subject = Operand(name, names.fields.get(name), name in names.numbers, names, reading)
    if subject.field is None and not subject.derived:
        _check_shape(value)
        return ALWAYS
    return _read_comparisons(key, value, beside, subject)


def _read_step_test(key: Scalar, value: Node, beside: Mapping, names: Names, reading: Reading) -> Condition:
    """Read a test of a step, which is compared as a choice is."""
    from engine.language.model.relations.decision_steps import compared_step

    field = names.steps[key.text]
    if field is None:
        _check_shape(value)
        return ALWAYS
    return compared_step(field, _read_comparisons(key, value, beside, Operand(key.text, field, False, names, reading)))


def _refuse_unknown_name(key: Scalar, value: Node, beside: Mapping, names: Names, reading: Reading) -> Condition:
    """Record an unknown name, with a suggestion, and read the conditions under it, if any."""
    from engine.language.documents.nodes import has_no_colon
    from engine.language.suggestions.meant_names import (
        ITEM_KEYS,
        constant_key_help,
        cut_value_help,
        joined_conditions,
        name_help,
    )

    what = "field, number, fact or step" if names.steps else "field, number or fact"
    strangers = [each for each in beside.entries if each in ITEM_KEYS]
    if key.text in strangers[1:]:
        # The problem of the first such key names all of them.
        reading.settled.add(key.place)
        return ALWAYS
    cut = cut_value_help(key, beside, names, reading) if has_no_colon(beside.entries[key.text]) else None
    if cut is not None:
        reading.settled.add(key.place)
        if cut:
            message = f"there is no {what} `{shorten(key.text)}`"
            reading.refuse("unknown-name", message, key.place, cut)
        return ALWAYS
    if key.text in names.constants:
        reading.settled.add(key.place)
        message = f"`{key.text}` is a constant, and a test begins with a {what}"
        reading.refuse("wrong-comparison", message, key.place, constant_key_help(key, value, names))
        return ALWAYS
    inside = joined_conditions(key.text, value)
    help_ = name_help(key, value, beside, names, reading) if reading.is_shown() else ""
    if help_:
        reading.refuse("unknown-name", f"there is no {what} `{shorten(key.text)}`", key.place, help_)
    else:
        reading.refuse_unknown("unknown-name", what, key, names.all())
    for each in inside or ():
        # The enclosing entry is reported already, so only problems other than shape are reported inside it.
        with suppress(Unshapely):
            read_condition(each, names, reading)
    if inside is not None or help_:
        reading.settled.add(key.place)
    else:
        _check_shape(value)
    return ALWAYS


def _check_shape(value: Node) -> None:
    """Check only the shape of a comparison whose left-hand side is unknown; raises `Unshapely`."""
    if isinstance(value, Mapping):
        for op, right in require_map(value, _OPS).entries.values():
            if op.text in MEMBER_OPS:
                for item in require_list(right):
                    require_scalar(item)
            elif isinstance(right, Mapping):
                require_scalar(require_map(right, ("field",)).get("field"))
            else:
                require_scalars(right, may_be_empty=op.text == "only")
    else:
        require_scalars(value)


def _read_fact_test(key: Scalar, value: Node, beside: Mapping, names: Names, reading: Reading) -> Condition:
    """Read a test of a fact."""
    if isinstance(value, Scalar) and value.empty:
        _refuse_empty(key, value, reading)
    if isinstance(value, Scalar):
        require_scalar(value)
        if value.plain and value.text in ("yes", "no", "true", "false"):
            return Holds(key.text, value.text in ("yes", "true"), key.place)
    elif not isinstance(value, Mapping) or not value.entries:
        _check_shape(value)
    subject = Operand(key.text, Field(key.text, key.text, YES_NO), False, names, reading)
    help_ = _foreign_help(subject, value, beside) or f"write `{key.text}: yes` or `{key.text}: no`"
    reading.refuse("wrong-comparison", f"`{key.text}` is a fact, which holds or does not", value.place, help_)
    reading.settled.add(key.place)
    return ALWAYS


def _refuse_empty(key: Scalar, value: Scalar, reading: Reading) -> None:
    """Record a yes/no field or fact without a value."""
    message = f"`{key.text}` is empty"
    reading.refuse("empty", message, value.place, f"write `{key.text}: yes` or `{key.text}: no`")


def _foreign_help(subject: Operand, value: Node, beside: Mapping) -> str:
    """The help for an entry written as in another language; empty if it is not recognised."""
    from engine.language.suggestions.comparisons_meant import map_help, text_help

    if not subject.reading.is_shown():
        return ""
    if isinstance(value, Mapping):
        return map_help(subject, value, _taken(beside))
    return text_help(subject, value.text, _taken(beside)) if isinstance(value, Scalar) else ""


def _taken(beside: Mapping) -> list[str]:
    """The words among `all`, `any` and `not` that a condition already has as keys."""
    return [word for word in ("all", "any", "not") if word in beside.entries]


def _read_comparisons(key: Scalar, value: Node, beside: Mapping, subject: Operand) -> Condition:
    """Read the comparisons of one field or derived number."""
    if isinstance(value, Mapping):
        entries = require_map(value).entries
        if any(not _applies(op, subject) for op in entries):
            _refuse_comparisons(key, value, beside, subject)
            return ALWAYS
        parts = [_read_operator(op, right, beside, subject) for op, right in entries.values()]
        return all_of(parts, key.place)
    if subject.kind() == ANY_OF and isinstance(value, Sequence) and not value.items:
        message = f"the answer to `{subject.name}` is a list, so it cannot be compared with `[]`"
        subject.reading.refuse("wrong-comparison", message, value.place, f"write `{subject.name}: {{only: []}}`")
        subject.reading.settled.add(key.place)
        return ALWAYS
    if isinstance(value, Scalar) and value.empty and subject.kind() == YES_NO:
        _refuse_empty(key, value, subject.reading)
    written = require_scalars(value)
    if subject.kind() == ANY_OF:
        options = ", ".join(item.text for item in written)
        known = subject.field.options if subject.field else ()
        sample = options if all(item.text in known for item in written) else known[0]
        some = f"`{{includes_any: [{sample}]}}`, " if len(written) > 1 else ""
        help_ = _foreign_help(subject, value, beside) or (
            f"write `{{includes: [{sample}]}}`, {some}`{{only: [{sample}]}}` or `{{excludes: [{sample}]}}`"
        )
        message = f"the answer to `{subject.name}` is a list, so it cannot be compared with `{shorten(options)}`"
        subject.reading.refuse("wrong-comparison", message, value.place, help_)
        return ALWAYS
    if isinstance(value, Sequence):
        bounds = _read_bounds(written, subject, "one_of")
        return ALWAYS if bounds is None else compare(subject.name, "one_of", bounds, key.place)
    bound = _read_bound(written[0], "is", beside, subject)
    return ALWAYS if bound is None else compare(subject.name, "is", bound, key.place)


def _read_bound(scalar: Scalar, op: str, beside: Mapping, subject: Operand) -> Bound | None:
    """Read the value of a comparison; None if it does not fit, which is recorded."""
    try:
        return subject.bound(scalar, op)
    except Misfit as misfit:
        help_ = ""
        if subject.reading.is_shown():
            from engine.language.suggestions.comparisons_meant import text_help

            help_ = text_help(subject, scalar.text, _taken(beside), op=op)
        subject.reading.refuse_misfit(Misfit(misfit.code, misfit.message, help_) if help_ else misfit, scalar.place)
        return None


def _applies(op: str, subject: Operand) -> bool:
    """Whether an operator applies to this operand."""
    if op == "known":
        return subject.field is None or bool(subject.field.absences)
    if op in LIST_OPS or op in MEMBER_OPS:
        return (op in LIST_OPS) == (subject.kind() == ANY_OF)
    return op in _OPS and subject.is_ordered() and (op in DATE_OPS) == (subject.kind() == DATE)


def _refuse_comparisons(key: Scalar, value: Mapping, beside: Mapping, subject: Operand) -> None:
    """Record the operators that are unknown or do not apply; once for the whole map if a replacement is known."""
    from engine.language.documents.name_suggestions import closest_operator
    from engine.language.suggestions.comparisons_meant import comparisons_of

    subject.reading.settled.add(key.place)
    wrong = [op for op, _ in value.entries.values() if not _applies(op.text, subject)]
    help_ = _foreign_help(subject, value, beside)
    for op in wrong[:1] if help_ else wrong:
        known = op.text in _OPS
        code = "wrong-comparison" if known else "unknown-key"
        message = f"`{op.text}` does not go with `{subject.name}`"
        if not known:
            message = f"there is no comparison `{shorten(op.text)}`"
        own = comparisons_of(subject)
        near = "" if known or not own else closest_operator(op.text, own)
        subject.reading.refuse(code, message, op.place, help_ or near or _usage_help(subject))


def _usage_help(subject: Operand) -> str:
    """The help that says how an operand of this kind is compared."""
    name, field = subject.name, subject.field
    if subject.kind() == YES_NO:
        return f"write `{name}: yes` or `{name}: no`"
    if subject.kind() == CHOICE and field:
        options = ", ".join(field.options[:2])
        return f"write the choices that fit, such as `{name}: [{options}]`, or declare it `ordered: yes`"
    if subject.kind() == TEXT:
        return "write the known texts that fit, `[a, b]`"
    from engine.language.suggestions.comparisons_meant import comparisons_of

    *others, last = (f"`{each}`" for each in comparisons_of(subject))
    return f"write {', '.join(others)} or {last}"


def _read_bounds(written: tuple[Scalar, ...], subject: Operand, op: str) -> tuple[Bound, ...] | None:
    """Read the list of values of a comparison; None if one does not fit or is repeated, which is recorded."""
    only = op if len(written) == 1 else ""
    found: dict[Any, Bound] = {}
    sound = True
    for scalar in written:
        bound = subject.reading.read_value(scalar.place, lambda scalar=scalar: subject.bound(scalar, only))  # type: ignore[misc]
        if bound is None:
            sound = False
        elif bound.value in found:
            subject.reading.refuse("repeated", repetition(bound, scalar.text), scalar.place, "keep one of the two")
            sound = False
        else:
            found[bound.value] = bound
    return tuple(found.values()) if sound else None


def _read_operator(op: Scalar, right: Node, beside: Mapping, subject: Operand) -> Condition:
    """Read one operator and its right-hand side."""
    name = op.text
    if name == "known":
        return Compare(subject.name, "known", read_flag(right), op.place)
    if name in LIST_OPS:
        values = _read_options(require_scalars(right, may_be_empty=name == "only"), subject, name)
        return ALWAYS if values is None else Compare(subject.name, name, values, op.place)
    if name in MEMBER_OPS:
        listed = _read_listed(op, right, subject)
        if listed is not None and name == "none_of" and subject.field is not None and subject.field.or_none is not None:
            listed = _with_none(listed)
        return ALWAYS if listed is None else compare(subject.name, name, listed, op.place)
    if isinstance(right, Mapping):
        from engine.language.parsing.field_comparisons import read_versus

        return read_versus(op, require_scalar(require_map(right, ("field",)).get("field")), subject)
    bound = _read_bound(require_scalar(right), name, beside, subject)
    return ALWAYS if bound is None else compare(subject.name, name, bound, op.place)


def _with_none(listed: Bound | tuple[Bound, ...]) -> Bound | tuple[Bound, ...]:
    """The values that an answer must not be, and `none` among them: without a value, no comparison holds."""
    if isinstance(listed, Bound):
        return listed if NONE in listed.value else Bound((*listed.value, NONE), listed.constant)
    return listed if any(bound.value == NONE for bound in listed) else (*listed, Bound(NONE))


def _read_listed(op: Scalar, right: Node, subject: Operand) -> Bound | tuple[Bound, ...] | None:
    """Read the list of values of `one_of` or `none_of`; None if it does not fit, which is recorded."""
    if isinstance(right, Scalar) and not right.empty:
        return _read_list_name(op, right, subject)
    return _read_bounds(tuple(require_scalar(item) for item in require_list(right)), subject, op.text)


def _read_list_name(op: Scalar, right: Scalar, subject: Operand) -> Bound | None:
    """Read the name of a list where a list is expected; None if there is no such constant, which is recorded."""
    from engine.language.parsing.named_constants import may_be_unread, named_constant

    constants = subject.names.constants
    if right.text in constants:
        return subject.reading.read_value(
            right.place, lambda: subject.listed(named_constant(right, constants[right.text]))
        )
    if may_be_unread(right, subject.reading):
        return None
    from engine.language.documents.name_suggestions import closest_name

    near = closest_name(right.text, list(constants)) if right.plain and constants else None
    if near is not None:
        message = f"there is no constant `{shorten(right.text)}`"
        subject.reading.refuse("unknown-name", message, right.place, f"did you mean `{near}`")
        return None
    help_ = ""
    if subject.reading.is_shown():
        from engine.language.suggestions.comparisons_meant import list_help

        help_ = list_help(subject, op.text, right.text)
    message = f"`{op.text}` takes a list of values"
    subject.reading.refuse("wrong-shape", message, right.place, help_ or "write the values in square brackets")
    return None


def _read_options(written: tuple[Scalar, ...], subject: Operand, op: str) -> tuple[str, ...] | None:
    """Read options of an `any_of` field, in the field's order; None if one is unknown, which is recorded."""
    field = subject.field
    if field is None:
        return None
    options = Operand(subject.name, as_choice(field), False, subject.names, subject.reading)
    bounds = _read_bounds(written, options, op)
    if bounds is None:
        return None
    named = {bound.value for bound in bounds}
    return tuple(option for option in field.options if option in named)
