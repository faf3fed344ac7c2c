"""Where purchases come from, in words; a channel that we have no words for is shown as it is written (CU-5)."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CHANNELS: Mapping[str, Promise] = {
    "site": _("site"),
    "app": _("app"),
    "pos": _("till"),
    "marketplace": _("marketplace"),
    "import": _("import"),
}
