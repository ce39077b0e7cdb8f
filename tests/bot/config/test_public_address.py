from __future__ import annotations

import pytest

from bot.config.public_address import find_public_url


@pytest.mark.parametrize(
    ("name", "value", "url"),
    [
        ("RENDER_EXTERNAL_URL", "https://inkling.onrender.com", "https://inkling.onrender.com"),
        ("RAILWAY_PUBLIC_DOMAIN", "inkling.up.railway.app", "https://inkling.up.railway.app"),
        ("KOYEB_PUBLIC_DOMAIN", "inkling-me.koyeb.app", "https://inkling-me.koyeb.app"),
        ("HEROKU_APP_DEFAULT_DOMAIN_NAME", "x-12.herokuapp.com", "https://x-12.herokuapp.com"),
        ("FLY_APP_NAME", "inkling", "https://inkling.fly.dev"),
        ("WEBSITE_HOSTNAME", "x.azurewebsites.net", "https://x.azurewebsites.net"),
        ("SPACE_HOST", "me-inkling.hf.space", "https://me-inkling.hf.space"),
    ],
)
def test_a_platform_names_the_address(name: str, value: str, url: str) -> None:
    assert find_public_url({name: value}) == url


def test_without_a_platform_there_is_no_address() -> None:
    assert find_public_url({}) == ""
    assert find_public_url({"FLY_APP_NAME": " "}) == ""
