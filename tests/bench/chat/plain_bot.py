"""A bot that reads digits as tutorials write it: `python -m tests.bench.chat.plain_bot TOKEN URL`.

Keras is loaded in the process that chats. Each photo is saved, opened, shrunk to 28×28 pixels and
given to `model.predict`; each answer is a new figure of pyplot, which is saved and sent. One update
is worked on at a time, as python-telegram-bot does unless it is told otherwise.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from PIL import Image, ImageOps
from telegram import Update
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters

from model.artifact import DEFAULT_MODEL

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
matplotlib.use("agg")


def main(token: str, url: str, folder: Path) -> None:
    """Answer photos until it is stopped; they are saved in a folder."""
    import keras  # noqa: PLC0415 - after the line above
    from matplotlib import pyplot  # noqa: PLC0415

    network: Any = keras.models.load_model(DEFAULT_MODEL / "model.keras")

    async def answer(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        file = await update.message.photo[-1].get_file()
        picture = Image.open(await file.download_to_drive(folder / "photo.jpg")).convert("L")
        small = ImageOps.invert(picture).resize((28, 28))
        pixels = np.asarray(small, np.float32).reshape(1, 28, 28, 1) / 255
        found = network.predict(pixels, verbose=0)
        probabilities = found["digits"] if isinstance(found, dict) else found
        figure, axes = pyplot.subplots(1, 2, figsize=(8, 4))
        axes[0].imshow(small, cmap="gray")
        axes[0].set_title("What I see")
        axes[1].bar(range(10), probabilities.ravel()[:10])
        axes[1].set_title("What I think")
        axes[1].set_xticks(range(10))
        figure.tight_layout()
        figure.savefig(folder / "answer.png")
        pyplot.close(figure)
        said = f"This is a {int(probabilities.ravel()[:10].argmax())}."
        await update.message.reply_photo(folder / "answer.png", caption=said, do_quote=True)

    builder = ApplicationBuilder().token(token).base_url(f"{url}/bot")
    application = builder.base_file_url(f"{url}/file/bot").build()
    application.add_handler(MessageHandler(filters.PHOTO, answer))
    print("ready", flush=True)
    application.run_polling(bootstrap_retries=-1)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(sys.argv[1], sys.argv[2], Path(folder))
