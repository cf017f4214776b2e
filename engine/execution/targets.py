"""Where are decided records written?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

CSV, JSON_LINES, PARQUET = "csv", "jsonl", "parquet"


@dataclass(frozen=True)
class Targets:
    """A file of a kind for the decided records, and one for the rejected, if they are to be apart."""

    kind: str
    decided: Path
    rejected: Path | None = None
