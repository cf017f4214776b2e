"""`verdict draw`: the decision diagram of a policy as a picture."""

from __future__ import annotations

from collections.abc import Callable

import click

from engine import Answers, Picture, Policy, StepPicture, draw, draw_by_facts, draw_steps
from engine.language.model.words import answer_words
from engine.problems import RecordError, UnsoundError
from engine.surfaces.cli.filesystem.delivery import deliver
from engine.surfaces.cli.filesystem.distinct_files import refuse_overwriting
from engine.surfaces.cli.filesystem.formats_by_name import choose_format
from engine.surfaces.cli.filesystem.policy_files import files_of
from engine.surfaces.cli.inputs import load_policy, read_given
from engine.surfaces.cli.one_situation import as_options, read_situation
from engine.surfaces.cli.options import file_format_option, output_option, situation_options
from engine.surfaces.cli.output import json_text
from engine.surfaces.cli.progress_line import show_progress
from engine.surfaces.cli.refusals import verdict_command
from engine.surfaces.render.pictures.picture_code import as_dot, as_mermaid
from engine.surfaces.render.pictures.picture_parts import is_wide, split_pictures
from engine.surfaces.render.pictures.picture_svg import as_svg
from engine.surfaces.render.pictures.step_picture_code import steps_as_dot, steps_as_mermaid
from engine.surfaces.render.pictures.step_picture_svg import steps_as_svg

_ENDINGS = {
    ".svg": "svg",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
    ".txt": "text",
    ".json": "json",
}


_FORMS = ("svg", "mermaid", "dot", "text", "json")


@verdict_command("draw")
@situation_options
@click.option(
    "--from",
    "given",
    multiple=True,
    metavar="FIELD=VALUE",
    help="Take an answer as given, and draw what it leaves open; may be repeated.",
)
@click.option("--single", is_flag=True, help="Draw one picture, however wide it is.")
@click.option("--steps", is_flag=True, help="Draw which decision needs what, instead of the questions in order.")
@file_format_option("svg", *_FORMS)
@output_option
def command(
    policy: str,
    record: str | None,
    settings: tuple[str, ...],
    given: tuple[str, ...],
    single: bool,
    steps: bool,
    asked: str | None,
    output: str,
) -> None:
    """Draw the questions of a policy, in the order that needs the fewest, and where the answers lead.

    With a RECORD or `--set`, the path of these answers is highlighted as far as they go.

    A picture wider than a window is split: one picture for the verdict, then a small one for each fact, and as SVG into
    as many parts as necessary. Text and JSON are never split.

    With `--steps`, the steps of the policy are drawn instead, with the questions and the other steps that each of them
    needs.
    """
    if steps:
        if record is not None or settings or given or single:
            raise click.UsageError("`--steps` draws no answers: leave out RECORD, `--set`, `--from` and `--single`")
        _draw_steps(policy, asked, output)
        return
    loaded, answers = read_situation(policy, record, settings)
    refuse_overwriting([output], [*files_of(loaded), *([record] if record else [])])
    form = choose_format(output, asked, _ENDINGS, "svg")
    try:
        fixed = read_given(loaded, given)
        with show_progress():
            pictures = _pictures(loaded, answers, fixed, single=single or form in ("text", "json"))
    except RecordError as error:
        raise RecordError(as_options(error.problems)) from None
    words = [
        f"{loaded.field[name].ask} {answer_words(loaded.field[name], value)}" for name, value in fixed.values.items()
    ]
    deliver(form, _render(form, pictures, words, single), output)


def _draw_steps(name: str, asked: str | None, output: str) -> None:
    """Draw which decision needs what."""
    policy = load_policy(name)
    refuse_overwriting([output], files_of(policy))
    form = choose_format(output, asked, _ENDINGS, "svg")
    picture = draw_steps(policy)
    if form == "json":
        deliver(form, json_text(picture.to_dict()), output)
        return
    renders: dict[str, Callable[[StepPicture], str]] = {
        "svg": steps_as_svg,
        "mermaid": steps_as_mermaid,
        "dot": steps_as_dot,
        "text": str,
    }
    deliver(form, renders[form](picture), output)


def _pictures(policy: Policy, answers: Answers, given: Answers, *, single: bool) -> list[Picture]:
    """One picture; if it is too wide or too large and may be split, one for the verdict and one for each fact."""
    try:
        picture = draw(policy, answers, given=given)
        if single or not policy.facts or not is_wide(picture):
            return [picture]
    except UnsoundError:
        if single or not policy.facts:
            raise
    return list(draw_by_facts(policy, answers, given=given))


def _render(form: str, pictures: list[Picture], given: list[str], single: bool) -> str:
    """The pictures in a format."""
    if form == "svg":
        return as_svg(*(pictures if single else split_pictures(pictures)), given=given)
    if form in ("mermaid", "dot"):
        return {"mermaid": as_mermaid, "dot": as_dot}[form](*pictures)
    return str(pictures[0]) if form == "text" else json_text(pictures[0].to_dict())
