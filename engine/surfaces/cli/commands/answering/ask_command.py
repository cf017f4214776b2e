"""`verdict ask`: an interview in the terminal or over a pipe, with as few questions as possible."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from engine import Answers, Field, Interview, Policy, Problem, RecordError, interview, plan
from engine.language.documents.list_text import read_list, write_list
from engine.language.documents.text import shorten
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, NONE, TEXT, UNSURE, YES_NO
from engine.language.model.near_texts import near_text
from engine.language.model.values.value_texts import expected
from engine.language.model.words import answer_words
from engine.language.situations.situation_records import read_settings
from engine.surfaces.cli.inputs import STDIN
from engine.surfaces.cli.one_situation import read_situation
from engine.surfaces.cli.options import format_option, record_options
from engine.surfaces.cli.output import (
    EXIT_FAILS,
    EXIT_HOLDS,
    EXIT_UNREADABLE,
    fail,
    say,
    say_json,
    say_result,
    tell,
    tell_on_line,
    tell_problems,
)
from engine.surfaces.cli.progress_line import show_progress
from engine.surfaces.cli.refusals import verdict_command

WHY, BACK, NOT_SURE, STOP = "?", "b", "u", "q"


@verdict_command("ask")
@record_options
@click.option("--plan", "as_plan", is_flag=True, help="Print the question plan without asking.")
@format_option()
def command(policy: str, record: str | None, settings: tuple[str, ...], draft: bool, as_plan: bool, form: str) -> None:
    """Ask as few questions as possible, one at a time, until the verdict is certain.

    Answer with the number of a choice, or with the answer itself; `?` tells why a question is asked, `b` goes back, `u`
    says that you are not sure, where that is allowed, and `q` stops. What RECORD and `--set` answer is not asked.

    Answers may also come line by line over a pipe. If a line is not a valid answer, the question is asked again; as the
    lines after it may have been meant for other questions, the exit code is then 2.
    """
    as_json = form == "json"
    if policy == STDIN and not as_plan:
        raise click.UsageError("the policy cannot come from standard input: the answers do")
    if record == STDIN:
        raise click.UsageError("the record cannot come from standard input: the answers do")
    loaded, answers = read_situation(policy, record, settings)
    if as_plan:
        _say_plan(loaded, as_json)
        return
    with show_progress():
        begun = interview(loaded, answers, draft=draft)
    done, refused = _run_interview(begun)
    if as_json:
        say_json(done.to_dict())
    else:
        say(str(done.decision))
    if refused and not _is_terminal():
        many = "1 line was not a valid answer" if refused == 1 else f"{refused} lines were not valid answers"
        fail(f"{many}: see above whether each line after it answered the question that it was meant for")
        raise click.exceptions.Exit(EXIT_UNREADABLE)
    raise click.exceptions.Exit(EXIT_HOLDS if done.decision.verdict is not None else EXIT_FAILS)


def _say_plan(policy: Policy, as_json: bool) -> None:
    """Print the question plan; ends the command with exit code 1 if it is too large."""
    with show_progress():
        found = plan(policy)
    if found is None:
        message = "the plan is too large to compute; `verdict ask` still asks what can matter, in the file's order"
        fail(message)
        raise click.exceptions.Exit(EXIT_FAILS)
    say_result(found, as_json=as_json)


def _run_interview(begun: Interview) -> tuple[Interview, int]:
    """Ask until the verdict is certain, the input ends or the user stops.

    Returns the interview and the number of lines that were not valid answers.
    """
    at, refused, warned = begun, 0, ""
    if at.question is not None:
        _tell_beginning(at.policy)
    while (question := at.question) is not None:
        _tell_question(question, bool(at.asked))
        while at.question is question:
            line = _read_line()
            word = None if line is None else line.strip()
            if word is None:
                tell("")
                what = "the verdict was certain" if at.decision.verdict is None else "all outputs were certain"
                fail(f"the answers ended before {what}")
                return at, refused
            if word in _commands(question):
                if word == STOP:
                    return at, refused
                if word == WHY:
                    _tell_why(at)
                elif at.asked:
                    with show_progress():
                        at = at.back()
                    break
                else:
                    tell("  this is the first question")
                continue
            near = near_text(question.known, word) if _is_terminal() and word != warned else None
            if near is not None:
                warned = word
                here, there = shorten(word), shorten(near)
                tell(f"  the rules know `{there}`, not `{here}`: type `{there}`, or `{here}` once more to keep it")
                continue
            following = _try_answer(at, question, word)
            if following is None:
                refused += 1
            else:
                at = following
    return at, refused


def _commands(question: Field) -> set[str]:
    """The single-letter commands available at a question; a letter that is also an answer counts as the answer."""
    answers = {word for option in _options(question) for word in option} | {*question.known}
    return {WHY, BACK, STOP} - answers


def _is_terminal() -> bool:
    """Whether the answers are typed at a terminal."""
    return bool(sys.stdin and sys.stdin.isatty())


def _read_line() -> str | None:
    """The next line of the answers, echoed if it comes from a pipe; None at the end of input."""
    if _is_terminal():
        tell_on_line("> ")
    try:
        line = sys.stdin.readline() if sys.stdin else ""
    except UnicodeDecodeError:
        fail("the answers are not UTF-8 text")
        raise click.exceptions.Exit(EXIT_UNREADABLE) from None
    if line and not _is_terminal():
        tell(f"> {line.rstrip()}")
    return line or None


def _try_answer(at: Interview, question: Field, word: str) -> Interview | None:
    """The interview after an answer; None, after printing what is wrong, if the answer is not valid."""
    try:
        given = _read(at.policy, question, word)
        with show_progress():
            return at.answer(UNSURE if given.assumed else given.values[question.name])
    except RecordError as error:
        if _options(question) and all(each.code != "impossible-situation" for each in error.problems):
            fail(f"`{shorten(word)}` is not one of the answers above; type {_hint(question)}")
        else:
            tell_problems(Problem(each.code, each.message, (), each.help, each.severity) for each in error.problems)
        return None


def _read(policy: Policy, question: Field, word: str) -> Answers:
    """Read a typed answer: the number of an option, its text, or the value itself; raises `RecordError`."""
    shown = _options(question)
    if not word:
        message = f"`{question.name}` is not answered"
        raise RecordError.of("wrong-type", message, (), f"type {_hint(question)}")
    if word == NOT_SURE and question.if_unsure is not None and all(NOT_SURE not in option for option in shown):
        return Answers({question.name: question.if_unsure}, {question.name: question.if_unsure})
    if question.kind == ANY_OF:
        parts = [] if word.lower() in ("0", "none") else read_list(word)
        return read_settings(policy, {question.name: write_list(_option(shown, part) for part in parts)})
    if question.kind == YES_NO:
        word = {"y": "yes", "n": "no"}.get(word.lower(), word)
    return read_settings(policy, {question.name: _option(shown, word)})


def _option(shown: list[tuple[str, str]], word: str) -> str:
    """The value of the option with this number or text; any other word is returned as it is."""
    if word.isdecimal() and 0 < int(word) <= len(shown):
        return shown[int(word) - 1][0]
    return next((value for value, text in shown if text.lower() == word.lower()), word)


def _options(question: Field) -> list[tuple[str, str]]:
    """The numbered options of a question, as pairs of value and text; empty for kinds without options."""
    if question.kind in (CHOICE, ANY_OF):
        return list(question.choices)
    if question.kind != YES_NO:
        return []
    return [("yes", "yes"), ("no", "no"), *([] if question.or_none is None else [(NONE, question.or_none)])]


def _tell_beginning(policy: Policy) -> None:
    """Print the title and description of the policy, and how to stop."""
    tell(policy.title)
    if policy.about:
        tell("")
        tell(policy.about.strip())
    tell("")
    tell(f"One question at a time, and only what can still matter; {STOP} stops.")


def _tell_question(question: Field, may_go_back: bool) -> None:
    """Print a question with its options and a hint."""
    tell("")
    tell(question.ask)
    for number, (_, text) in enumerate(_options(question), start=1):
        tell(f"  {number}  {text}")
    if question.or_none is not None and not _options(question):
        tell(f"  {NONE}  {question.or_none}")
    if question.if_unsure is not None:
        tell(f"  {NOT_SURE}  I am not sure (read as: {answer_words(question, question.if_unsure)})")
    tell(f"  ({_hint(question)}; {WHY} why I am asked{f', {BACK} back' if may_go_back else ''})")


def _hint(question: Field) -> str:
    """What kind of answer to type."""
    if question.kind == ANY_OF:
        return "numbers with commas between them, 0 for none of them"
    if question.kind in (CHOICE, YES_NO):
        return "a number"
    if question.kind == TEXT:
        texts = [text for text in question.known if question.or_none is None or text != NONE]
        return f"a text, such as {' or '.join(texts[:3])}" if texts else "a text"
    unit = f", in {question.unit}" if question.unit else ""
    example = ", such as 2026-01-31" if question.kind == DATE and "2" not in expected(question) else ""
    return f"{expected(question)}{unit}{example}"


def _tell_why(at: Interview) -> None:
    """Print why a question is asked: the verdicts still possible, and the effect of each answer."""
    for line in _reasons(at):
        tell(f"  {line}")


def _reasons(at: Interview) -> Iterator[str]:
    """The lines of that explanation."""
    verdicts = at.policy.verdict
    with show_progress():
        outlook = at.outlook()
    opened = at.decision.open_outputs
    if opened:
        yield f"your answer can change {' and '.join(f'`{name}`' for name in opened)}; the verdict is certain"
        return
    yield "your answer can change the verdict, which can still be"
    yield from (f"  - {verdicts[name].title}" for name in at.decision.possible)
    for words, decision in outlook:
        if decision is None:
            yield f"`{words}` cannot be, after the answers before"
        elif decision.verdict is not None:
            yield f"`{words}` settles it: {verdicts[decision.verdict].title}"
        else:
            yield f"`{words}` leaves {len(decision.possible)} verdicts possible"
