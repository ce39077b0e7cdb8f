"""Breaks the network and the machine of a bot, and counts what becomes of people's photos.

python -m tests.chaos [NAME…]
python -m tests.chaos.machine [NAME…]
python -m tests.chaos.discord [NAME…]
"""
