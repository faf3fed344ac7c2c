"""Why a file cannot be read at all."""


class UnreadableFile(Exception):
    """`code` says why (`empty`, `encoding`, `quotes`, …), `details` where: the line, or the limit it breaks."""

    def __init__(self, code: str, **details: int | str) -> None:
        super().__init__(code)
        self.code, self.details = code, details
