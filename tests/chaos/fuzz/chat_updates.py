"""Updates as Telegram never sends them: fields gone, of other types, or too many."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

from bot.conversation.commands import FOR_ADMINS, FOR_EVERYBODY
from bot.local import ADMIN
from tests.bot.fakes import ADA, BOT, GROUP, PHOTO, PRIVATE, Json

ANSWER = "abcdefgh"
"""An answer of Ada's that is there, so that its buttons mean something."""

MAX_CHANGES = 5
"""Changes to one update."""

NAMES = (
    *(command.name for command in (*FOR_EVERYBODY, *FOR_ADMINS) if command.name != "accuracy"),
    *("start", "read", "fly"),
)
"""The commands, and one that is none. /accuracy measures 10,000 images, which takes a while."""

THE_ADMIN = ADA | {"id": ADMIN}
DOCUMENT = {"file_id": "d", "file_unique_id": "d", "mime_type": "image/png", "file_name": "x.png"}

odd_texts = st.text(max_size=40) | st.sampled_from(
    (
        "",
        "\ud800",
        "7",
        "it is a 7",
        "1 2 3",
        "<b>",
        "&amp;",
        "{count}",
        "%s",
        "\u202e7",
        "7" * 4096,
    )
)

odd_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | odd_texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_texts, inner, max_size=3),
    max_leaves=6,
)
"""What stands in JSON."""

people = st.sampled_from((ADA, THE_ADMIN, BOT, ADA | {"id": 1087968824, "is_bot": True}))
chats = st.sampled_from((PRIVATE, GROUP, {"id": -100, "type": "channel", "title": "News"}))


@st.composite
def commands(draw: st.DrawFn) -> Json:
    """Make a message that begins with a command, with any words after it."""
    name = "/" + draw(st.sampled_from(NAMES))
    words = draw(st.lists(odd_texts, max_size=4))
    return _message(draw, text=" ".join((name, *words)), entities=_command(len(name)))


@st.composite
def presses(draw: st.DrawFn) -> Json:
    """Make a press of a button that holds what buttons hold, or anything."""
    number = st.integers(-2, 99).map(str) | odd_texts
    parts = draw(st.lists(st.sampled_from((ANSWER, "shipped", "a", "x", "y")) | number, max_size=3))
    data = draw(st.sampled_from("rwpsbniRyfhvlmq") | odd_texts) + "".join(":" + p for p in parts)
    message = {"message_id": 5, "date": 1, "chat": draw(chats), "from": BOT, "text": "7"}
    query = {"id": "1", "from": draw(people), "chat_instance": "1", "message": message}
    return {"update_id": 1, "callback_query": query | {"data": data}}


@st.composite
def broken_updates(draw: st.DrawFn) -> Json:
    """Make an update, and change it in up to `MAX_CHANGES` places."""
    update: Json = copy.deepcopy(draw(st.one_of(commands(), presses(), messages())))
    for _ in range(draw(st.integers(0, MAX_CHANGES))):
        _change(draw, update)
    # Telegram numbers every update; without a number nobody could leave it out.
    update["update_id"] = 1
    return update


@st.composite
def messages(draw: st.DrawFn) -> Json:
    """Make a message with some of what messages hold."""
    content: dict[str, st.SearchStrategy[Any]] = {
        "text": odd_texts,
        "caption": odd_texts,
        "photo": st.just(PHOTO),
        "document": st.just(DOCUMENT),
        "media_group_id": st.just("a"),
        "reply_to_message": st.just(
            {"message_id": 3, "date": 0, "chat": PRIVATE, "from": ADA, "photo": PHOTO}
        ),
        "sender_chat": chats,
        "voice": st.just({"file_id": "v", "file_unique_id": "v", "duration": 1}),
        "dice": st.just({"emoji": "🎲", "value": 3}),
        "new_chat_members": st.just([ADA]),
    }
    chosen = draw(st.sets(st.sampled_from(sorted(content)), max_size=3))
    return _message(draw, **{name: draw(content[name]) for name in sorted(chosen)})


def _message(draw: st.DrawFn, **content: Any) -> Json:
    kind = draw(st.sampled_from(("message", "message", "edited_message", "channel_post")))
    about = {"message_id": 7, "date": 0, "chat": draw(chats), "from": draw(people)}
    return {"update_id": 1, kind: about | content}


def _command(length: int) -> list[Json]:
    return [{"type": "bot_command", "offset": 0, "length": length}]


def _change(draw: st.DrawFn, update: Json) -> None:
    """Remove, replace or add something at any depth."""
    place: Any = update
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = draw(st.sampled_from(keys))
        if isinstance(place[key], dict | list) and place[key] and draw(st.booleans()):
            place = place[key]
            continue
        break
    change = draw(st.sampled_from(("remove", "replace", "add")))
    if change == "remove":
        del place[key]
    elif change == "replace" or isinstance(place, list):
        place[key] = draw(odd_values)
    else:
        place[draw(odd_texts)] = draw(odd_values)
