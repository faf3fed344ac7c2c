"""Names of goods in a sentence."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

NAMES_SHOWN = 3


def names_text(names: Sequence[str]) -> str:
    """“Shirt”, “Coat” and 2 more."""
    shown = ", ".join(_("“%(name)s”") % {"name": name} for name in names[:NAMES_SHOWN])
    rest = len(names) - NAMES_SHOWN
    if rest <= 0:
        return shown
    return ngettext("%(names)s and %(count)d more", "%(names)s and %(count)d more", rest) % {
        "names": shown,
        "count": rest,
    }
