"""Telegram on localhost: a Bot API server, and a chat page that plays the app.

    telegram = LocalTelegram(token, admin_ids={1001})
    async with telegram.serving(8080) as url:    # http://127.0.0.1:8080
        ...                                      # a bot whose API is at `url`, a browser at `url`

The Bot API is under `/bot<token>/METHOD` and `/file/bot<token>/PATH`, the page under `/`, and the
page's own interface, which tests use to act as a person, under `/chat` (see `bot.local.chat`).
`telegram.app` is a FastAPI application: further routes, such as the bot's webhook, may be added to
it before it is served. Everything is in memory and gone when it stops.
"""

from bot.local.server import ADA, ADMIN, BORIS, LocalTelegram, random_token
from bot.local.world.state import GROUP_ID

__all__ = ["ADA", "ADMIN", "BORIS", "GROUP_ID", "LocalTelegram", "random_token"]
