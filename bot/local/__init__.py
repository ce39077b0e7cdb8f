"""Telegram on localhost: a Bot API server, and a chat page that plays the app.

    telegram = LocalTelegram(token, admin_ids={1001})
    telegram.add_to(site)       # a FastAPI application, to be served
    await telegram.close()      # before the server stops

The Bot API is under `/bot<token>/METHOD` and `/file/bot<token>/PATH`, the page is `/chat`, and the
page's own interface, which tests use to act as a person, is below it (see `bot.local.chat`). The
routes that the site has already, such as the bot's webhook, come before all of these.
The server keeps everything in memory: when it stops, the chats are gone.
"""

from bot.local.guard import CHAT_PATH
from bot.local.server import ADA, ADMIN, BORIS, LocalTelegram, random_token
from bot.local.world.state import GROUP_ID

__all__ = ["ADA", "ADMIN", "BORIS", "CHAT_PATH", "GROUP_ID", "LocalTelegram", "random_token"]
