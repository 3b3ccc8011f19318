"""Currency figures: official feeds, printed headers, and the matching of the two. Pure: bytes and values in and out."""

from readership.rates.header import change, disagreements, judged, plausible
from readership.rates.matching import Candidate, Match, OfficialDays
from readership.rates.official import on_day, read

__all__ = ["Candidate", "Match", "OfficialDays", "change", "disagreements", "judged", "on_day", "plausible", "read"]
