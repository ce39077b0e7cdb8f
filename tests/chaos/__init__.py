"""Breaks what is between the bot and Telegram, and the machine, and counts what becomes of people's photos.

python -m tests.chaos [NAME…]
python -m tests.chaos.machine [NAME…]
python -m tests.chaos.discord [NAME…]
"""
