"""How writing is laid out: pieces make digits, digits make lines, and signs stand between them.

- `grouping`: which components surely make one digit
- `lines`: which digits follow one another
- `marks`: points, commas, colons and dashes between digits
- `unread`: what stands in a line, is as large as a digit, and was not read
- `signs`: brackets, slashes and operators, which look like digits or are as large
"""

from model.vision.layout.grouping import beside_taller, group, union
from model.vision.layout.lines import lines
from model.vision.layout.marks import find_marks, without_marks
from model.vision.layout.signs import encloses_more, find_letters, find_signs, has_point, stroke_of
from model.vision.layout.unread import find_unread, stands_outside

__all__ = [
    "beside_taller",
    "encloses_more",
    "find_letters",
    "find_marks",
    "find_signs",
    "find_unread",
    "group",
    "has_point",
    "lines",
    "stands_outside",
    "stroke_of",
    "union",
    "without_marks",
]
