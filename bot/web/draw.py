"""The draw page: what is drawn is read while one draws, and people say whether that is right.

    GET  /                  the page, in the language of the browser
    GET  /draw/FILE         its scripts and styles
    POST /draw/read         a picture; what was read in it, and the network at work
    POST /draw/verdict      the same picture again, and what a person says of it
    POST /draw/forget       everything that the person gave is deleted

Reading a drawing keeps nothing. A verdict makes the drawing an answered photo, as if it had been
sent in the chat, so that it ends up among the same corrections.
"""

from __future__ import annotations

import base64
import json
import logging
import time
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import UploadFile
from starlette.responses import Response
from starlette.types import Scope

from bot.conversation import forget
from bot.conversation.answers import answer_photo
from bot.conversation.buttons.actions import MAX_POSITIONS, CorrectionAction, Right, Say
from bot.conversation.corrections import pressed
from bot.conversation.message import Shown
from bot.conversation.problems import explain_problem, unforeseen
from bot.conversation.services import Services
from bot.errors import TooManyWaiting
from bot.messages.captions import doubts, refusal_text
from bot.messages.language import accepted_language, gettext, speaking
from bot.serving.network_activity import NetworkActivity
from bot.serving.reading.messages import RecordedReading
from bot.web.clients import RateLimit, Visitors, address_of, web_person
from bot.web.page_words import page_words
from bot.web.problems import ProblemError
from bot.web.uploads import Uploads, check_photo_size
from model.commands.prediction.output import as_object
from model.errors import PhotoError
from model.recognition.decoding.photo_files import FileResult
from model.types import NOT_A_DIGIT

PAGE_FOLDER = Path(__file__).parent / "page"

DEFAULT_NAME = "Inkling"
"""What the page calls the bot until the chat platform has told its name."""

READ_RATE = "40/second"
"""How often one client may have a drawing read: more often than a screen shows a change of it, and
enough for several people behind one address."""

VERDICT_RATE = "30/minute"
"""How often one client may say what a drawing shows: as fast as a person can look and press."""

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        # Telegram's own script, which the page loads inside Telegram only.
        "script-src 'self' https://telegram.org",
        # A script sets sizes and the colours of Telegram's theme.
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        # Telegram in a browser shows Mini Apps in a frame.
        "frame-ancestors 'self' https://web.telegram.org",
    )
)

Label = Annotated[int | None, Query(ge=NOT_A_DIGIT, le=9)]
Position = Annotated[int, Query(ge=0, lt=MAX_POSITIONS)]


class DrawPage:
    """The page and its own interface.

    Args:
        services: what the conversation works with.
        visitors: who the people are.
        find_chat: returns the bot's name and the link to its chat; None if they are not known yet.

    Attributes:
        router: the routes, for the site.
    """

    def __init__(
        self,
        services: Services,
        visitors: Visitors,
        find_chat: Callable[[], tuple[str, str] | None],
    ) -> None:
        self._services = services
        self._visitors = visitors
        self._find_chat = find_chat
        self._uploads = Uploads()
        self._read_rate = RateLimit(READ_RATE)
        self._verdict_rate = RateLimit(VERDICT_RATE)
        self.router = APIRouter(include_in_schema=False)
        get, post = self.router.get, self.router.post
        get("/", response_class=HTMLResponse)(self.page)
        post("/draw/read")(self.read)
        post("/draw/verdict")(self.verdict)
        post("/draw/forget")(self.forget)

    def add_to(self, site: FastAPI) -> None:
        """Serve the page in a site."""
        site.include_router(self.router)
        site.mount("/draw", _PageFiles(directory=PAGE_FOLDER))

    async def page(self, request: Request) -> Response:
        """Return the page in the language that the browser prefers."""
        language = accepted_language(request.headers.get("accept-language", ""))
        name, link = self._find_chat() or (DEFAULT_NAME, None)
        with speaking(language):
            words = page_words()
        values = {key: escape(word) for key, word in words.items()} | {
            "name": escape(name),
            "language": language.replace("_", "-"),
            "words": json.dumps(words, ensure_ascii=False).replace("<", "\\u003c"),
            "chat": f'<a href="{escape(link)}">{escape(words["chat"])}</a>' if link else "",
        }
        page = (PAGE_FOLDER / "index.template").read_text(encoding="utf-8")
        for key, value in values.items():
            page = page.replace(f"{{{{{key}}}}}", value)
        return _guarded(HTMLResponse(page, headers={"Vary": "Accept-Language"}))

    async def read(self, request: Request) -> JSONResponse:
        """Read a drawing, and show the network at work."""
        address = address_of(request)
        self._read_rate.check(address)
        services = self._services
        try:
            with services.photo_log.photo("live", request.state.id, logging.DEBUG) as record:
                picture = await self._picture(request)
                async with services.queue.of(web_person(address)), services.queue.work:
                    record.mark("wait")
                    recorded = await services.reader.record(picture)
                record.mark("read")
                record.answered(recorded.reading.refusal, len(recorded.reading.digits))
        except PhotoError as error:
            with speaking(accepted_language(request.headers.get("accept-language", ""))):
                raise _unreadable(error) from None
        except TooManyWaiting:
            raise _TOO_MANY from None
        found = _recorded_object(recorded)
        with speaking(accepted_language(request.headers.get("accept-language", ""))):
            found["doubts"] = [doubt.striptags() for doubt in doubts(recorded.reading)]
            if recorded.reading.refusal:
                found["refusal"] = refusal_text(recorded.reading).striptags()
        return JSONResponse(found)

    async def verdict(
        self,
        request: Request,
        verdict: Literal["right", "wrong"] = "wrong",
        position: Position = 0,
        label: Label = None,
    ) -> JSONResponse:
        """Keep what a person says of a drawing: all is right, or one digit is something else."""
        _refuse_other_sites(request)
        self._verdict_rate.check(address_of(request))
        person, cookie = self._visitors.person(request)
        services, picture = self._services, await self._picture(request)

        async def fetch() -> bytes:
            return picture

        with speaking(accepted_language(request.headers.get("accept-language", ""))):
            try:
                with services.photo_log.photo("draw", request.state.id) as record:
                    async with services.queue.of(person), services.queue.work:
                        record.mark("wait")
                        answer = await answer_photo(services, fetch, person, time.monotonic())
                    record.mark("read")
                    record.answered(answer.refusal, answer.digits)
            except PhotoError as error:
                raise _unreadable(error) from None
            except TooManyWaiting:
                raise _TOO_MANY from None
            action: CorrectionAction = (
                Right(answer.ids[0]) if label is None else Say(answer.ids[0], position, label)
            )
            shown = Shown(answer.message.text)
            reaction = await pressed.react(
                services.database, services.answer_log, action, shown, (person,)
            )
            notice = reaction.notice or gettext("Thank you!")
        return self._visitors.remember(request, JSONResponse({"notice": notice}), cookie)

    async def forget(self, request: Request) -> JSONResponse:
        """Delete everything that a person gave."""
        _refuse_other_sites(request)
        self._verdict_rate.check(address_of(request))
        person, _ = self._visitors.person(request)
        with speaking(accepted_language(request.headers.get("accept-language", ""))):
            said = await forget.forget(self._services, person)
        return JSONResponse({"notice": said.striptags()})

    async def _picture(self, request: Request) -> bytes:
        async with self._uploads.of(request) as files:
            file: UploadFile = files[0]
            check_photo_size(file)
            return await file.read()


class _PageFiles(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        return _guarded(await super().get_response(path, scope))


_TOO_MANY = ProblemError(
    429, "too-many-waiting", "Too many drawings at the same time.", {"Retry-After": "1"}
)


def _unreadable(error: PhotoError) -> ProblemError:
    """Say in the words of the chat why a picture cannot be read, and what to do."""
    said = explain_problem(error) or unforeseen()
    return ProblemError(422, "unreadable-image", said.text.striptags())


def _refuse_other_sites(request: Request) -> None:
    """Refuse what a page of another site makes a browser send."""
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise ProblemError(403, "other-site", "Only this site's own page is let in.")


def _guarded(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-cache"
    return response


def _recorded_object(recorded: RecordedReading) -> dict[str, Any]:
    """Return the object of `predict --json`, with what the page draws of each digit."""
    found = as_object(FileResult(Path(), recorded.reading, None))
    for digit, shown in zip(recorded.reading.digits, found["digits"], strict=True):
        shown["glyph"] = _base64(digit.glyph.tobytes())
    for shown, activity in zip(found["digits"], recorded.activities, strict=False):
        shown.update(_activity_object(activity))
    return found | {"model_version": recorded.version}


def _activity_object(activity: NetworkActivity) -> dict[str, Any]:
    return {
        "layers": [_base64(layer.tobytes()) for layer in activity.layers],
        "links": [[list(link) for link in links] for links in activity.links],
    }


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
