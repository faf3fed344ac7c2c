"""What `load_demo` prints: who can sign in and where, which code does what."""

from collections.abc import Iterator, Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from loyalty_site.demo import codes, people, signins

SHOWN_PERSONAL_CODES = 2


def shown() -> Iterator[str]:
    """The two tables, line by line; nothing where the demonstration was never loaded."""
    known = [signin for signin in signins.remembered() if people.still_valid(signin)]
    if known:
        yield from aligned([(_("Role"), _("E-mail"), _("Password"), _("Address")), *map(signin_row, known)])
        yield ""
        yield from aligned([(_("Promo code"), _("What it does")), *code_rows()])


def signin_row(signin: signins.SignIn) -> tuple[str, ...]:
    way = "/" if signin.role == people.CUSTOMER else "/admin/"
    return people.role_name(signin.role), signin.email, signin.password, f"{settings.PUBLIC_URL}{way}"


def code_rows() -> Iterator[tuple[str, ...]]:
    made = codes.demo_codes()
    for code in codes.CODES:
        if code.key in made:
            yield made[code.key], code.what
    for personal in codes.personal_codes(unused=True)[:SHOWN_PERSONAL_CODES]:
        yield personal, codes.PERSONAL.what


def aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
