"""Progress of long commands: one line that moves on a terminal, a line now and then elsewhere."""

import time
from typing import TextIO

MOVING_EVERY = 0.2
PRINTED_EVERY = 10.0


class Progress:
    """`Progress(stream, "baskets", total)`, then `seen(done)` as often as one likes, then `finish()`."""

    def __init__(self, stream: TextIO, what: str, total: int) -> None:
        self.stream, self.what, self.total = stream, what, total
        self.done = 0
        self.started = self.shown = time.monotonic()
        self.is_terminal = stream.isatty()

    def seen(self, done: int) -> None:
        self.done = done
        if time.monotonic() - self.shown >= (MOVING_EVERY if self.is_terminal else PRINTED_EVERY):
            self._show()

    def finish(self, done: int | None = None) -> None:
        """The last state, on a line of its own; `done` where it is not all."""
        self.done = self.total if done is None else done
        self._show()
        if self.is_terminal:
            self.stream.write("\n")

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def per_second(self) -> float:
        return self.done / self.seconds if self.seconds else 0.0

    def _show(self) -> None:
        self.shown = time.monotonic()
        text = f"{self.what}: {self.done:,} of {self.total:,}, {self.per_second:,.1f} a second, {self._left()}"
        self.stream.write(f"\r{text:<78}" if self.is_terminal else f"{text}\n")
        self.stream.flush()

    def _left(self) -> str:
        if not self.done or self.done >= self.total:
            return f"{self.seconds:,.0f} s"
        left = (self.total - self.done) / self.per_second
        return f"{left / 60:,.0f} min left" if left >= 120 else f"{left:,.0f} s left"
