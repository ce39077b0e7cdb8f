"""What is meant for the bot: in a private chat everything, in a group what says so."""

from __future__ import annotations

import re

from telegram import Message
from telegram.constants import ChatType
from telegram.ext import filters

_READ_COMMAND = re.compile(r"/read(\s|$)")


class AddressedToBot(filters.MessageFilter):
    """Lets a group's message through if it mentions the bot, replies to it, or asks to /read."""

    def filter(self, message: Message) -> bool:
        """Tell whether this message is for the bot."""
        if message.chat.type == ChatType.PRIVATE:
            return True
        bot = message.get_bot()
        replied = message.reply_to_message
        if replied and replied.from_user and replied.from_user.id == bot.id:
            return True
        words = message.text or message.caption or ""
        mention = re.compile(rf"@{re.escape(bot.username)}\b", re.IGNORECASE)
        return bool(mention.search(words) or _READ_COMMAND.match(words))


MESSAGE = filters.UpdateType.MESSAGE
"""New messages of people. Edited ones and channel posts are not answered, even if they come."""

ADDRESSED = MESSAGE & AddressedToBot()
"""New messages that are meant for the bot."""
