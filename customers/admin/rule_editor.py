"""The builder of a rule: a form that works by itself, its tree and count exchanged while it is edited (CU-8)."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.admin.rule_form import RuleForm, posted, stored
from customers.models import Segment
from customers.queries.conditions import known_conditions, read_rule
from customers.queries.rule_sql import TooSlow, count_rule, sample_rule
from customers.rules.conditions import Node
from customers.services.rule_segments import put_rule_segment
from loyalty_site.kernel.backoffice import attempt_form, page, staff_page
from loyalty_site.kernel.errors import InvalidInput
from loyalty_site.kernel.keys import key_of

SAMPLE = 8
ACTIONS = ("_add", "_group", "_remove", "_show", "_count")


def what_for() -> forms.CharField:
    """Asked for of every segment, by conditions or by hand."""
    return forms.CharField(
        label=gettext_lazy("What for"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Those who come after you read it."),
    )


class DetailsForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=200, required=False)
    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=64,
        help_text=gettext_lazy("Promo codes and the API know the segment by it; it stays."),
    )
    note = what_for()


@staff_page("customers.add_segment")
def new_rule(request: HttpRequest) -> HttpResponse:
    """From scratch; like the segment in `?from=`; or of the rule in `?rule=`, as other pages link to it."""
    if request.method == "POST":
        return _sent(request, None)
    source, tree = _source(request)
    start = {
        "code": f"segment-{(Segment.objects.order_by('-pk').values_list('pk', flat=True).first() or 0) + 1}",
        "name": _("%(name)s (copy)") % {"name": source.name} if source else request.GET.get("name", "")[:200],
        "note": source.note if source else "",
    }
    return _page(request, None, DetailsForm(initial=start, label_suffix=""), stored(tree, known_conditions()))


@staff_page("customers.change_segment")
def edit_rule(request: HttpRequest, segment_id: int) -> HttpResponse:
    segment = get_object_or_404(Segment, pk=segment_id, kind=Segment.Kind.RULE, archived_at=None)
    if request.method == "POST":
        return _sent(request, segment)
    start = {name: getattr(segment, name) for name in DetailsForm.base_fields}
    return _page(
        request, segment, DetailsForm(initial=start, label_suffix=""), stored(_read(segment.rule), known_conditions())
    )


@staff_page("customers.view_segment")
def builder(request: HttpRequest) -> HttpResponse:
    """The tree again after a button or another choice, for the page that exchanges it."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    return TemplateResponse(request, "customers/admin/_tree.html", {"rule": posted(request.POST, known_conditions())})


@staff_page("customers.view_segment")
def count(request: HttpRequest) -> HttpResponse:
    """How many the rule finds now, and some of them."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    rule = posted(request.POST, known_conditions())
    return TemplateResponse(request, "customers/admin/_found.html", {"found": told_count(rule.document)})


def told_count(document: Any) -> dict[str, Any]:
    """The sentence, the count and a sample, or why there is none."""
    try:
        tree = read_rule(document, is_new=True)
    except InvalidInput as refusal:
        return {"missing": str(refusal.errors[0].detail)}
    told: dict[str, Any] = {"sentence": tree.sentence()}
    try:
        told["count"] = count_rule(document)
        told["sample"] = sample_rule(document, SAMPLE) if told["count"] else []
    except TooSlow:
        told["is_slow"] = True
    return told


def _sent(request: HttpRequest, segment: Segment | None) -> HttpResponse:
    """A button of the tree shows it anew; the button at the end saves."""
    rule = posted(request.POST, known_conditions())
    form = DetailsForm(request.POST, label_suffix="", initial={"code": segment.code} if segment else None)
    if segment is not None:
        form.fields["code"].disabled = True
    if any(action in request.POST for action in ACTIONS):
        shown = DetailsForm(initial={name: request.POST.get(name, "") for name in form.fields}, label_suffix="")
        if segment is not None:
            shown.initial["code"] = segment.code
        found = told_count(rule.document) if "_count" in request.POST else None
        return _page(request, segment, shown, rule, found)
    if form.is_valid():
        saved = attempt_form(form, lambda: _saved(request, form, rule, segment))
        if saved is not None:
            messages.success(request, _("Saved: %(name)s. Its customers are being looked for.") % {"name": saved})
            return redirect("admin:customers_segment_change", saved.pk)
    try:
        read_rule(rule.document, is_new=True)
    except InvalidInput as refusal:
        rule.tell(refusal.errors)
        _said_there(form, {str(error.detail) for error in refusal.errors})
    return _page(request, segment, form, rule, status=422)


def _said_there(form: DetailsForm, sentences: set[str]) -> None:
    """What is said at a condition is not said above the form as well."""
    if left := [sentence for sentence in form.non_field_errors() if sentence not in sentences]:
        form.errors["__all__"] = form.error_class(left)
    else:
        form.errors.pop("__all__", None)


def _saved(request: HttpRequest, form: DetailsForm, rule: RuleForm, segment: Segment | None) -> Segment:
    by: Any = request.user
    values = form.cleaned_data
    return put_rule_segment(
        code=segment.code if segment else values["code"],
        name=values["name"],
        name_en=values["name_en"],
        rule=rule.document,
        note=values["note"],
        by=by,
        now=timezone.now(),
        is_new=segment is None,
    )


def _page(
    request: HttpRequest,
    segment: Segment | None,
    form: DetailsForm,
    rule: RuleForm,
    found: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    if segment is not None:
        form.fields["code"].disabled = True
    return page(
        request,
        "customers/admin/rule.html",
        title=_("Conditions of “%(name)s”") % {"name": segment} if segment else _("New segment by conditions"),
        opts=Segment._meta,
        segment=segment,
        form=form,
        rule=rule,
        found=found,
        status=status,
    )


def _source(request: HttpRequest) -> tuple[Segment | None, Node | None]:
    key, rule = request.GET.get("from", ""), request.GET.get("rule")
    if key.isdecimal():
        source = get_object_or_404(Segment, pk=key_of(key))
        if source.kind == Segment.Kind.RULE:
            return source, _read(source.rule)
        return None, _read({"field": "segment", "op": "in", "value": [source.code]})
    try:
        return None, None if rule is None else _read(json.loads(rule))
    except (ValueError, RecursionError):
        raise Http404 from None


def _read(rule: Any) -> Node | None:
    try:
        return read_rule(rule)
    except InvalidInput:
        return None
