"""Refusals about customers."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.errors import Conflict, NotFound


class EmailTaken(Conflict):
    code = "email_taken"
    message = _("There is already a customer with this e-mail.")


class PhoneTaken(Conflict):
    code = "phone_taken"
    message = _("There is already a customer with this phone.")


class ExternalIdTaken(Conflict):
    code = "external_id_taken"
    message = _("There is already a customer with this external id.")


class NoSuchCustomer(NotFound):
    message = _("There is no such customer.")


TAKEN: dict[str, type[Conflict]] = {
    "email": EmailTaken,
    "phone": PhoneTaken,
    "external_id": ExternalIdTaken,
}
