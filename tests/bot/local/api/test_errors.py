"""What is refused is refused in Telegram's words."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bot.local import ADA, BORIS, GROUP_ID, LocalTelegram
from tests.bot.local.conftest import TOKEN

KEYBOARD = {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]}
TOO_MUCH_DATA = {"inline_keyboard": [[{"text": "x", "callback_data": "ä" * 33}]]}
TEXT_BUTTON = {"inline_keyboard": [[{"text": "x"}]]}

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("sendMessage", {"text": "x"}, "chat_id is empty"),
    ("sendMessage", {"chat_id": 99, "text": "x"}, "chat not found"),
    ("sendMessage", {"chat_id": "@nobody", "text": "x"}, "chat not found"),
    ("sendMessage", {"chat_id": ADA}, "message text is empty"),
    ("sendMessage", {"chat_id": ADA, "text": " \n"}, "message text is empty"),
    ("sendMessage", {"chat_id": ADA, "text": "x" * 4097}, "message is too long"),
    (
        "sendMessage",
        {"chat_id": ADA, "text": "<x>", "parse_mode": "HTML"},
        """can't parse entities: Unsupported start tag "x" at byte offset 0""",
    ),
    (
        "sendMessage",
        {"chat_id": ADA, "text": "x", "reply_parameters": {"message_id": 99}},
        "message to be replied not found",
    ),
    (
        "sendMessage",
        {"chat_id": ADA, "text": "x", "reply_markup": "{"},
        "can't parse reply keyboard markup JSON object",
    ),
    (
        "sendMessage",
        {"chat_id": ADA, "text": "x", "reply_markup": TOO_MUCH_DATA},
        "BUTTON_DATA_INVALID",
    ),
    (
        "sendMessage",
        {"chat_id": ADA, "text": "x", "reply_markup": TEXT_BUTTON},
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    ("sendPhoto", {"chat_id": ADA}, "there is no photo in the request"),
    ("sendPhoto", {"chat_id": ADA, "photo": "attach://x"}, "there is no photo in the request"),
    (
        "sendPhoto",
        {"chat_id": ADA, "photo": "nonsense"},
        "wrong remote file identifier specified: can't unserialize it. Wrong last symbol",
    ),
    (
        "sendPhoto",
        {"chat_id": ADA, "photo": "https://example.org/x.jpg"},
        "failed to get HTTP URL content",
    ),
    ("sendMediaGroup", {"chat_id": ADA, "media": []}, "there are no messages to send"),
    ("sendChatAction", {"chat_id": ADA, "action": "dance"}, "wrong parameter action in request"),
    ("editMessageText", {"chat_id": ADA, "text": "x"}, "message identifier is not specified"),
    (
        "editMessageText",
        {"chat_id": ADA, "message_id": 99, "text": "x"},
        "message to edit not found",
    ),
    ("editMessageText", {"chat_id": ADA, "message_id": 1, "text": "x"}, "message can't be edited"),
    (
        "editMessageText",
        {"chat_id": ADA, "message_id": 2, "text": "hello", "reply_markup": KEYBOARD},
        "message is not modified: specified new message content and reply markup are exactly the "
        "same as a current content and reply markup of the message",
    ),
    (
        "editMessageCaption",
        {"chat_id": ADA, "message_id": 2, "caption": "x"},
        "there is no caption in the message to edit",
    ),
    ("deleteMessage", {"chat_id": ADA, "message_id": 99}, "message to delete not found"),
    ("getFile", {"file_id": "x"}, "wrong file_id or the file is temporarily unavailable"),
    (
        "answerCallbackQuery",
        {"callback_query_id": "1"},
        "query is too old and response timeout expired or query ID is invalid",
    ),
    ("setMyCommands", {"commands": [{"command": "Ä", "description": "x"}]}, "BOT_COMMAND_INVALID"),
    (
        "setMyCommands",
        {"commands": [], "scope": {"type": "chat", "chat_id": 99}},
        "chat not found",
    ),
]


async def test_refusals_are_worded_as_telegram_words_them(
    api: httpx.AsyncClient, page: httpx.AsyncClient
) -> None:
    await page.post(f"/chat/{ADA}/send", data={"person": ADA, "text": "mine"})
    hello = {"chat_id": ADA, "text": "hello", "reply_markup": KEYBOARD}
    assert (await api.post("sendMessage", json=hello)).json()["ok"]
    for method, parameters, reason in REFUSED:
        answer = await api.post(method, json=parameters)
        expected = {"ok": False, "error_code": 400, "description": f"Bad Request: {reason}"}
        assert (method, answer.json()) == (method, expected)
        assert answer.status_code == 400


async def test_a_wrong_token_and_an_unknown_method_have_codes_of_their_own(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        wrong = await client.get("/bot1:wrong/getMe")
        assert wrong.status_code == 401
        assert wrong.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
        unknown = await client.get(f"/bot{TOKEN}/sendTelepathy")
        assert unknown.status_code == 404
        assert unknown.json()["description"] == "Not Found: method not found"
        assert (await client.get(f"/file/bot{TOKEN}/photos/x")).status_code == 404
        assert (await client.get("/file/bot1:wrong/photos/x")).status_code == 401


async def test_names_of_methods_mind_no_case_and_parameters_come_any_way(
    api: httpx.AsyncClient,
) -> None:
    parameters = {"chat_id": str(ADA), "text": "hi", "protect_content": "True", "unknown": "x"}
    for answer in (
        await api.get("sendmessage", params=parameters),
        await api.post("SENDMESSAGE", data=parameters),
        await api.post("sendMessage", json=parameters),
        await api.post("sendMessage", data=parameters, files={"unused": b"x"}),
    ):
        result = answer.json()["result"]
        assert (result["text"], result["has_protected_content"]) == ("hi", True)


async def test_json_that_is_none_is_refused(api: httpx.AsyncClient) -> None:
    kind = {"Content-Type": "application/json"}
    for content in ("{", "[]", "[" * 100_000):
        answer = await api.post("getMe", content=content, headers=kind)
        assert answer.json()["description"].startswith("Bad Request: can't parse request")


async def test_deep_json_inside_a_form_is_refused(api: httpx.AsyncClient) -> None:
    form = {"chat_id": str(ADA), "text": "x", "entities": "[" * 100_000}
    answer = await api.post("sendMessage", data=form)
    assert answer.json()["description"] == "Bad Request: can't parse parameter entities"


async def test_half_a_surrogate_pair_is_refused(
    api: httpx.AsyncClient, page: httpx.AsyncClient
) -> None:
    kind = {"Content-Type": "application/json"}
    half = r'{"chat_id": 1001, "person": 1001, "message_id": 1, "text": "\ud800"}'
    await page.post(f"/chat/{ADA}/send", data={"person": ADA, "text": "mine"})
    for client, path in ((api, "sendMessage"), (page, f"/chat/{ADA}/edit")):
        answer = await client.post(path, content=half, headers=kind)
        assert answer.status_code == 400
        assert "strings must be encoded in UTF-8" in answer.text


async def test_captions_have_their_limit(api: httpx.AsyncClient, picture: bytes) -> None:
    caption = {"chat_id": ADA, "caption": "x" * 1025}
    answer = await api.post("sendPhoto", data=caption, files={"photo": picture})
    assert answer.json()["description"] == "Bad Request: message caption is too long"


async def test_a_file_over_20_mb_is_too_big_for_the_bot(
    api: httpx.AsyncClient, page: httpx.AsyncClient
) -> None:
    for size, ok in ((20 * 2**20, True), (20 * 2**20 + 1, False)):
        sent = await page.post(
            f"/chat/{ADA}/send",
            data={"person": ADA, "kind": "document"},
            files={"files": ("large.bin", bytes(size))},
        )
        file_id = sent.json()["messages"][0]["document"]["file_id"]
        answer = (await api.get("getFile", params={"file_id": file_id})).json()
        assert answer["ok"] == ok
    assert answer["description"] == "Bad Request: file is too big"


async def test_a_test_can_ask_for_429(api: httpx.AsyncClient, page: httpx.AsyncClient) -> None:
    await page.post("/chat/refuse", json={"method": "getMe", "retry_after": 3, "count": 2})
    for _ in range(2):
        assert (await api.get("getWebhookInfo")).status_code == 200
        refused = await api.get("getMe")
        assert refused.status_code == 429
        assert refused.json() == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 3",
            "parameters": {"retry_after": 3},
        }
    assert (await api.get("getMe")).status_code == 200


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


async def test_time_sets_limits_to_edits_answers_and_deletions() -> None:
    clock = Clock()
    telegram = LocalTelegram(TOKEN, clock=clock)
    async with (
        telegram.serving() as url,
        httpx.AsyncClient(base_url=f"{url}/bot{TOKEN}/", trust_env=False) as api,
    ):
        hello = {"chat_id": ADA, "text": "0", "reply_markup": KEYBOARD}
        await api.post("sendMessage", json=hello)
        edit: dict[str, Any] = {"chat_id": ADA, "message_id": 1, "reply_markup": KEYBOARD}
        codes = [
            (await api.post("editMessageText", json={**edit, "text": str(n)})).status_code
            for n in range(1, 18)
        ]
        assert codes == [200] * 15 + [429] * 2
        clock.now += 11
        assert (await api.post("editMessageText", json={**edit, "text": "x"})).status_code == 200

        press = {"person": ADA, "message_id": 1, "data": "x"}
        pressed = await api.post(f"{url}/chat/{ADA}/press", json=press)
        clock.now += 16 * 60
        query = {"callback_query_id": pressed.json()["query_id"]}
        assert "query is too old" in (await api.post("answerCallbackQuery", json=query)).text

        clock.now += 49 * 3600
        gone = await api.post("deleteMessage", json={"chat_id": ADA, "message_id": 1})
        assert gone.json()["description"] == "Bad Request: message can't be deleted for everyone"


async def test_in_a_group_the_bot_deletes_only_its_own(
    api: httpx.AsyncClient, page: httpx.AsyncClient
) -> None:
    await page.post(f"/chat/{GROUP_ID}/send", data={"person": BORIS, "text": "mine"})
    answer = await api.post("deleteMessage", json={"chat_id": GROUP_ID, "message_id": 1})
    assert answer.json()["description"] == "Bad Request: message can't be deleted"


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("send", {"person": "99", "text": "x"}, "Bad Request: user not found"),
        ("send", {"person": str(BORIS), "text": "x"}, "user is not a member of the chat"),
        ("send", {"person": str(ADA), "text": ""}, "Bad Request: message text is empty"),
        ("send", {"text": "x"}, "body.person: Field required"),
    ],
)
async def test_the_page_is_told_in_words(
    page: httpx.AsyncClient, name: str, body: dict[str, str], words: str
) -> None:
    answer = await page.post(f"/chat/{ADA}/{name}", data=body)
    assert answer.status_code == 400
    assert words in answer.json()["detail"]
