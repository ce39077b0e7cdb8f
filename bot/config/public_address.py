"""Finds the address under which a platform makes a program public, where it says so."""

from __future__ import annotations

from collections.abc import Mapping

ADDRESS_FORMS: Mapping[str, str] = {
    "RENDER_EXTERNAL_URL": "{}",
    "RAILWAY_PUBLIC_DOMAIN": "https://{}",
    "KOYEB_PUBLIC_DOMAIN": "https://{}",
    "HEROKU_APP_DEFAULT_DOMAIN_NAME": "https://{}",
    "FLY_APP_NAME": "https://{}.fly.dev",
    "WEBSITE_HOSTNAME": "https://{}",
    "SPACE_HOST": "https://{}",
}
"""By environment variable, how an address is made of its value. In this order: Render, Railway,
Koyeb, Heroku, Fly.io, Azure App Service and Hugging Face Spaces."""


def find_public_url(environment: Mapping[str, str]) -> str:
    """Return the https:// address that the platform names; "" if it names none.

    >>> find_public_url({"FLY_APP_NAME": "inkling"})
    'https://inkling.fly.dev'
    """
    for name, form in ADDRESS_FORMS.items():
        value = environment.get(name, "").strip().rstrip("/")
        if value:
            return form.format(value)
    return ""
