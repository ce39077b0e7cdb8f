"""What a person asks and gets, in plain functions and frozen values that know no chat platform.

    message.py       what the bot says: a text, a picture, buttons; and what a press brings about
    buttons/         what each button means, how that is written into it, and who answers a press
    services.py      what the conversation works with
    answers.py       a photo or an album comes in, and is answered
    why.py           why a photo was read as it was
    corrections/     what people say of an answer: by its buttons, or by typing a number
    forget.py        /forget
    languages.py     /language
    help.py          /start, /help, /privacy, and what is said to everything else
    problems.py      what is said when something stops the work
    commands.py      which commands there are, and for whom
    admin/           /review, /train, /cancel, /models, /accuracy, /stats

A front end translates: it takes what its platform brings, calls one of these functions, and sends
the `Message` or the `Reaction` that comes back.
"""
