"""Benchmarks: `make bench`, or `python -m tests.bench [NAME…]`.

Each module here that has both of these is a benchmark:

    TITLE: str                     what is compared, in one line
    run() -> RenderableType        measures, and returns what rich prints: a table of ratios, or
                                   a sentence that says why nothing could be measured here

Both sides of a ratio are measured in the same run on the same machine, since a figure alone says
more about the machine than about the code. Heavy imports belong inside `run`.
"""
