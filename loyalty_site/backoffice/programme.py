"""The settings of the programme: one form, one row."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

import customers.queries
from customers import services
from loyalty_site.backoffice.programme_form import ProgrammeForm
from loyalty_site.backoffice.programme_words import promise_sentences
from loyalty_site.kernel.backoffice import attempt_form, page, staff_page


@staff_page("customers.view_programme")
def settings_page(request: HttpRequest) -> HttpResponse:
    current = customers.queries.programme()
    initial = {name: getattr(current, name) for name in ProgrammeForm.base_fields}
    may_write = request.user.has_perm("customers.change_programme")
    form = ProgrammeForm(request.POST if request.method == "POST" else None, initial=initial, label_suffix="")
    if request.method == "POST":
        if not may_write:
            raise PermissionDenied
        if form.is_valid() and attempt_form(form, lambda: services.update_programme(changes=form.cleaned_data)):
            messages.success(request, _("The settings are saved."))
            return redirect("admin_programme")
    return page(
        request,
        "backoffice/programme.html",
        title=_("Programme settings"),
        status=422 if form.errors else 200,
        form=form,
        may_write=may_write,
        promise=promise_sentences(current),
    )
