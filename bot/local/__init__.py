"""Telegram on localhost: a Bot API server, and a chat page that plays the app.

    telegram = LocalTelegram(token, admin_ids={1001})
    telegram.app                # a FastAPI application, to be served
    await telegram.close()      # before the server stops

The Bot API is under `/bot<token>/METHOD` and `/file/bot<token>/PATH`, the page under `/`, and the
page's own interface, which tests use to act as a person, under `/chat` (see `bot.local.chat`).
Further routes, such as the bot's webhook, may be added to `telegram.app` before it is served.
The server keeps everything in memory: when it stops, the chats are gone.
"""

from bot.local.server import ADA, ADMIN, BORIS, LocalTelegram, random_token
from bot.local.world.state import GROUP_ID

__all__ = ["ADA", "ADMIN", "BORIS", "GROUP_ID", "LocalTelegram", "random_token"]
