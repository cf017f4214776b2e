"""Is the table of the rules as they are written the rules, in every format, and does it fit a window of any width?"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from engine import Policy, load, tabulate, tabulate_rules
from engine.budget import Budget
from engine.bundled import shipped_policies
from engine.language.model.condition_tree import Condition, Holds, as_written, comparisons_in
from engine.meaning.formulas import common_ground
from engine.meaning.logic import Logic
from engine.meaning.reference import Situation
from engine.surfaces.render.rule_csv import write_rule_csv
from engine.surfaces.render.sheets import sheet_of_rules, sheet_of_table
from engine.surfaces.render.table_markup import as_html
from tests.analysis.showing.test_tabulation import as_rules
from tests.support.browser import headless_browser
from tests.support.by_day import draw_by_day, some
from tests.support.drawing.rule_tables import Drawn
from tests.support.drawing.rule_tables import tables as tables_of_rules
from tests.support.drawing.strategies import policies, records
from tests.support.judging.cases import as_values
from tests.support.making.picnic import STORM_PICNIC
from tests.support.running import run

SHIPPED = tuple(shipped_policies())
WIDTHS = (360, 800, 1280, 1900)


@pytest.mark.thorough
@draw_by_day(75)
@given(data=st.data())
def test_each_row_asks_for_what_its_rule_asks_for(data: st.DataObject) -> None:
    """Cells and what stands beside them hold together where the rule's `when` does, each cell about its own column."""
    drawn = data.draw(policies())
    policy = load(drawn)
    table = tabulate_rules(policy)
    assert [row.rule for row in table.rows] == list(policy.rule)
    for _ in range(4):
        [values] = as_values(policy, [data.draw(records(drawn, unsure=False))])
        situation = Situation(policy, values)
        for row, rule in zip(table.rows, policy.rules, strict=True):
            assert situation.holds(row.when) == situation.holds(rule.when)
    for row, rule in zip(table.rows, policy.rules, strict=True):
        assert (row.verdict, row.because, row.overrides) == (rule.then, rule.because, rule.overrides)
        assert (row.otherwise, row.cites, row.added) == (rule.otherwise, rule.cites, rule.added)
        assert [bool(words) for words in row.words] == [cell is not None for cell in row.cells]
        for column, cell in zip(table.columns, row.cells, strict=True):
            assert cell is None or _names(as_written(cell)) == {column.name}


def _names(condition: Condition) -> set[str]:
    return {test.fact if isinstance(test, Holds) else test.name for test in comparisons_in(condition)}


@pytest.mark.thorough
@draw_by_day(75)
@given(drawn=tables_of_rules())
def test_a_table_of_rules_comes_out_as_the_table_it_is(drawn: Drawn) -> None:
    """As CSV the rules of a table are a table of the very same rules, under the same heads."""
    policy = drawn.read()
    saved = write_rule_csv(policy, tabulate_rules(policy))
    assert saved.unsaid == ()
    again = as_rules(policy.to_dict(), saved.text, policy.decision)
    kept = [(rule.name, rule.then, rule.because, rule.cites, rule.added, rule.otherwise) for rule in policy.rules]
    blank = any(row == [""] * len(row) for _, row in drawn.written)
    if not blank or "rule" in saved.text.partition("\n")[0].split(","):
        assert [(rule.name, rule.then, rule.because, rule.cites, rule.added, rule.otherwise)
                for rule in again.rules] == kept  # fmt: skip
    assert not _differ(policy, again)


def _differ(one: Policy, other: Policy) -> list[str]:
    """The rules that do not apply in the very same situations."""
    ground = common_ground(one, other)
    first, second = Logic(one, ground), Logic(other, ground)
    negation = ground.formulas.negation
    return [
        rule.name
        for rule, left, right in zip(one.rules, first.applies, second.applies, strict=True)
        for here, there in ((left, right), (right, left))
        if first.query_of_all([here, negation[there]]).exists(Budget(1_000_000))
    ]


@pytest.mark.thorough
@settings(max_examples=80)
@given(data=policies())
def test_a_csv_file_is_the_same_rules_or_none(data: dict[str, Any]) -> None:
    """What no table of rules can say stands in a column that is refused where one is read."""
    policy = load(data)
    saved = write_rule_csv(policy, tabulate_rules(policy))
    rows = list(csv.DictReader(io.StringIO(saved.text)))
    assert len(rows) == len(policy.rules)
    assert set(saved.unsaid) <= {"also", "overrides"}
    assert ("overrides" in saved.unsaid) == any(rule.overrides or rule.overrides_all for rule in policy.rules)
    if not saved.unsaid:
        assert not _differ(policy, as_rules(policy.to_dict(), saved.text, policy.decision))
    else:
        assert set(saved.unsaid) <= rows[0].keys()


def test_the_shipped_table_keeps_its_columns() -> None:
    """The columns stand in the order of the file."""
    written = run("table", "parcel-prices", "--written", "--format", "csv")
    assert written.out.splitlines()[0] == "rule,zone,size,weight,express,then,because"
    assert (written.err, written.code) == ("", 0)


def test_the_rules_as_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row a rule under the policy's own names, which are told below."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "110")
    Path("picnic.yaml").write_text(json.dumps(STORM_PICNIC), encoding="utf-8")
    assert run("table", "picnic.yaml", "--written").out.splitlines() == [
        "Where do we eat?",
        "",
        "-  any answer",
        "",
        "rule   rain  wind     guests     Verdict         Because                  Overrides",
        "─────  ────  ───────  ─────────  ──────────────  ───────────────────────  ─────────────────────────────────",
        "dry    no    -        -          In the garden   It is pleasant outside.",
        "wet    yes   -        -          In the kitchen  Nobody likes wet bread.",
        "storm  -     A storm  at most 8  In the kitchen  Plates would fly.        dry: Dry or not, it is too windy.",
        "",
        "3 rules; all rules that apply must agree, but for those that another one overrides",
        "",
        "rain    Does it rain?",
        "wind    How windy is it?",
        "guests  How many come?",
    ]


def test_what_fits_no_column_stands_beside() -> None:
    """`any` over two subjects, comparisons of a subject in two ways, and the rest of a `first` list."""
    table = tabulate_rules(load("air-passenger-rights"))
    rows = {row.rule: row for row in table.rows}
    assert rows["middle-flight"].also_words[0].startswith("How far is it, as the crow flies? at most 3500 km or (")
    assert rows["long-flight"].also_words == ("in every other case",)
    assert not any(rows["middle-flight"].cells)


def test_which_options_go_together() -> None:
    """The written rules are neither disjoint nor short; fewer of them are told to be fewer, and never a CSV file."""
    for flag in ("--disjoint", "--short"):
        assert run("table", "other-interviews", "--written", flag).code == 2
    few = run("table", "other-interviews", "--written", "--rows", "2")
    assert "only the first 2 of 6 rules are shown" in few.out
    assert few.err == "verdict: 4 of 6 rows are left out; `--all` shows them\n"
    assert run("table", "other-interviews", "--written", "--rows", "2", "--format", "csv").code == 2
    assert run("table", "rules/drafts/no-such.yaml", "--written").code == 2


def test_json_has_the_conditions_and_the_overrides() -> None:
    """Each row has its rule's `when` as a map of the language."""
    found = json.loads(run("table", "other-interviews", "--written", "--format", "json").out)
    assert [column["subject"] for column in found["columns"]][:2] == [["offer"], ["settled"]]
    row = found["rows"][5]
    assert (row["rule"], row["when"]) == (
        "second-offer",
        {"offer": "made", "good_enough": False, "able_to_bargain": True},
    )
    assert list(row["overrides"]) == ["short-of-hopes", "not-good-enough"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for all pages."""
    with headless_browser() as found:
        yield found


@pytest.mark.thorough
@pytest.mark.parametrize("name", some(SHIPPED))
def test_a_page_is_never_wider_than_the_window(browser: Browser, name: str) -> None:
    """On a telephone and on a wide screen all rows are there, with every test, verdict and reason, and on paper too."""
    policy = load(name)
    for sheet in (sheet_of_rules(tabulate_rules(policy)), sheet_of_table(tabulate(policy, disjoint=False))):
        page = browser.new_page()
        page.set_content(as_html(sheet))
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.locator("tbody tr").count() == len(sheet.rows)
            for row, shown in zip(sheet.rows, page.locator("tbody tr").all_inner_texts(), strict=True):
                assert all(" ".join(text.split()) in " ".join(shown.split()) for text in row)
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 1040, "height": 720})
        assert page.evaluate("document.documentElement.scrollWidth") <= 1040
        assert page.locator("dt").all_inner_texts() == [head.name for head in sheet.heads if head.means]
        page.close()


@pytest.mark.thorough
def test_heads_are_names_and_cards_leave_out_what_is_not_asked(browser: Browser) -> None:
    """A head tells its question where one points at it; a narrow page shows the cells that say something alone."""
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.set_content(as_html(sheet_of_rules(tabulate_rules(load("other-interviews")))))
    assert page.locator("abbr").first.get_attribute("title") == "How far has the job offer got?"
    assert page.locator("td.any:visible").count() == 0
    page.set_viewport_size({"width": 1600, "height": 800})
    assert page.locator("td.any:visible").count() == 17
    page.close()
