"""A letter in words, before it is dressed as text and as HTML."""

import re
from dataclasses import dataclass, field

# Whatever could end a header line, or a line at all; non-breaking spaces stay.
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True)
class Button:
    """Where the letter leads to; `url` is absolute."""

    text: str
    url: str


@dataclass(frozen=True)
class Letter:
    """What a renderer hands back: plain words in the reader's language, never HTML.

    `facts` are pairs of a name and a value; `code` is a promo code to be copied, with `code_note` on how to use it.
    """

    subject: str
    heading: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    code: str = ""
    code_note: str = ""
    button: Button | None = field(default=None)

    @property
    def subject_line(self) -> str:
        """In one line, whatever somebody has as a name."""
        return _BREAKS.sub(" ", self.subject).strip()
