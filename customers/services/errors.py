"""Refusals about customers."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.errors import Conflict, NotFound, WrongState


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


class ConsentTextChanged(Conflict):
    code = "consent_text_changed"
    message = _("The words of this consent have changed meanwhile: read them once more, please.")


class AlreadyErased(Conflict):
    code = "customer_erased"
    message = _("This customer has been forgotten: nothing is known of him any more.")


class ErasureNotOpen(WrongState):
    code = "erasure_not_open"
    message = _("There is no request to be forgotten that could be called off.")


TAKEN: dict[str, type[Conflict]] = {
    "email": EmailTaken,
    "phone": PhoneTaken,
    "external_id": ExternalIdTaken,
}
