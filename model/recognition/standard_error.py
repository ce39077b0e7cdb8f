"""Standard error without what native libraries write there and no setting turns off."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def leave_out(greeting: bytes) -> Iterator[None]:
    """Leave out what the block writes to standard error and matches, unless the block fails.

    This is done to the file descriptor, so that it holds for C++ code too. All else that is
    written arrives when the block ends.

    Args:
        greeting: a regular expression, in which a dot also stands for the end of a line.
    """
    sys.stderr.flush()
    standard_error = os.dup(2)
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 2)
        failed = True
        try:
            yield
            failed = False
        finally:
            os.dup2(standard_error, 2)
            os.close(standard_error)
            written.seek(0)
            text = written.read()
            os.write(2, text if failed else re.sub(greeting, b"", text, flags=re.DOTALL))
