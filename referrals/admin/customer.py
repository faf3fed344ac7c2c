"""The part on invitations of a customer's page: his link, who brought him, whom he brought (CU-10)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from loyalty_site.kernel.backoffice import attempt, staff_page
from referrals import services
from referrals.admin import words
from referrals.admin.rows import referral_rows
from referrals.models import Ambassador, Referral, Referrer
from referrals.queries import chain_up, link_of, summary, tree_down

SHOWN = 20


class StopForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


def customer_referrals(request: HttpRequest, customer_id: int) -> dict[str, Any] | None:
    """`referrals` of `referrals/admin/_customer.html`; None for those who may not look. About a dozen queries."""
    if not request.user.has_perm("referrals.view_referral"):
        return None
    now = timezone.now()
    chain, figures = chain_up(customer_id), summary(customer_id, now=now)
    own = chain[0] if chain else None
    brought = Referral.objects.filter(referrer=customer_id).order_by("-registered_at", "-pk")
    tree = tree_down(customer_id)
    return {
        "link": link_of(customer_id),
        "ambassador": Ambassador.objects.filter(customer=customer_id).first(),
        "own": own,
        "terms": words.terms_of(own) if own else (),
        "chain": chain,
        "summary": figures,
        "brought": referral_rows(brought[:SHOWN]),
        "has_more": figures.registered > SHOWN,
        "tree": tree if any(branch.branches for branch in tree) else (),
        "stopped": _stopped(customer_id),
        "may_stop": request.user.has_perm("referrals.decide_review"),
        "stop_form": StopForm(label_suffix="", auto_id="stop_%s"),
    }


def _stopped(customer_id: int) -> Referrer | None:
    rows = Referrer.objects.filter(pk=customer_id, stopped_at__isnull=False)
    return rows.select_related("stopped_by").first()


@staff_page("referrals.decide_review")
@require_POST
def stop(request: HttpRequest, customer_id: int) -> HttpResponse:
    """His pending rewards are refused, and his link brings nothing any more."""
    return _decide(request, customer_id, services.stop_referrer, _("The customer's invitations are stopped."))


@staff_page("referrals.decide_review")
@require_POST
def resume(request: HttpRequest, customer_id: int) -> HttpResponse:
    return _decide(request, customer_id, services.resume_referrer, _("The customer's link works again."))


def _decide(request: HttpRequest, customer_id: int, service: Any, said: str) -> HttpResponse:
    form, by, now = StopForm(request.POST), request.user, timezone.now()
    if not form.is_valid():
        messages.error(request, _("Give the reason: it stays in the history."), extra_tags="referrals")
    elif attempt(
        request,
        lambda: service(customer_id=customer_id, reason=form.cleaned_data["reason"], by=by, now=now),
    ):
        messages.success(request, said, extra_tags="referrals")
    return redirect(reverse("admin:customers_customer_change", args=[customer_id]) + "#referrals")
