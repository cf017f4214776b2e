"""Where are decided records written?"""

from __future__ import annotations

from pathlib import Path

from engine.frozen import frozen_value

# What files of records can be: tables, and records one by one. Workbooks are read only.
CSV, TSV, PARQUET, WORKBOOK = "csv", "tsv", "parquet", "xlsx"
JSON_LINES, JSON = "jsonl", "json"
TEXTS = CSV, TSV, WORKBOOK
RECORDS = JSON_LINES, JSON


@frozen_value
class Targets:
    """A file of a kind for the decided records, and one for the rejected, if they are to be apart."""

    kind: str
    decided: Path
    rejected: Path | None = None
