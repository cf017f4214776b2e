"""File formats of records, and the output files of a batch run."""

from __future__ import annotations

from pathlib import Path

from engine.frozen import frozen_value

# The formats of records files: tables, and JSON records. Workbooks can only be read.
CSV, TSV, PARQUET, WORKBOOK = "csv", "tsv", "parquet", "xlsx"
JSON_LINES, JSON = "jsonl", "json"
TEXTS = CSV, TSV, WORKBOOK
RECORDS = JSON_LINES, JSON


@frozen_value
class Targets:
    """The output files: one for decided records and, optionally, a separate one for rejected records."""

    kind: str
    decided: Path
    rejected: Path | None = None
