"""One referral under review: both accounts side by side, why it is here, and what may be done (R-5)."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from loyalty_site.kernel.backoffice import attempt_form, page, staff_page
from loyalty_site.kernel.errors import NotFound
from referrals.admin.ports import order_links
from referrals.admin.review_words import reason_sentences, shared_text, status_badge
from referrals.admin.rows import reward_row, rewards_of
from referrals.models import Referrer, Review
from referrals.queries import chain_up, tree_down
from referrals.queries.linked import linked_accounts
from referrals.services import approve_referral, reject_referral, stop_referrer

ROLES = {
    "newcomer": gettext_lazy("Newcomer"),
    "referrer": gettext_lazy("Referrer"),
    "other": gettext_lazy("Another account"),
}


class DecisionForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stays in the history; customers never see it."),
        max_length=200,
        strip=True,
        error_messages={"required": gettext_lazy("Give the reason: it stays in the history.")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@staff_page("referrals.view_review")
def show(request: HttpRequest, review_id: int) -> HttpResponse:
    return _page(request, _review(review_id), DecisionForm(label_suffix=""))


@staff_page("referrals.decide_review")
@require_POST
def approve(request: HttpRequest, review_id: int) -> HttpResponse:
    return _decide(request, review_id, approve_referral, _("Approved: the rewards are paid when they are due."))


@staff_page("referrals.decide_review")
@require_POST
def reject(request: HttpRequest, review_id: int) -> HttpResponse:
    return _decide(request, review_id, reject_referral, _("Rejected: nothing is paid."))


@staff_page("referrals.decide_review")
@require_POST
def stop(request: HttpRequest, review_id: int) -> HttpResponse:
    """All that the referrer waits for is refused, and his link brings nothing any more."""
    return _decide(request, review_id, _stopped, _("The referrer is stopped: what he waited for is refused."))


def _stopped(*, referral_id: int, **decision: Any) -> Any:
    referrer_id = Review.objects.values_list("referral__referrer", flat=True).get(referral=referral_id)
    if referrer_id is None:
        raise NotFound
    return stop_referrer(customer_id=referrer_id, **decision)


def _decide(request: HttpRequest, review_id: int, service: Callable[..., Any], said: str) -> HttpResponse:
    review, by, now = _review(review_id), request.user, timezone.now()
    form = DecisionForm(request.POST, label_suffix="")
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if attempt_form(form, lambda: service(referral_id=review.referral_id, reason=reason, by=by, now=now)):
            messages.success(request, said)
            return redirect(reverse("admin:referrals_review_page", args=[review_id]))
    return _page(request, _review(review_id), form)


def _page(request: HttpRequest, review: Review, form: DecisionForm) -> HttpResponse:
    referral = review.referral
    rewards = rewards_of([referral.pk]).get(referral.pk, [])
    links = order_links([referral.first_order_ref, *(reward.order_ref for reward in rewards)])
    stopped = Referrer.objects.filter(pk=referral.referrer_id, stopped_at__isnull=False).first()
    may_decide = request.user.has_perm("referrals.decide_review")
    return page(
        request,
        "referrals/admin/review.html",
        title=_("Review of referral No. %(number)s") % {"number": referral.pk},
        status=422 if form.errors else 200,
        opts=Review._meta,
        review=review,
        referral=referral,
        badge=status_badge(review),
        reasons=reason_sentences(review),
        accounts=[
            {"account": account, "role": ROLES[account.role], "shared": shared_text(account.shared)}
            for account in linked_accounts(referral)
        ],
        rewards=[reward_row(reward, links) for reward in rewards],
        chain=chain_up(referral.newcomer_id)[1:],
        tree=tree_down(referral.newcomer_id),
        stopped=stopped,
        form=form,
        may_approve=may_decide and review.status != Review.Status.APPROVED,
        may_reject=may_decide and review.status != Review.Status.REJECTED,
        may_stop=may_decide and referral.referrer_id is not None and stopped is None,
    )


def _review(review_id: int) -> Review:
    people = ("referral__newcomer", "referral__referrer", "referral__ambassador", "decided_by")
    return get_object_or_404(Review.objects.select_related(*people), pk=review_id)
