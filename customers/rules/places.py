"""Where a customer agreed or withdrew, in words."""

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

PLACES: dict[str, Promise] = {
    "account": pgettext_lazy("consent", "in the account"),
    "signup": pgettext_lazy("consent", "on the registration form"),
    "site": pgettext_lazy("consent", "on the site"),
    "api": pgettext_lazy("consent", "through a partner or the app"),
    "back office": pgettext_lazy("consent", "through staff"),
    "import": pgettext_lazy("consent", "in an imported file"),
    "demo": pgettext_lazy("consent", "on the site"),
    "erased": pgettext_lazy("consent", "forgotten"),
    "merge": pgettext_lazy("consent", "in a merge of customers"),
}


def place_text(source: str) -> str:
    """A source that we have no words for stays as it was given."""
    return str(PLACES.get(source, source))
