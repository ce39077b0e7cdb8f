"""Gives the bot inputs that nobody sends on purpose, tens of thousands of them.

    python -m tests.chaos.fuzz [NAME…] [--inputs N] [--seed N]

Hypothesis makes the inputs, and makes one that breaks something smaller until only what breaks it
is left. `make test` tries a few of each kind.
"""
