"""Many callers at once, each in a process of its own with its own connection, on committed data."""

import multiprocessing
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, connections

Attempt = Callable[[int], str]


def crowd(attempt: Attempt, attempts: int, *, workers: int) -> Counter[str]:
    """Run `attempt(number)` for every number below `attempts`, spread over `workers` processes started together.

    What each returns is counted; an exception counts under its class's name. `attempt` may close over rows: processes
    are forked. Connections of the parent are closed first, so that no two processes share one.
    """
    connections.close_all()
    context = multiprocessing.get_context("fork")
    gate, answers = context.Barrier(workers), context.SimpleQueue()
    shares = [range(worker, attempts, workers) for worker in range(workers)]
    people = [context.Process(target=_work, args=(attempt, share, gate, answers)) for share in shares]
    for person in people:
        person.start()
    counted: Counter[str] = Counter()
    for _person in people:
        counted.update(answers.get())
    for person in people:
        person.join()
    return counted


def _work(attempt: Attempt, share: Sequence[int], gate: Any, answers: Any) -> None:
    counted: Counter[str] = Counter()
    try:
        connection.ensure_connection()
        gate.wait()
        for number in share:
            try:
                counted[attempt(number)] += 1
            except Exception as error:
                counted[type(error).__name__] += 1
    finally:
        answers.put(dict(counted))
        connections.close_all()


def dawdle(seconds: float = 0.03) -> None:
    """A slow moment between check and save, as a busy server has them: with it a control overruns on any machine.

    It has to be longer than the rest of an attempt takes all workers together.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])


def until_somebody_waits() -> None:
    """For a lock, such as the caller holds one: better than a slow moment where the other is known to wait."""
    for _look in range(1000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
            if cursor.fetchone()[0]:
                return
        dawdle()
    raise AssertionError("nobody came")
