"""Two customers side by side: whose details stay, what will happen, and the merge itself (CU-3)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from customers.admin.duplicate_words import signs_text, state_badge
from customers.models import Customer, Duplicate, Merge
from customers.queries.merge_texts import step_sentences
from customers.queries.merges import merge_facts, merge_preview
from customers.queries.search import search_customers
from customers.services.duplicates import say_different
from customers.services.merge import FIELDS, default_of, merge_customers
from customers.tasks import look_for_duplicates
from loyalty_site.kernel.backoffice import attempt, attempt_form, page, staff_page
from loyalty_site.kernel.keys import key_of
from loyalty_site.kernel.texts import day_text

SHOWN = 20
LABELS: dict[str, Any] = {
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "name": gettext_lazy("First and last name"),
    "birthday": gettext_lazy("Birthday"),
    "manager": gettext_lazy("Personal manager"),
}


class MergeForm(forms.Form):
    """Whose value of each detail stays, by key, and why the two are one."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("How you know that this is one person; it stays in the history."),
        max_length=200,
        strip=True,
        error_messages={"required": gettext_lazy("Give the reason: it stays in the history.")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def kept(self) -> dict[str, int]:
        chosen = {field: key_of(self.data.get(f"kept_{field}")) for field in FIELDS}
        return {field: key for field, key in chosen.items() if key is not None}


@staff_page("customers.view_duplicate")
def show_pair(request: HttpRequest, duplicate_id: int) -> HttpResponse:
    pair = get_object_or_404(Duplicate.objects.select_related("first", "second", "decided_by"), pk=duplicate_id)
    if pair.state == Duplicate.State.MERGED:
        merge = Merge.objects.filter(absorbed=pair.second_id).first()
        if merge is not None:
            return redirect("admin:customers_merge_page", merge.pk)
    if request.method == "POST":
        return _merge(request, pair.first, pair.second, pair)
    return _page(request, pair.first, pair.second, MergeForm(label_suffix=""), pair)


@staff_page("customers.merge_customer")
@require_POST
def different(request: HttpRequest, duplicate_id: int) -> HttpResponse:
    """Who may merge may say as well that two are different people."""
    done = attempt(request, lambda: say_different(duplicate_id=duplicate_id, by=request.user, now=timezone.now()))
    if done is not None:
        messages.success(request, _("Different people: this pair does not come back."))
    return redirect("admin:customers_duplicate_changelist")


@staff_page("customers.merge_customer")
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """The worker goes over everybody now, as it does every night."""
    look_for_duplicates.delay()
    messages.success(request, _("The worker is looking for duplicates: they come into this list by themselves."))
    return redirect("admin:customers_duplicate_changelist")


@staff_page("customers.merge_customer")
def choose(request: HttpRequest, customer_id: int) -> HttpResponse:
    """From a customer's page: find the other record, then both side by side (`?with=`).

    Whoever comes back to it after the merge is led to the record that tells where it went.
    """
    customer, other_key = get_object_or_404(Customer, pk=customer_id), key_of(request.GET.get("with"))
    other = customer if other_key is None else get_object_or_404(Customer, pk=other_key)
    for one in (customer, other):
        if not _is_living(one):
            return redirect("admin:customers_customer_change", one.pk)
    if other.pk != customer.pk:
        older, newer = sorted((customer, other), key=lambda one: one.pk)
        if request.method == "POST":
            return _merge(request, older, newer, None)
        return _page(request, older, newer, MergeForm(label_suffix=""), None)
    text = request.GET.get("q", "").strip()
    keys = [key for key in search_customers(text, limit=SHOWN) if key != customer.pk] if text else []
    found = Customer.objects.in_bulk(keys)
    return page(
        request,
        "customers/admin/merge_choose.html",
        title=_("Merge with another record"),
        opts=Customer._meta,
        customer=customer,
        text=text,
        found=[found[key] for key in keys if key in found and _is_living(found[key])],
    )


@staff_page("customers.view_merge")
def show_merge(request: HttpRequest, merge_id: int) -> HttpResponse:
    merge = get_object_or_404(Merge.objects.select_related("survivor", "absorbed", "merged_by"), pk=merge_id)
    return page(
        request,
        "customers/admin/merge.html",
        title=_("Merge No. %(number)s") % {"number": merge.pk},
        opts=Merge._meta,
        merge=merge,
        sentences=step_sentences(merge.steps),
        kept=[(LABELS[field], key == merge.absorbed_id) for field, key in merge.kept.items() if field in LABELS],
    )


def _is_living(customer: Customer) -> bool:
    return customer.merged_into_id is None and customer.erased_at is None


def _merge(request: HttpRequest, older: Customer, newer: Customer, pair: Duplicate | None) -> HttpResponse:
    form, by, now = MergeForm(request.POST, label_suffix=""), request.user, timezone.now()
    if not by.has_perm("customers.merge_customer"):
        return HttpResponse(status=403)
    if form.is_valid():
        merge: Merge | None = attempt_form(
            form,
            lambda: merge_customers(
                first_id=older.pk,
                second_id=newer.pk,
                kept=form.kept(),
                reason=form.cleaned_data["reason"],
                by=by,
                now=now,
            ),
        )
        if merge is not None:
            messages.success(request, _("Merged: the two records are one customer now."))
            return redirect("admin:customers_merge_page", merge.pk)
    return _page(request, older, newer, form, pair)


def _page(
    request: HttpRequest, older: Customer, newer: Customer, form: MergeForm, pair: Duplicate | None
) -> HttpResponse:
    now = timezone.now()
    is_open = newer.merged_into_id is None and older.merged_into_id is None
    return page(
        request,
        "customers/admin/side_by_side.html",
        title=_("Two records side by side"),
        status=422 if form.errors else 200,
        opts=Duplicate._meta,
        older=older,
        newer=newer,
        pair=pair,
        badge=state_badge(pair) if pair else "",
        signs=signs_text(pair.signs) if pair else "",
        details=[_detail(field, older, newer, form) for field in FIELDS],
        facts=_facts(older, newer, now),
        preview=merge_preview(older.pk, newer.pk, now=now),
        form=form,
        may_merge=is_open and request.user.has_perm("customers.merge_customer"),
        may_part=pair is not None
        and pair.state == Duplicate.State.OPEN
        and request.user.has_perm("customers.merge_customer"),
    )


def _detail(field: str, older: Customer, newer: Customer, form: MergeForm) -> dict[str, Any]:
    chosen = form.kept().get(field) if form.is_bound else default_of(field, older, newer).pk
    texts = [_text(field, customer) for customer in (older, newer)]
    return {
        "field": field,
        "label": LABELS[field],
        "differs": texts[0] != texts[1],
        "values": [
            {"key": customer.pk, "text": text, "chosen": customer.pk == chosen}
            for customer, text in zip((older, newer), texts, strict=True)
        ],
    }


def _text(field: str, customer: Customer) -> str:
    if field == "birthday":
        return day_text(customer.birthday) if customer.birthday else "—"
    value = {"name": customer.full_name, "manager": customer.manager}.get(field) or getattr(customer, field, "")
    return str(value or "—")


def _facts(older: Customer, newer: Customer, now: Any) -> list[tuple[str, str, str]]:
    both = zip(merge_facts(older, now=now), merge_facts(newer, now=now), strict=True)
    return [(label, first, second) for (label, first), (_label, second) in both]
