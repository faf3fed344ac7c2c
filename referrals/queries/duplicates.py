"""Signs of one person that traits are (CU-3, R-5): what two customers were seen with."""

from datetime import datetime

from customers.queries.duplicates import ADDRESS, CONTACT_EMAIL, CONTACT_PHONE, DEVICE, PAYER, pairs

KINDS = {"email": CONTACT_EMAIL, "phone": CONTACT_PHONE, "payer": PAYER, "address": ADDRESS, "device": DEVICE}
OF_KIND = "SELECT customer_id, value FROM referrals_trait WHERE kind = '{kind}' AND customer_id IS NOT NULL"


def duplicate_signs(*, since: datetime | None = None) -> list[str]:
    """The port CUSTOMERS_DUPLICATE_SIGNS: mailbox, phone, payer, address or device of an order or a sign-in."""
    return [pairs(OF_KIND.format(kind=kind), sign) for kind, sign in KINDS.items()]
