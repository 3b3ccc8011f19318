"""The report: a few readable pages on a selection, as PDF (typst), as HTML that opens offline, or as a workbook."""

from readership.exports.report.facts import Report, collected
from readership.exports.report.forms import FORMS, MEDIA, made, name

__all__ = ["FORMS", "MEDIA", "Report", "collected", "made", "name"]
