"""What a report's records say of the text in its figures."""

import json
from pathlib import Path


def illegible_figures(reports: Path) -> dict[str, list[str]]:
    """Return, by figure, what of its text can't be read at final size."""
    records = json.loads((reports / "figures" / "index.json").read_text(encoding="utf-8"))
    assert records
    return {record["name"]: record["illegible"] for record in records if record["illegible"]}
