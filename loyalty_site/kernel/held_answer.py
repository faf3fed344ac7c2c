"""The file of what is held of a customer, as an answer that is streamed (CU-4)."""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.http import StreamingHttpResponse
from django.utils import translation

from loyalty_site.kernel.held_files import Parts, as_html, as_json

WRITERS: dict[str, tuple[Callable[..., Iterator[str]], str]] = {
    "json": (as_json, "application/json; charset=utf-8"),
    "html": (as_html, "text/html; charset=utf-8"),
}


def held_answer(parts: Parts, form: str, *, number: int, now: datetime) -> StreamingHttpResponse:
    """`form` is `json` or `html`. It is written as it is read, so its length takes no memory."""
    writer, kind = WRITERS[form]
    language = translation.get_language() or "en"

    def written() -> Iterator[str]:
        # The body is written after the middleware has put its language away.
        with translation.override(language):
            yield from writer(parts, number=number, now=now)

    answer = StreamingHttpResponse(written(), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="customer-{number}.{form}"'
    answer["Cache-Control"] = "no-store"
    return answer
