"""Consents, each with its time, source and the text that was agreed to (CU-2)."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from customers.models import Consent, ConsentText, Customer, User
from customers.rules.consent_texts import FIRST_TEXTS, FIRST_VERSION
from customers.services.errors import ConsentTextChanged, NoSuchCustomer
from customers.services.stale import mark_stale
from loyalty_site.kernel.errors import invalid
from loyalty_site.kernel.transactions import requires_transaction

LONGEST_TEXT = 4_000


@requires_transaction
def set_consents(*, customer: Customer, purposes: Collection[str], now: datetime, source: str) -> None:
    """The live consents become exactly `purposes`: new ones are given, others withdrawn, the rest untouched.

    The caller holds the customer and marks him stale, for whatever else of him has changed.
    """
    _refuse_unknown(purposes)
    live = Consent.objects.filter(customer=customer, withdrawn_at=None)
    live.exclude(purpose__in=purposes).update(withdrawn_at=now, withdrawn_source=source)
    if not purposes:
        return
    known = set(live.values_list("purpose", flat=True))
    versions = _versions_in_force(set(purposes) - known, now)
    Consent.objects.bulk_create(
        Consent(customer=customer, purpose=purpose, given_at=now, source=source, text_version=str(versions[purpose]))
        for purpose in sorted(versions)
    )


@requires_transaction
def give_consent(*, customer_id: int, purpose: str, now: datetime, source: str, shown: str | None = None) -> Consent:
    """To the text in force; given already: that one. `shown` is the version that he had before his eyes.

    Raises InvalidInput, NoSuchCustomer, ConsentTextChanged.
    """
    _refuse_unknown([purpose])
    customer_id = _locked(customer_id)
    live = Consent.objects.filter(customer=customer_id, purpose=purpose, withdrawn_at=None).first()
    if live is not None:
        return live
    version = _versions_in_force({purpose}, now)[purpose]
    if shown is not None and shown != str(version):
        raise ConsentTextChanged
    mark_stale(customer_ids=[customer_id], now=now)
    return Consent.objects.create(
        customer_id=customer_id, purpose=purpose, given_at=now, source=source, text_version=str(version)
    )


@requires_transaction
def withdraw_consent(*, customer_id: int, purpose: str, now: datetime, source: str) -> bool:
    """Nothing is sent under it from now on; False when there was none. Raises InvalidInput, NoSuchCustomer."""
    _refuse_unknown([purpose])
    customer_id = _locked(customer_id)
    live = Consent.objects.filter(customer=customer_id, purpose=purpose, withdrawn_at=None)
    is_withdrawn = bool(live.update(withdrawn_at=now, withdrawn_source=source))
    if is_withdrawn:
        mark_stale(customer_ids=[customer_id], now=now)
    return is_withdrawn


@requires_transaction
def put_consent_text(*, purpose: str, text: str, text_en: str, by: User | None, now: datetime) -> ConsentText:
    """A new version, in force from now on; consents given before keep naming the old one. Raises InvalidInput.

    The same words again: the version in force.
    """
    _refuse_unknown([purpose])
    text, text_en = text.strip(), text_en.strip()
    if not text or max(len(text), len(text_en)) > LONGEST_TEXT:
        raise invalid("text", _("Enter a text of at most 4,000 characters."), "invalid")
    _versions_in_force({purpose}, now)
    newest = ConsentText.objects.filter(purpose=purpose).order_by("-version").select_for_update(no_key=True)[0]
    if (newest.text, newest.text_en) == (text, text_en):
        return newest
    return ConsentText.objects.create(
        purpose=purpose, version=newest.version + 1, text=text, text_en=text_en, written_by=by, written_at=now
    )


def _versions_in_force(purposes: Collection[str], now: datetime) -> dict[str, int]:
    """By purpose. The first wording is written down when somebody first agrees to it."""
    if not purposes:
        return {}
    rows = ConsentText.objects.filter(purpose__in=purposes).order_by("purpose", "-version").distinct("purpose")
    versions = dict(rows.values_list("purpose", "version"))
    missing = sorted(set(purposes) - set(versions))
    if missing:
        ConsentText.objects.bulk_create(
            [
                ConsentText(
                    purpose=purpose,
                    version=FIRST_VERSION,
                    text=FIRST_TEXTS[purpose].russian,
                    text_en=FIRST_TEXTS[purpose].english,
                    written_at=now,
                )
                for purpose in missing
            ],
            ignore_conflicts=True,
        )
    return {**dict.fromkeys(missing, FIRST_VERSION), **versions}


def _refuse_unknown(purposes: Collection[str]) -> None:
    if set(purposes) - set(Consent.Purpose.values):
        raise invalid("consents", _("There is no such purpose of consent."), "unknown_purpose")


def _locked(customer_id: int) -> int:
    """Whom it is about: the one that stayed, when the record was merged (CU-3)."""
    rows = Customer.objects.select_for_update(of=("self",), no_key=True)
    found = rows.filter(pk=customer_id, erased_at=None).values_list("merged_into", flat=True)[:1]
    if not found:
        raise NoSuchCustomer
    return customer_id if found[0] is None else _locked(found[0])
