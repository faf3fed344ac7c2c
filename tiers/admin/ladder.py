"""The editor of the whole ladder, in two steps: what would happen, then the saving of just that (T-1, T-2)."""

from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext as _

import customers.queries
from loyalty_site.kernel.backoffice import page, staff_page
from loyalty_site.kernel.errors import DomainError
from loyalty_site.kernel.transactions import in_transaction
from tiers import queries, services
from tiers.admin.ladder_form import LadderEditor, tier_initial
from tiers.admin.ladder_preview import told_preview
from tiers.admin.rows import plain
from tiers.admin.words import told
from tiers.models import Tier
from tiers.queries.edits import LADDER, edits
from tiers.rules import LadderSpec


@staff_page("tiers.view_ladder")
def edit(request: HttpRequest) -> HttpResponse:
    """Whoever may look may try; saving is a right of its own, and saves only what was previewed."""
    current = queries.ladder()
    if request.method != "POST":
        return _page(request, LadderEditor.loaded(current))
    if "_add" in request.POST:
        return _page(request, LadderEditor.grown(request.POST, _added(request.POST["_add"])))
    editor = LadderEditor.sent(request.POST)
    if not editor.is_valid():
        return _page(request, editor, status=422)
    spec = editor.spec()
    seal = _seal(spec, current)
    if "_save" not in request.POST:
        return _previewed(request, editor, spec, seal)
    if not request.user.has_perm("tiers.change_ladder"):
        raise PermissionDenied
    if request.POST.get("seal") != seal:
        note = _("Something has changed since the preview. Please look at what would happen now.")
        return _previewed(request, editor, spec, seal, note=note)
    return _saved(request, editor, spec)


def _saved(request: HttpRequest, editor: LadderEditor, spec: LadderSpec) -> HttpResponse:
    by: Any = request.user
    try:
        in_transaction(lambda: services.save_ladder(spec=spec, by=by, now=timezone.now()))
    except DomainError as refusal:
        editor.place(refusal)
        return _page(request, editor, status=422)
    messages.success(request, _("The ladder is saved."))
    return redirect("admin_ladder")


def _previewed(request: HttpRequest, editor: LadderEditor, spec: LadderSpec, seal: str, note: str = "") -> HttpResponse:
    try:
        preview = told_preview(spec, now=timezone.now())
    except DomainError as refusal:
        editor.place(refusal)
        return _page(request, editor, status=422)
    return _page(request, editor, preview=preview, seal=seal, note=note)


def _page(request: HttpRequest, editor: LadderEditor, status: int = 200, **context: Any) -> HttpResponse:
    base = customers.queries.programme().base_earn_percent
    for form in editor.rows.forms:
        form.fields["cashback_percent"].widget.attrs["placeholder"] = str(localize(plain(base)))
    shown = {form.initial.get("code") or form["code"].value() for form in editor.rows.forms}
    return page(
        request,
        "tiers/admin/ladder.html",
        title=_("The ladder of tiers"),
        status=status,
        editor=editor,
        base_percent=base,
        off=[tier for tier in Tier.objects.filter(is_active=False).order_by("pk") if tier.code not in shown],
        may_save=request.user.has_perm("tiers.change_ladder"),
        changes=told(edits(*LADDER)),
        **context,
    )


def _added(code: str) -> dict[str, Any]:
    """An empty row, or one that was taken off the ladder."""
    tier = Tier.objects.filter(code=code, is_active=False).first()
    return tier_initial(tier) if tier else {}


def _seal(spec: LadderSpec, current: Any) -> str:
    """Names what was previewed: what is asked for, and the ladder as it stood."""
    stood = [tier_initial(tier) for tier in current.tiers]
    return sha256(repr((spec, current, stood)).encode()).hexdigest()
