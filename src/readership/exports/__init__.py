"""Tables, figures and pages as files, each with its proof.

`Asked` is a question to an edition. `table(asked, form)` asks it and gives the whole answer; `figure(drawing, rows,
asked, form)` draws; `page([…], …)` puts several into one zip. Each is an `Export`: iterate over it, then close it.
"""

from readership.exports.analyst import of_answer as answer
from readership.exports.beside import of_query as table_beside
from readership.exports.cells import from_frame, json_lines, plain
from readership.exports.chromium import available as pictures_available
from readership.exports.chromium import stop as stop_pictures
from readership.exports.figures import MEDIA as PICTURES
from readership.exports.figures import of_drawing as figure
from readership.exports.files import Export
from readership.exports.page import of_parts as page
from readership.exports.parts import Naming, NoSuchPage, Part
from readership.exports.parts import together as parts_together
from readership.exports.proof import Asked, Column, Proof
from readership.exports.tables import MEDIA as TABLES
from readership.exports.tables import of_batches as table_of_batches
from readership.exports.tables import of_query as table
from readership.exports.text import visible

__all__ = [
    "PICTURES", "TABLES", "Asked", "Column", "Export", "Naming", "NoSuchPage", "Part", "Proof", "answer", "figure",
    "from_frame", "json_lines", "page", "parts_together", "pictures_available", "plain", "stop_pictures", "table",
    "table_beside", "table_of_batches", "visible",
]  # fmt: skip
