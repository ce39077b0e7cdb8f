"""The process that reads photos and draws answers. It may be ended at any moment.

    python -m bot.serving.reading.worker PARENT

Decoders run here, on files that strangers made. What a file does to them is done to this process
alone, and the bot ends it when a photo takes too long or too much memory. Requests come on
standard input; the process ends when that is closed.
"""

from __future__ import annotations

import gc
import itertools
import os
import pickle
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import numpy as np

from bot.errors import ReadingTooCostly
from bot.messages.answer_card import answer_card
from bot.messages.language import speaking
from bot.messages.why_picture import signs_in, why_picture, why_text
from bot.serving import memory
from bot.serving.child_process import end_with_parent
from bot.serving.likely_digits import likely_digits
from bot.serving.network_activity import ActivityRecorder
from bot.serving.reading.messages import (
    LENGTH,
    MAX_RECORDED_DIGITS,
    PHOTOS_AT_ONCE,
    Begun,
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

LONG_SECONDS = 0.1
"""Processor time after which a photo lets those go first that have just come. A photo of one digit
takes a sixth of it, a picture without digits up to seven times as much."""

MAX_ASIDE_SECONDS = 2.0
"""How long such a photo lets others go first, by the clock."""

LOADED_VERSIONS = 2
"""Model versions that are kept loaded: the active one, and one that is checked or finished."""

COLLECT_EVERY = 20
"""Photos after which memory is given back although more may come at once."""

REST_SECONDS = 1.0
"""Time without a photo after which memory is given back, since a bot has nothing to do most of the
time. To do it after each photo would take a third of a photo's processor time."""

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


class Turns:
    """Lets a few photos be worked on at a time, and those that take long wait for the others.

    Args:
        at_once: photos that are worked on.
    """

    def __init__(self, at_once: int = CPU_THREADS) -> None:
        self._at_once = self._free = at_once
        self._new = 0
        self._overdue = 0
        self._changed = threading.Condition()

    @property
    def idle(self) -> bool:
        """Whether no photo is worked on or waits for it."""
        with self._changed:
            return self._free == self._at_once and not self._new

    @contextmanager
    def photo(self) -> Iterator[Callable[[], None]]:
        """Wait for a turn and hold it; yields what is to be called after each step of the work."""
        with self._changed:
            self._new += 1
            # A photo that has let others go first for long enough goes before those that come.
            self._changed.wait_for(lambda: self._free > self._overdue)
            self._new -= 1
            self._free -= 1
        began, left = time.thread_time(), MAX_ASIDE_SECONDS

        def on_step() -> None:
            nonlocal left
            if time.thread_time() - began > LONG_SECONDS and left > 0:
                since = time.monotonic()
                self._step_aside(left)
                left -= time.monotonic() - since

        try:
            yield on_step
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()

    def _step_aside(self, seconds: float) -> None:
        """Give up a turn while new photos wait for one, but not longer than that; take it again."""
        with self._changed:
            if not self._new:
                return
            self._free += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._free and not self._new, seconds)
            self._overdue += 1
            self._changed.wait_for(lambda: self._free)
            self._overdue -= 1
            self._free -= 1


class ReadingWorker:
    """Does what it is asked in threads, and replies in the order in which it is done.

    Args:
        replies: where replies go.
    """

    def __init__(self, replies: BinaryIO) -> None:
        self._replies = replies
        self._writing = threading.Lock()
        self._turns = Turns()
        self._done = itertools.count(1)
        self._has_answered = threading.Event()

    def serve(self, requests: BinaryIO) -> None:
        """Take requests until the bot closes the pipe."""
        threads = ThreadPoolExecutor(PHOTOS_AT_ONCE, "reader")
        threading.Thread(target=self._give_back_at_rest, name="memory", daemon=True).start()
        while length := requests.read(LENGTH.size):
            request = pickle.loads(requests.read(*LENGTH.unpack(length)))  # noqa: S301 - the bot's
            threads.submit(self._answer, request)

    def _answer(self, request: Request) -> None:
        value: object
        try:
            with speaking(request.language), self._turns.photo() as on_step:
                self._say(Reply(request.number, Begun.BEGUN))
                value = _work(request, on_step)
        except InklingError as error:
            value = error
        except MemoryError:
            value = ReadingTooCostly()
        except Exception:
            value = ReadingFailed(traceback.format_exc())
        self._say(Reply(request.number, value))
        if next(self._done) % COLLECT_EVERY == 0:
            _give_back()
        self._has_answered.set()

    def _give_back_at_rest(self) -> None:
        while self._has_answered.wait():
            self._has_answered.clear()
            time.sleep(REST_SECONDS)
            if self._turns.idle and not self._has_answered.is_set():
                _give_back()

    def _say(self, reply: Reply) -> None:
        with self._writing:
            self._replies.write(packed(reply))
            self._replies.flush()


def _give_back() -> None:
    gc.collect()
    memory.give_back()


def _work(request: Request, on_step: Callable[[], None]) -> object:
    recognizer = _loaded(request.model)
    match request.task:
        case Task.READ:
            reading = recognizer.examine(request.photo, on_step).reading
            return ReadingResult(reading, None, recognizer.version)
        case Task.READ_WITH_CARD:
            examined = recognizer.examine(request.photo, on_step)
            reading = examined.reading
            card = answer_card(reading, examined.picture) if reading.digits else None
            return ReadingResult(reading, card, recognizer.version, likely_digits(examined))
        case Task.RECORD:
            reading = recognizer.examine(request.photo, on_step).reading
            recorder = _recorder(request.model)
            shown = reading.digits[:MAX_RECORDED_DIGITS]
            activities = tuple(recorder.record(digit.glyph) for digit in shown)
            return RecordedReading(reading, activities, recognizer.version)
        case Task.EXPLAIN:
            examined = recognizer.examine(request.photo, on_step)
            signs = signs_in(examined, recognizer.refusal_threshold)
            return Explanation(why_text(examined, signs), why_picture(examined, signs))
        case Task.LOAD:
            return recognizer.version


@lru_cache(LOADED_VERSIONS)
def _loaded(model: Path) -> Recognizer:
    recognizer = Recognizer.load(model)
    _check_that_it_reads(recognizer)
    memory.settle()
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
