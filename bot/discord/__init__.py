"""The front end that speaks Discord.

    client.py        the connection, and what Discord sends by it
    inbox.py         messages, so that each is answered once and none is lost
    photos.py        pictures come in, and are answered
    pictures.py      which attachments are pictures, and how their bytes come here
    conversation.py  what people write that is no picture
    buttons.py       what is pressed, and the form in which one types what a photo says
    commands/        slash commands, and those that stand in the menu of a message
    messenger.py     writes to admins
    languages.py     which language somebody is answered in
    replies.py       answers to messages, commands and presses
    rendering.py     what the conversation says, as Discord shows it
    retries.py       requests that may pass when they are made again

Nothing here reads what is not meant for the bot: Discord sends it without its content, as the bot
does not ask for the privileged intent.
"""
