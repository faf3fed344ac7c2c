"""What the settings of referrals come to, said in a few sentences beside them."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Programme
from loyalty_site.kernel.texts import money_text, number_text
from referrals.queries import offer


def promise_sentences(programme: Programme) -> list[str]:
    """What is promised by these settings; the first sentence is the whole of it when nothing is."""
    promised = offer(programme)
    if not (promised.referrer or promised.newcomer):
        return [_("Invitations bring nothing to anybody.")]
    said = []
    if promised.referrer:
        days = ngettext("%(n)s day", "%(n)s days", promised.hold_days) % {"n": number_text(promised.hold_days)}
        said.append(
            _("Who invites gets %(reward)s, %(days)s after the friend's first order.")
            % {"reward": promised.referrer, "days": days}
        )
    if promised.newcomer:
        text = (
            _("The friend gets %(reward)s at registration.")
            if promised.newcomer_at_once
            else _("The friend gets %(reward)s at the same time.")
        )
        said.append(text % {"reward": promised.newcomer})
    if promised.minimum_order:
        said.append(_("The first order counts from %(sum)s of goods.") % {"sum": money_text(promised.minimum_order)})
    limits = {"day": number_text(programme.referral_day_limit), "month": number_text(programme.referral_month_limit)}
    said.append(_("More than %(day)s friends a day or %(month)s a month wait for a look by staff.") % limits)
    return said
