"""Where does the way change in which a column is read, a table decided or a chain proved? Each such number, small.

A drawn table is small; what is done otherwise with a large one is done with it where the number is smaller still.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any
from unittest import mock

from hypothesis import strategies as st

# Module and name, and the values that it is tried with beside its own.
_SMALL: Mapping[tuple[str, str], tuple[Any, ...]] = {
    # How cells and numbers are read.
    ("columns.cell_answers", "_MANY"): (0, 3),
    ("columns.cell_answers", "_MOST_PLAIN"): (0, 2),
    ("columns.numeric", "_MOST_UNITS"): (1.0, 100.0),
    ("columns.numeric", "_MOST_PLACES"): (0, 1),
    ("columns.numeric", "_WORDS"): (0,),
    ("columns.answers", "_MOST_INT"): (0, 1000),
    ("columns.string_views", "_MOST_TEXTS"): (0, 1),
    ("frames.polars_frames", "_MOST_CATEGORIES"): (0, 1, 2),
    # How a question is asked of a column.
    ("columns.polars_columns", "_MOST_TEXTS"): (0, 2),
    ("columns.polars_columns", "_FEW"): (0, 1),
    ("kernels.polars_rows", "_MOST_TESTS"): (0, 5),
    ("kernels.polars_rows", "_NESTED"): (2,),
    ("kernels.bit_sliced", "_FEW"): (0, 3),
    ("kernels.cell_codes", "_MOST_LISTED"): (0, 3),
    # Which way a row is led, and how many rows at once.
    ("kernels.row_decider", "_MOST_TESTS"): (0,),
    ("kernels.lookups", "_WORTH"): (0,),
    ("kernels.level_tables", "_MOST_AXES"): (1,),
    ("kernels.level_tables", "_MOST_ENTRIES"): (8,),
    ("kernels.tree_walk", "_AT_ONCE"): (1, 3),
    ("kernels.tree_walk", "_MOST_ENTRIES"): (8,),
    ("frames.polars_frames", "_AT_ONCE"): (1, 3),
    ("kernels.table_verdicts", "_AT_ONCE"): (8,),
    ("kernels.blocks", "_QUICK"): ((1, 2), (4, 8)),
    ("kernels.blocks", "_SLOW"): ((1, 2), (4, 8)),
}
Chosen = tuple[tuple[tuple[str, str], Any], ...]


def thresholds() -> st.SearchStrategy[Chosen]:
    """Some of the numbers, each with a small value; the others stay as they are."""
    each = [st.sampled_from([(key, value) for value in values]) for key, values in _SMALL.items()]
    some = st.lists(st.one_of(each), max_size=len(each), unique_by=lambda chosen: chosen[0])
    return some.map(tuple)


@contextmanager
def as_chosen(chosen: Chosen) -> Iterator[None]:
    """The numbers as chosen, for as long as this lasts."""
    with ExitStack() as stack:
        for (module, name), value in chosen:
            found = import_module(f"engine.execution.tables.{module}")
            stack.enter_context(mock.patch.object(found, name, value))
        yield


# So many rules that the steps of no policy are written out, or those of every policy.
NONE, ALL = -1, 10**9


@contextmanager
def with_steps_written_out(most: int) -> Iterator[None]:
    """For as long as this lasts, what conditions read of steps is written out in proofs of at most so many rules."""
    with mock.patch("engine.meaning.logic.MOST_WRITTEN_OUT", most):
        yield
