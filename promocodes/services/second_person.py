"""A discount above the programme's threshold needs a second person to switch it on (RELIABILITY: staff)."""

from django.utils.translation import gettext_lazy as _

from customers.models import Programme, User
from loyalty_site.kernel.errors import NotAllowed
from promocodes.models import Terms
from promocodes.queries.history import last_editor_of_terms
from promocodes.rules.facts import FIXED, FREE_SHIPPING


def require_second_person(terms: Terms, by: User | None) -> None:
    """Refuse when `terms` are above the threshold and `by` wrote them, or is nobody in particular.

    Raises `NotAllowed` with code `second_person_required`.
    """
    if not _is_above(terms):
        return
    authors = {terms.created_by_id, last_editor_of_terms(terms.pk)}
    if by is None or by.pk in authors:
        raise NotAllowed(
            _("A discount this large is activated by somebody other than the one who entered it."),
            code="second_person_required",
        )


def _is_above(terms: Terms) -> bool:
    if terms.type == FREE_SHIPPING or terms.value is None:
        return False
    programme = Programme.objects.filter(pk=1).first()
    if programme is None:
        return False
    limit = programme.second_person_amount if terms.type == FIXED else programme.second_person_percent
    return limit is not None and terms.value > limit
