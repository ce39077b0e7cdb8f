"""The page under PUBLIC_URL, for people who open it in a browser."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

DEFAULT_NAME = "Inkling"
"""What the page calls the bot until the chat platform has told its name."""


def landing_page(find_chat: Callable[[], tuple[str, str] | None]) -> APIRouter:
    """Make the page that says who the bot is, with the way into its chat.

    Args:
        find_chat: returns the bot's name and the link to its chat; None if they are not known yet.
    """
    router = APIRouter()

    @router.get("/", response_class=HTMLResponse)
    async def page() -> str:
        chat = find_chat()
        if chat is None:
            return _PAGE.format(
                name=DEFAULT_NAME, way="The chat is about to open. Look again soon."
            )
        name, link = chat
        way = f'<a href="{escape(link)}">Open the chat in Telegram</a>'
        return _PAGE.format(name=escape(name), way=way)

    return router


_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}</title>
<style>
  :root {{ color-scheme: light dark }}
  body {{ font: 1.1rem/1.5 system-ui, sans-serif; margin: 18vh auto; padding: 0 1.5rem }}
  body {{ max-width: 34rem }}
  h1 {{ font-size: 2rem; margin: 0 }}
  a {{ display: inline-block; padding: .6rem 1.2rem; border-radius: 2rem }}
  a {{ background: #2b6cb0; color: #fff; text-decoration: none }}
</style>
<h1>{name}</h1>
<p>Send a photo of a handwritten digit; get the digit, and how sure the machine is.</p>
<p>{way}</p>
</html>
"""
