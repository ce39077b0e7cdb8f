"""Files of settings that no editor writes."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.config.settings import Settings

NAMES = tuple(sorted(name.upper() for name in Settings.model_fields))

VALUES = (
    *("", "1:a", "123:AAE", "https://example.org", "http://user:secret@host", "0", "-1", "65536"),
    *("sqlite:///x", "sqlite://x", "postgres://u:p[w@h/d", "postgresql://h:99999/d", "mysql://h"),
    *("١٢", "1,2,x", "999999999999999999999", "120/minute", "text", "DEBUG", "[::1]", "*"),
)
"""Values that are right for one name, and wrong for most others."""

lines = st.one_of(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES) | st.text(max_size=30)).map(
        lambda pair: f"{pair[0]}={pair[1]}".encode("utf-8", "surrogatepass")
    ),
    st.text(max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=30),
)

settings_files = st.lists(lines, max_size=6).map(b"\n".join)
"""What `.env` may hold: names with values, right or wrong, and anything."""
