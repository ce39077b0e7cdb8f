"""The page under PUBLIC_URL, for whoever opens it in a browser."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from telegram import Bot


def landing_page(bot: Bot) -> APIRouter:
    """Who the bot is, and the way into its chat."""
    router = APIRouter()

    @router.get("/", response_class=HTMLResponse)
    async def page() -> str:
        return _PAGE.format(name=escape(bot.first_name), link=escape(bot.link))

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
<p><a href="{link}">Open the chat in Telegram</a></p>
</html>
"""
