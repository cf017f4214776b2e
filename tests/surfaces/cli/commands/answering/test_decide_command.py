"""What does `verdict decide` print, on which stream, and with which exit code?"""

from __future__ import annotations

import pytest

from engine import check, load
from tests.support.running import Result, run
from tests.surfaces.cli.commands.picnics import PICNIC, data, place, write

pytestmark = pytest.mark.usefixtures("folder")

DRY = """\
In the garden

Why
  It is pleasant outside.  (dry)

What you must do
  - Bring rugs.
"""


def test_decide_says_why() -> None:
    """The verdict first, then why, and what to do."""
    assert run("decide", "picnic.yaml", "--set", "rain=no") == Result(DRY, "", 0)


def test_decide_prints_json() -> None:
    """A decision as JSON: every key, also those without a value."""
    result = run("decide", "picnic.yaml", "--set", "rain=no", "--format", "json")
    assert (result.err, result.code) == ("", 0)
    assert data(result) == {
        "policy": "picnic",
        "version": "2",
        "sha256": load("picnic.yaml").sha256,
        "outcome": "decided",
        "verdict": "garden",
        "rules": ["dry"],
        "possible_rules": [],
        "title": "In the garden",
        "must": ["Bring rugs."],
        "advice": [],
        "because": ["It is pleasant outside."],
        "cites": [],
        "output": {"tables": 0},
        "open_outputs": [],
        "assumed": {},
        "possible": ["garden"],
        "ask": None,
        "completions": None,
        "situations": {},
        "faults": [],
        "draft": False,
        "notes": [],
        "steps": {},
    }


def test_decide_shows_what_was_assumed() -> None:
    """An answer `unsure` is read as the author wrote, and the reading is shown."""
    result = run("decide", "picnic.yaml", "--set", "rain=unsure", "--set", "guests=4")
    assert result.out.split("\n\n")[-1] == ("Taken as answered, where you were not sure\n  Does it rain? yes\n")
    assert result.out.startswith("In the kitchen\n")
    found = data(run("decide", "picnic.yaml", "--set", "rain=unsure", "--format", "json"))
    assert (found["verdict"], found["assumed"]) == ("kitchen", {"rain": True})


def test_decide_asks_where_it_is_undecided() -> None:
    """Undecided ends with 1; the verdicts that can come and a question that helps are named."""
    result = run("decide", "picnic.yaml", "--set", "guests=4")
    assert (result.err, result.code) == ("", 1)
    assert result.out.splitlines()[0].startswith("Not decided yet")
    assert [title in result.out for title in ("In the garden", "In the kitchen", "Does it rain?", "(rain)")] == [
        True
    ] * 4
    result = run("decide", "picnic.yaml", "--format", "json")
    keys = ("outcome", "verdict", "title", "rules", "possible", "ask", "faults")
    assert [data(result)[key] for key in keys] == ["undecided", None, None, [], ["garden", "kitchen"], "rain", []]
    assert result.code == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("record.json", '{"rain": false, "guests": 12}'),
        ("record.yaml", "rain: no\nguests: 12\n"),
        ("record.txt", '{"guests": 12.0, "rain": false}'),
        ("-", '{"rain": false}'),
        ("-", "rain: no"),
    ],
)
def test_decide_reads_a_record(name: str, text: str) -> None:
    """The answers of a JSON file, a YAML file or standard input, whatever the file is called."""
    if name != "-":
        write(name, text)
    assert run("decide", "picnic.yaml", name, stdin=text.encode()) == Result(DRY, "", 0)


def test_decide_adds_settings_to_a_record() -> None:
    """`--set` answers what the record leaves out, and is refused where it answers twice."""
    write("record.json", '{"guests": 12}')
    assert run("decide", "picnic.yaml", "record.json", "--set", "rain=no") == Result(DRY, "", 0)
    twice = run("decide", "picnic.yaml", "record.json", "--set", "guests=12")
    expected = "--set: guests  answered-twice  `guests` is answered in the record too\n  help  keep one of the two\n"
    assert twice == Result("", expected, 2)


def test_decide_reads_the_policy_from_standard_input() -> None:
    """`-` as the policy, with the record in a file or in settings; not both from one stream."""
    write("record.yaml", "rain: no")
    assert run("decide", "-", "record.yaml", stdin=PICNIC.encode()) == Result(DRY, "", 0)
    assert run("decide", "-", "--set", "rain=no", stdin=PICNIC.encode()) == Result(DRY, "", 0)
    both = run("decide", "-", "-", stdin=PICNIC.encode())
    assert (both.out, both.code) == ("", 2)
    assert both.err.splitlines()[-1] == "Error: the policy and the record cannot both come from standard input"


def test_decide_refuses_a_record_with_every_problem() -> None:
    """All that is wrong with a record on stderr, each with a help, and nothing on stdout."""
    write("record.json", '{"rain": "perhaps", "guest": 3, "guests": 31}')
    result = run("decide", "picnic.yaml", "record.json")
    assert (result.out, result.code) == ("", 2)
    lines = result.err.splitlines()
    assert [line.split("  ")[:2] for line in lines if not line.startswith("  ")] == [
        ["record.json: rain", "wrong-type"],
        ["record.json: guest", "unknown-field"],
        ["record.json: guests", "out-of-range"],
    ]
    assert "  help  did you mean `guests`" in lines


def test_decide_refuses_a_record_in_json() -> None:
    """The same as JSON on stdout, with the path of each answer."""
    result = run("decide", "picnic.yaml", "--set", "guest=3", "--format", "json")
    assert (result.err, result.code) == ("", 2)
    assert data(result) == {
        "problems": [
            {
                "code": "unknown-field",
                "severity": "error",
                "message": "there is no field `guest`",
                "places": [place("--set", path="guest")],
                "help": "did you mean `guests`",
            }
        ]
    }


def test_decide_refuses_an_unsound_policy() -> None:
    """A policy that is not proved decides nothing: the findings on stderr, and exit code 1."""
    result = run("decide", "hole.yaml", "--set", "rain=no")
    assert (result.out, result.code) == ("", 1)
    problems = [str(finding.problem()) for finding in check(load("hole.yaml")).errors]
    assert result.err.startswith("\n".join(problems) + "\n")
    assert "--draft" in result.err.removeprefix("\n".join(problems))


def test_decide_refuses_an_unsound_policy_in_json() -> None:
    """The findings as problems, beside the policy's identity."""
    policy = load("hole.yaml")
    result = run("decide", "hole.yaml", "--set", "rain=no", "--format", "json")
    assert data(result) == {
        "policy": "hole",
        "sha256": policy.sha256,
        "problems": [finding.problem().to_dict() for finding in check(policy).errors],
    }
    assert (result.err, result.code) == ("", 1)


def test_decide_tries_a_draft() -> None:
    """With `--draft` a gap and a conflict are named as such, without a verdict, and end with 1."""
    gap = run("decide", "hole.yaml", "--draft", "--set", "rain=yes", "--set", "guests=9")
    assert gap.code == 1
    assert "No verdict: this is a gap of the draft\n\n  No rule stands in this situation.\n" in gap.out
    settings = ("--set", "rain=no", "--set", "guests=2", "--set", "children=yes")
    conflict = run("decide", "hole.yaml", "--draft", *settings)
    assert conflict.code == 1
    assert conflict.out.endswith(
        "No verdict: this is a conflict of the draft\n\n  These rules disagree:\n"
        "  - dry: “In the garden”\n  - small: “In the kitchen”\n"
    )
    found = data(run("decide", "hole.yaml", "--draft", *settings, "--format", "json"))
    keys = ("outcome", "verdict", "rules", "possible", "faults")
    assert [found[key] for key in keys] == [
        "conflict",
        None,
        ["dry", "small"],
        ["garden", "kitchen"],
        ["conflict"],
    ]


def test_decide_tries_a_partial_record_of_a_draft() -> None:
    """An undecided draft names the faults that can still come beside the verdicts."""
    result = run("decide", "hole.yaml", "--draft", "--set", "rain=no", "--format", "json")
    found = data(result)
    assert [found[key] for key in ("outcome", "possible", "faults", "ask")] == [
        "undecided",
        ["garden"],
        ["conflict"],
        "guests",
    ]
    assert result.code == 1


@pytest.mark.parametrize("number", ["1e99999999999999999999", "-1e-99999999999999999999", "1" + "0" * 5000])
def test_decide_refuses_a_number_beyond_every_number(number: str) -> None:
    """A JSON number too long to hold is out of range, like every other beyond the field's ends."""
    result = run("decide", "picnic.yaml", "-", stdin=f'{{"guests": {number}}}'.encode())
    refused = "<stdin>: guests  out-of-range  `guests`: a number of more than 400 digits is not supported\n"
    assert result == Result("", refused + "  help  compare the unit\n", 2)
