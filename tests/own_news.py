"""Short news of our own making, language, topic, countries, title, body."""

from pathlib import Path

_ROWS = [line.split("\t") for line in Path(__file__).with_suffix(".tsv").read_text(encoding="utf-8").splitlines()]
NEWS = [
    (language, topic, set(countries.strip("-").split()), title, body)
    for language, topic, countries, title, body in (row for row in _ROWS if not row[0].startswith("#"))
]
