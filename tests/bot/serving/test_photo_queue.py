import asyncio

import pytest

from bot.errors import TooManyWaiting
from bot.serving.photo_queue import PhotoQueue
from tests.bot.store.samples import person


async def test_a_single_photo_does_not_wait_for_somebody_elses_twenty() -> None:
    turns = PhotoQueue(at_once=1)
    order: list[int] = []

    async def photo(sender: int) -> None:
        async with turns.of(person(sender)):
            async with turns.work:
                await asyncio.sleep(0)
            order.append(sender)

    await asyncio.gather(*(photo(1) for _ in range(20)), photo(2), photo(3))
    assert len(order) == 22
    assert {2, 3} < set(order[:4])


async def test_a_persons_photos_are_answered_in_order() -> None:
    turns = PhotoQueue()
    order: list[int] = []

    async def photo(number: int) -> None:
        async with turns.of(person(1)), turns.work:
            # The first takes longest.
            await asyncio.sleep(0.01 * (3 - number))
            order.append(number)

    await asyncio.gather(*(photo(number) for number in range(3)))
    assert order == [0, 1, 2]


async def test_work_is_bounded() -> None:
    turns = PhotoQueue(at_once=2)
    running = 0
    most = 0

    async def photo(sender: int) -> None:
        nonlocal running, most
        async with turns.of(person(sender)), turns.work:
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.001)
            running -= 1

    await asyncio.gather(*(photo(person) for person in range(9)))
    assert most == 2


async def test_too_many_are_refused_at_once_and_told_once_until_all_is_answered() -> None:
    turns = PhotoQueue(per_person=2)
    go_on = asyncio.Event()

    async def photo() -> None:
        async with turns.of(person(1)):
            await go_on.wait()

    for _ in range(2):
        waiting = [asyncio.create_task(photo()) for _ in range(2)]
        await asyncio.sleep(0)
        told = []
        for _ in range(3):
            with pytest.raises(TooManyWaiting) as caught:
                async with turns.of(person(1)):
                    pytest.fail("got a turn")
            told.append(caught.value.first)
        assert told == [True, False, False]
        async with turns.of(person(2)):
            pass
        go_on.set()
        await asyncio.gather(*waiting)
        go_on.clear()


async def test_a_photo_that_fails_passes_the_turn_on() -> None:
    turns = PhotoQueue(at_once=1)
    with pytest.raises(ZeroDivisionError):
        async with turns.of(person(1)), turns.work:
            raise ZeroDivisionError
    async with asyncio.timeout(1), turns.of(person(1)), turns.work:
        pass
