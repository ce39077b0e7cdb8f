"""Draw every stage of reading a photo side by side, for people who ask why."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Annotated

import typer

from model.commands.options import ModelOption, examples, print_error

EXAMPLES = examples(
    "python -m model explain seven.jpg",
    "python -m model explain seven.jpg --out stages.png",
)


def explain(
    photo: Annotated[Path, typer.Argument(metavar="PHOTO", help="The image.")],
    model: ModelOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="PNG", help="Save the picture instead of opening it."),
    ] = None,
) -> None:
    """Draw every stage of reading a photo, as one picture."""
    from PIL import Image

    from model.artifact import DEFAULT_MODEL
    from model.recognition.decoding.decode import read_file
    from model.recognition.explanation import explanation
    from model.recognition.recognizer import Recognizer

    try:
        data = read_file(photo)
    except OSError as error:
        print_error(f"Expected a file that can be read, received: {error}.")
        raise typer.Exit(1) from None
    picture = explanation(data, Recognizer.load(model or DEFAULT_MODEL))
    if out:
        out.write_bytes(picture)
    else:
        Image.open(BytesIO(picture)).show()
