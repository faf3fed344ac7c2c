"""Several processes that replay at once: all receipts of a household go to the same one, in order of time."""

import multiprocessing
import time
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess
from multiprocessing.queues import SimpleQueue
from multiprocessing.sharedctypes import Synchronized

from django.db import connections

from loyalty_site.journey.calendar import Event
from loyalty_site.journey.receipts import Receipts
from loyalty_site.journey.replay import Outcome, Till, replay_all

LOOK_EVERY = 0.5


class WorkerFailed(Exception):
    """A process could not go on; the text is its traceback."""


def replay_in_processes(
    till: Till, receipts: Receipts, parts: Sequence[Sequence[Event]], *, seen: Callable[[int], None]
) -> Outcome:
    """Replay each part in a process of its own; `seen` is told how many events are done in all.

    Raises WorkerFailed when one of them does; receipts placed by then stay.
    """
    if len(parts) == 1:
        return replay_all(till, receipts, parts[0], seen=seen)
    # Forked, not spawned: a year of receipts is shared by memory, and each child opens a connection of its own.
    context = multiprocessing.get_context("fork")
    connections.close_all()
    done: Synchronized[int] = context.Value("q", 0)
    answers: SimpleQueue[Outcome | str] = context.SimpleQueue()
    processes = [
        context.Process(target=_replay_part, args=(till, receipts, part, done, answers), daemon=True) for part in parts
    ]
    for process in processes:
        process.start()
    total = Outcome()
    for _part in parts:
        total.add(_next_answer(answers, processes, look=lambda: seen(done.value)))
    return total


def _next_answer(
    answers: "SimpleQueue[Outcome | str]", processes: Sequence[BaseProcess], *, look: Callable[[], None]
) -> Outcome:
    while answers.empty():
        if not any(process.is_alive() for process in processes) and answers.empty():
            raise WorkerFailed("A process ended without an answer.")
        look()
        time.sleep(LOOK_EVERY)
    answer = answers.get()
    if isinstance(answer, str):
        raise WorkerFailed(answer)
    return answer


def _replay_part(
    till: Till,
    receipts: Receipts,
    part: Sequence[Event],
    done: "Synchronized[int]",
    answers: "SimpleQueue[Outcome | str]",
) -> None:
    def count_one(_number: int) -> None:
        with done.get_lock():
            done.value += 1

    try:
        answers.put(replay_all(till, receipts, part, seen=count_one))
    except BaseException:
        answers.put(traceback.format_exc())
