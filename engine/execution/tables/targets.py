"""Where are decided records written?"""

from __future__ import annotations

from pathlib import Path

from engine.frozen import frozen_value

CSV, JSON_LINES, PARQUET = "csv", "jsonl", "parquet"


@frozen_value
class Targets:
    """A file of a kind for the decided records, and one for the rejected, if they are to be apart."""

    kind: str
    decided: Path
    rejected: Path | None = None
