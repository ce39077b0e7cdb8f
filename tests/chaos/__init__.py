"""Breaks what is between the bot and Telegram, and counts what becomes of people's photos.

python -m tests.chaos [NAME…]
"""
