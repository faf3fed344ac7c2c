"""What a merge moved, or will move, in the reader's language (CU-3): steps are data, sentences are said when read."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Consent
from loyalty_site.kernel.texts import money_text, number_text, points_text

Step = Mapping[str, Any]


def step_sentences(steps: Iterable[Step]) -> list[str]:
    """One or more sentences for each step; a part that is not known says nothing."""
    return [text for step in steps for text in SAID.get(step["part"], _nothing)(step)]


def _nothing(step: Step) -> list[str]:
    return []


def _orders(step: Step) -> list[str]:
    if not step["count"]:
        return []
    count = ngettext("%(n)s order moves over", "%(n)s orders move over", step["count"]) % {
        "n": number_text(step["count"])
    }
    return [_("%(orders)s, for %(amount)s in all.") % {"orders": count, "amount": money_text(Decimal(step["amount"]))}]


def _purchases(step: Step) -> list[str]:
    text = ngettext(
        "%(n)s purchase of the history counts for the one customer from now on.",
        "%(n)s purchases of the history count for the one customer from now on.",
        step["count"],
    )
    return [text % {"n": number_text(step["count"])}]


def _points(step: Step) -> list[str]:
    texts = [_("One points account: %(points)s of both together.") % {"points": points_text(step["points"])}]
    if step["paid"]:
        texts.append(_("%(points)s of them pay the debt.") % {"points": points_text(step["paid"])})
    if step.get("waiting"):
        texts.append(_("Corrections of points that wait for a second person move over."))
    return texts


def _codes(step: Step) -> list[str]:
    texts = []
    if step["codes"]:
        text = ngettext("%(n)s personal promo code moves over.", "%(n)s personal promo codes move over.", step["codes"])
        texts.append(text % {"n": number_text(step["codes"])})
    if step["uses"]:
        texts.append(_("Uses of promo codes are counted together: what each has used once is used twice."))
    return texts


def _tiers(step: Step) -> list[str]:
    texts = [_("The better of the two tiers stays, and what both have spent counts together.")]
    if step["lifted"]:
        texts.append(_("Together they reach a higher tier."))
    if step["cards"]:
        texts.append(_("Cards of both work at the till; one of them is the virtual card."))
    if step["memberships"]:
        texts.append(_("Paid memberships move over; those of one tier follow one another."))
    return texts


def _referrals(step: Step) -> list[str]:
    texts = []
    if step["brought"]:
        text = ngettext(
            "%(n)s friend who was brought moves over.", "%(n)s friends who were brought move over.", step["brought"]
        )
        texts.append(text % {"n": number_text(step["brought"])})
    if step["came"]:
        texts.append(_("Who brought the newer record has brought the one customer."))
    if step["void"]:
        texts.append(str(VOID[step["void"]]()))
    return texts


def _messages(step: Step) -> list[str]:
    text = ngettext("%(n)s message moves over.", "%(n)s messages move over.", step["count"])
    return [text % {"n": number_text(step["count"])}]


def _consents(step: Step) -> list[str]:
    texts = [_("Of what they agreed to, the later word of the two counts.")]
    if step["withdrawn"]:
        labels = dict(Consent.Purpose.choices)
        names = ", ".join(str(labels.get(purpose, purpose)) for purpose in step["withdrawn"])
        texts.append(_("Withdrawn later, so it no longer holds: %(names)s.") % {"names": names})
    return texts


def _marks(step: Step) -> list[str]:
    return [_("Notes, tags and places in segments move over.")]


def _erasure(step: Step) -> list[str]:
    return [_("The request to be forgotten now stands for the one customer.")]


def _himself() -> str:
    return _(
        "One of them was brought by the other: that is one person, so the referral is void. Rewards that wait are"
        " refused, those that were paid are taken back."
    )


def _second() -> str:
    return _(
        "Both came as newcomers: who brought the older record stays, and rewards for the newer one that wait are"
        " refused."
    )


def _later() -> str:
    return _(
        "The newer record was brought by somebody who came after the older one: that referral is void, and its rewards"
        " that wait are refused."
    )


VOID: Mapping[str, Callable[[], str]] = {"himself": _himself, "second": _second, "later": _later}
SAID: Mapping[str, Callable[[Step], list[str]]] = {
    "orders": _orders,
    "purchases": _purchases,
    "points": _points,
    "codes": _codes,
    "tiers": _tiers,
    "referrals": _referrals,
    "messages": _messages,
    "consents": _consents,
    "marks": _marks,
    "erasure": _erasure,
}
