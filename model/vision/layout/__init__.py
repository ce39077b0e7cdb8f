"""How writing is laid out: pieces make digits, digits make lines, and signs stand between them.

- `grouping`: which components surely make one digit
- `lines`: which digits follow one another
- `marks`: points, commas, colons and dashes between digits
- `signs`: brackets, slashes and operators, which look like digits or are as large
"""

from model.vision.layout.grouping import group, union
from model.vision.layout.lines import lines
from model.vision.layout.marks import find_marks, without_marks
from model.vision.layout.signs import find_signs

__all__ = ["find_marks", "find_signs", "group", "lines", "union", "without_marks"]
