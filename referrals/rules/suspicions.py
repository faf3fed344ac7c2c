"""The suspicions there are: what each adds to the risk, and how it is said (R-5).

Out of the box a person looks from 50 on, nothing is paid from 100 on. A mailbox, a phone and a card are one person's:
each alone refuses. A device and a door are a household's: each alone has a person look, both together refuse. A network
is a whole office's: alone it is never enough. A value that many strangers share (`COMMON`) says next to nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

COMMON = "common"
Params = Mapping[str, Any]

SCORES = {
    "self_email": 100,
    "self_phone": 100,
    "self_payer": 100,
    "self_device": 70,
    "self_address": 60,
    "self_network": 15,
    "known_email": 100,
    "known_phone": 100,
    "known_payer": 100,
    "known_device": 50,
    "known_address": 25,
    "bought_before": 100,
    "guest_email": 100,
    "guest_phone": 100,
    "guest_payer": 100,
    "guest_device": 50,
    "sibling_email": 100,
    "sibling_phone": 100,
    "sibling_payer": 100,
    "sibling_device": 60,
    "sibling_address": 50,
    "sibling_network": 15,
    "chain_email": 100,
    "chain_phone": 100,
    "chain_payer": 100,
    "chain_device": 70,
    "chain_address": 60,
    "chain_network": 15,
    "burst": 60,
    "burst_anywhere": 50,
    "rewards_taken_back": 50,
    "gave_back": 20,
    "gave_back_often": 50,
}

SENTENCES: dict[str, Callable[[Params], str]] = {
    "self_email": lambda p: _("The same mailbox as the referrer's, only written otherwise."),
    "self_phone": lambda p: _("The same phone as the referrer's, now or before."),
    "self_payer": lambda p: _("Paid with the card or from the account of the referrer."),
    "self_device": lambda p: _("The same device as the referrer's."),
    "self_address": lambda p: _("The same delivery address as the referrer's."),
    "self_network": lambda p: _("The same network as the referrer's."),
    "known_email": lambda p: _("The mailbox of a customer who registered earlier, only written otherwise."),
    "known_phone": lambda p: _("The phone of a customer who registered earlier."),
    "known_payer": lambda p: _("Paid with the card or from the account of a customer who registered earlier."),
    "known_device": lambda p: _("The device of a customer who registered earlier."),
    "known_address": lambda p: _("The delivery address of a customer who registered earlier."),
    "bought_before": lambda p: _("Has bought before registering."),
    "guest_email": lambda p: _("A guest has bought with this mailbox before."),
    "guest_phone": lambda p: _("A guest has bought with this phone before."),
    "guest_payer": lambda p: _("A guest has bought with this card or account before."),
    "guest_device": lambda p: _("A guest has bought from this device before."),
    "sibling_email": lambda p: _friends(p, _("The same mailbox as another newcomer's of this referrer")),
    "sibling_phone": lambda p: _friends(p, _("The same phone as another newcomer's of this referrer")),
    "sibling_payer": lambda p: _friends(p, _("The same card or payer as another newcomer's of this referrer")),
    "sibling_device": lambda p: _friends(p, _("The same device as another newcomer's of this referrer")),
    "sibling_address": lambda p: _friends(p, _("The same delivery address as another newcomer's of this referrer")),
    "sibling_network": lambda p: _friends(p, _("The same network as another newcomer's of this referrer")),
    "chain_email": lambda p: _("The same mailbox as of one further up the chain: a ring."),
    "chain_phone": lambda p: _("The same phone as of one further up the chain: a ring."),
    "chain_payer": lambda p: _("The same card or payer as of one further up the chain: a ring."),
    "chain_device": lambda p: _("The same device as of one further up the chain: perhaps a ring."),
    "chain_address": lambda p: _("The same delivery address as of one further up the chain: perhaps a ring."),
    "chain_network": lambda p: _("The same network as of one further up the chain."),
    "common_device": lambda p: _("A device in common, but one that many strangers use."),
    "common_payer": lambda p: _("A payer in common, but one that pays for many strangers."),
    "common_address": lambda p: _("An address in common, but one of many strangers, such as a parcel point."),
    "common_network": lambda p: _("A network in common, but one of many strangers, such as an office."),
    "burst": lambda p: (
        ngettext(
            "%(count)d newcomer of this referrer registered from one network within a day.",
            "%(count)d newcomers of this referrer registered from one network within a day.",
            p["count"],
        )
        % p
    ),
    "burst_anywhere": lambda p: (
        ngettext(
            "%(count)d newcomer of different referrers registered from one network within a day.",
            "%(count)d newcomers of different referrers registered from one network within a day.",
            p["count"],
        )
        % p
    ),
    "rewards_taken_back": lambda p: (
        ngettext(
            "%(count)d earlier reward of this referrer was taken back.",
            "%(count)d earlier rewards of this referrer were taken back.",
            p["count"],
        )
        % p
    ),
    "gave_back": lambda p: _("The newcomer has given an order back whole."),
    "gave_back_often": lambda p: (
        ngettext(
            "The newcomer has given %(count)d order back whole.",
            "The newcomer has given %(count)d orders back whole.",
            p["count"],
        )
        % p
    ),
    "day_limit": lambda p: _("Friend no. %(count)d of this referrer on that day; the limit is %(limit)d.") % p,
    "month_limit": lambda p: _("Friend no. %(count)d of this referrer in that month; the limit is %(limit)d.") % p,
}


def _friends(params: Params, sentence: str) -> str:
    """The sentence, with how many there are when there is more than one."""
    count = params["count"]
    if count == 1:
        return f"{sentence}."
    return ngettext("%(sentence)s (%(count)d of them).", "%(sentence)s (%(count)d of them).", count) % {
        "sentence": sentence,
        "count": count,
    }
