"""What a person asks and gets, in plain functions and frozen values that know no chat platform.

    message.py       what the bot says: a text, a picture, buttons; and what a press brings about
    actions.py       what each button means, and how that is written into it
    services.py      what the conversation works with
    presses.py       the one way in for every button
    answers.py       a photo or an album comes in, and is answered
    why.py           why a photo was read as it was
    corrections/     what people say of an answer: by its buttons, or by typing a number
    forget.py        /forget
    languages.py     /language
    help.py          /start, /help, /privacy, and what is said to everything else
    problems.py      what is said when something stops the work
    commands.py      which commands there are, and for whom
    review.py        /review
    training.py      /train, /cancel, and what is said while a model is trained
    models.py        /models, /accuracy
    statistics.py    /stats

The last four are for admins. A front end translates: it takes what its platform brings, calls one
of these functions, and sends the `Message` or the `Reaction` that comes back.
"""
