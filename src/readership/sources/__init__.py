"""Where captures and tables come from: files, folders, zip archives, WARC files, tables and exports of tools."""

from readership.sources.inputs import open_inputs, total
from readership.sources.limits import Limits
from readership.sources.tables import SCHEMAS, TableInput

__all__ = ["SCHEMAS", "Limits", "TableInput", "open_inputs", "total"]
