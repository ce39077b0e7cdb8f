"""The process that reads photos and draws answers. It may be ended at any moment.

    python -m bot.serving.reading_worker PARENT

Decoders run here, on files that strangers made. What a file does to them is done to this process
alone, and the bot ends it when a photo takes too long or too much memory. Requests come on
standard input; the process ends when that is closed.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import numpy as np

from bot.errors import ReadingTooCostly
from bot.messages.answer_card import answer_card
from bot.messages.language import speaking
from bot.messages.why_picture import signs_in, why_picture, why_text
from bot.serving.child_process import end_with_parent
from bot.serving.likely_digits import likely_digits
from bot.serving.network_activity import ActivityRecorder
from bot.serving.reading_messages import (
    LENGTH,
    MAX_RECORDED_DIGITS,
    Explanation,
    ReadingFailed,
    ReadingResult,
    RecordedReading,
    Reply,
    Request,
    Task,
    packed,
)
from model.artifact import ModelFolder
from model.errors import InklingError, ModelError
from model.recognition.recognizer import Recognizer

CPU_THREADS = 2
"""Photos worked on at the same time. OpenCV, LiteRT and Matplotlib's drawing release the
interpreter's lock for part of their time only, so more threads than that bring nothing."""

LOADED_VERSIONS = 2
"""Model versions that are kept loaded: the active one, and one that is checked or finished."""

COLLECT_EVERY = 20
"""Photos between two full garbage collections. A figure is about 3 MB of objects that refer to
each other, and Python itself collects those too rarely."""

KNOWN_GLYPHS = np.zeros((1, 28, 28), np.uint8)
"""(1, 28, 28), 0 paper … 255 ink: an upright stroke, which a version reads before it serves."""
KNOWN_GLYPHS[0, 4:24, 13:16] = 255

PROBABILITY_TOLERANCE = 1e-3
"""How far the sum of ten float32 probabilities may be from 1."""

MAX_DATA_BYTES = 1_200_000_000
"""What this process may allocate in all: a backstop above the bot's own limit, which looks at
what is in memory only now and then."""

OOM_SCORE = 400
"""The kernel ends this process before the bot, and after a training run, which has 800."""


class ReadingWorker:
    """Does what it is asked in threads, and replies in the order in which it is done.

    Args:
        replies: where replies go.
    """

    def __init__(self, replies: BinaryIO) -> None:
        self._replies = replies
        self._writing = threading.Lock()
        self._done = 0

    def serve(self, requests: BinaryIO) -> None:
        """Take requests until the bot closes the pipe."""
        threads = ThreadPoolExecutor(CPU_THREADS, "reader")
        while length := requests.read(LENGTH.size):
            request = pickle.loads(requests.read(*LENGTH.unpack(length)))  # noqa: S301 - the bot's
            threads.submit(self._answer, request)

    def _answer(self, request: Request) -> None:
        value: object
        try:
            with speaking(request.language):
                value = _work(request)
        except InklingError as error:
            value = error
        except MemoryError:
            value = ReadingTooCostly()
        except Exception:
            value = ReadingFailed(traceback.format_exc())
        with self._writing:
            self._replies.write(packed(Reply(request.number, value)))
            self._replies.flush()
            self._done += 1
            collect = self._done % COLLECT_EVERY == 0
        if collect:
            gc.collect()


def _work(request: Request) -> object:
    recognizer = _loaded(request.model)
    match request.task:
        case Task.READ:
            return ReadingResult(recognizer.read(request.photo), None, recognizer.version)
        case Task.READ_WITH_CARD:
            examined = recognizer.examine(request.photo)
            reading = examined.reading
            card = answer_card(reading, examined.picture) if reading.digits else None
            return ReadingResult(reading, card, recognizer.version, likely_digits(examined))
        case Task.RECORD:
            reading = recognizer.read(request.photo)
            recorder = _recorder(request.model)
            shown = reading.digits[:MAX_RECORDED_DIGITS]
            activities = tuple(recorder.record(digit.glyph) for digit in shown)
            return RecordedReading(reading, activities, recognizer.version)
        case Task.EXPLAIN:
            examined = recognizer.examine(request.photo)
            signs = signs_in(examined, recognizer.refusal_threshold)
            return Explanation(why_text(examined, signs), why_picture(examined, signs))
        case Task.LOAD:
            return recognizer.version


@lru_cache(LOADED_VERSIONS)
def _loaded(model: Path) -> Recognizer:
    recognizer = Recognizer.load(model)
    _check_that_it_reads(recognizer)
    # What is there now stays, so collections need not look at it.
    gc.collect()
    gc.freeze()
    return recognizer


@lru_cache(1)
def _recorder(model: Path) -> ActivityRecorder:
    return ActivityRecorder(ModelFolder.open(model).tflite_file.read_bytes())


def _check_that_it_reads(recognizer: Recognizer) -> None:
    """Classify one glyph, as photos will be.

    Raises:
        ModelError: the figures that come out are no probabilities.
    """
    evidence = recognizer.classifier.classify(KNOWN_GLYPHS)
    total = float(evidence.probabilities.sum())
    if evidence.digit_score.shape != (1,) or not abs(total - 1) < PROBABILITY_TOLERANCE:
        raise ModelError(
            f"Expected version {recognizer.version} to give ten probabilities that add up to 1. "
            f"Received {total:g}."
        )


def main(parent: int) -> None:
    """Serve the bot until it closes the pipe or is gone."""
    # Terminals and platforms signal the whole group. The bot decides when this process ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    end_with_parent(parent, oom_score=OOM_SCORE)
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - only there does it bound what matters

        resource.setrlimit(resource.RLIMIT_DATA, (MAX_DATA_BYTES, MAX_DATA_BYTES))
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What libraries print must not come between replies.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    ReadingWorker(replies).serve(sys.stdin.buffer)
    # Without waiting for a thread that may be busy for an hour.
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
