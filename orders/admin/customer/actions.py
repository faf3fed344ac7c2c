"""What staff do about a customer on his page: notes, tags, the manager, a code. One right, one service call each."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

import promocodes.services
from customers import services
from customers.models import Customer, CustomerNote
from loyalty_site.kernel.backoffice import attempt, attempt_form, page, staff_page
from loyalty_site.kernel.keys import key_of
from orders.admin.customer.forms import CodeForm, ManagerForm, NoteForm, TagForm
from orders.admin.customer.page import customer_page, the_customer


@staff_page("customers.add_customernote")
@require_POST
def write_note(request: HttpRequest, customer_id: int) -> HttpResponse:
    customer, by, now = the_customer(customer_id), _staff(request), timezone.now()
    form = NoteForm(request.POST, label_suffix="", prefix="note")
    if form.is_valid():
        values = form.cleaned_data
        if attempt_form(form, lambda: services.write_note(customer_id=customer.pk, **values, by=by, now=now)):
            messages.success(request, _("The note is written."))
            return _back(customer_id, "notes")
    return customer_page(request, customer, status=422, note_form=form)


@staff_page("customers.change_customernote")
@require_POST
def strike_note(request: HttpRequest, note_id: int) -> HttpResponse:
    by, now = _staff(request), timezone.now()
    if attempt(request, lambda: services.strike_note(note_id=note_id, by=by, now=now)):
        messages.success(request, _("The note is struck out."))
    return _back_from(note_id)


@staff_page("customers.change_customernote")
@require_POST
def pin_note(request: HttpRequest, note_id: int) -> HttpResponse:
    """`pinned=1` puts it on top, else it is taken down."""
    wanted = request.POST.get("pinned") == "1"
    attempt(request, lambda: services.pin_note(note_id=note_id, is_pinned=wanted))
    return _back_from(note_id)


@staff_page("customers.change_customer")
@require_POST
def add_tag(request: HttpRequest, customer_id: int) -> HttpResponse:
    customer, by, now = the_customer(customer_id), _staff(request), timezone.now()
    form = TagForm(request.POST, customer=customer, prefix="tag")
    if form.is_valid():
        tag = form.cleaned_data["tag"]
        done = attempt_form(form, lambda: services.tag_customer(customer_id=customer.pk, tag_id=tag, by=by, now=now))
        if done is not None:
            return _back(customer_id, "tags")
    return customer_page(request, customer, status=422, tag_form=form)


@staff_page("customers.change_customer")
@require_POST
def take_tag(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The tag whose key is in `tag`; one that is not there is off already."""
    key, now = key_of(request.POST.get("tag")) or 0, timezone.now()
    attempt(request, lambda: services.untag_customer(customer_id=customer_id, tag_id=key, now=now))
    return _back(customer_id, "tags")


@staff_page("customers.change_customer")
@require_POST
def set_manager(request: HttpRequest, customer_id: int) -> HttpResponse:
    customer, now = the_customer(customer_id), timezone.now()
    form = ManagerForm(request.POST, customer=customer, prefix="manager")
    if form.is_valid():
        key = form.cleaned_data["manager"]
        if attempt_form(form, lambda: services.set_manager(customer_id=customer.pk, manager_id=key, now=now)):
            messages.success(request, _("The personal manager is set."))
            return _back(customer_id, "manager")
    return customer_page(request, customer, status=422, manager_form=form)


@staff_page("promocodes.add_promocode")
def give_code(request: HttpRequest, customer_id: int) -> HttpResponse:
    """A code for him alone, for one use, switched on at once by who has that right (PC-1)."""
    customer = the_customer(customer_id)
    form = CodeForm(request.POST if request.method == "POST" else None, prefix="code")
    if form.is_valid():
        made = attempt_form(form, lambda: _given(request, form, customer))
        if made is not None:
            _tell(request, made)
            return _back(customer_id, "codes")
    return page(
        request,
        "orders/admin/customer/code.html",
        title=_("Give a code"),
        status=422 if form.errors else 200,
        opts=Customer._meta,
        form=form,
        original=customer,
        may_activate=request.user.has_perm("promocodes.activate_promocode"),
    )


def _given(request: HttpRequest, form: CodeForm, customer: Any) -> Any:
    return promocodes.services.give_code(
        spec=form.spec(customer),
        may_activate=request.user.has_perm("promocodes.activate_promocode"),
        by=_staff(request),
        now=timezone.now(),
    )


def _tell(request: HttpRequest, code: Any) -> None:
    if code.switch:
        messages.success(request, _("The code %(code)s is given.") % {"code": code.code})
    else:
        said = _("The code %(code)s is made; it works when somebody else has activated it.")
        messages.warning(request, said % {"code": code.code})


def _staff(request: HttpRequest) -> Any:
    return request.user


def _back(customer_id: int, part: str) -> HttpResponse:
    return redirect(f"{reverse('admin:customers_customer_change', args=[customer_id])}#{part}")


def _back_from(note_id: int) -> HttpResponse:
    """To the customer whose note it is; without one, to the list."""
    note = CustomerNote.objects.filter(pk=note_id).first()
    return _back(note.customer_id, "notes") if note else redirect("admin:customers_customer_changelist")
