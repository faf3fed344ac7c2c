"""A message with its letter as it would read now, and sending a failed one again (N-4, N-5)."""

from typing import Any

import structlog
from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from loyalty_site.kernel.backoffice import attempt, page, staff_page
from notifications import services
from notifications.admin import words
from notifications.mail import html_of, text_of
from notifications.models import OutboxMessage
from notifications.queries import known_kinds, language_of, letter_of
from notifications.rules import Letter

log = structlog.get_logger(__name__)

# A letter brings its style with it, and nothing else; it is looked at inside the message's page.
LETTER_POLICY = {
    "default-src": [NONE],
    "script-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "frame-ancestors": [SELF],
    "sandbox": [""],
}


@staff_page("notifications.view_outboxmessage")
def show(request: HttpRequest, message_id: int) -> HttpResponse:
    message = _message(message_id)
    now = timezone.now()
    letter, note = _letter(message)
    with translation.override(language_of(message.customer)):
        text = text_of(letter) if letter else ""
    return page(
        request,
        "notifications/admin/message.html",
        title=_("Message No. %(number)s") % {"number": message.pk},
        opts=OutboxMessage._meta,
        message=message,
        kind=words.kind_name(message.kind),
        badge=words.state_badge(message, now=now),
        why=words.why(message),
        letter=letter,
        text=text,
        note=note,
        may_resend=bool(message.failed_at) and request.user.has_perm("notifications.resend"),
    )


@xframe_options_sameorigin
@csp_replace(LETTER_POLICY)
@staff_page("notifications.view_outboxmessage")
def preview(request: HttpRequest, message_id: int) -> HttpResponse:
    """The HTML of the letter alone."""
    message = _message(message_id)
    letter, _note = _letter(message)
    if letter is None:
        raise Http404
    with translation.override(language_of(message.customer)):
        return HttpResponse(html_of(letter))


@staff_page("notifications.resend")
def resend(request: HttpRequest, message_id: int) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    _message(message_id)
    by: Any = request.user
    if attempt(request, lambda: services.resend_message(message_id=message_id, by=by, now=timezone.now())):
        messages.success(request, _("The message is sent again within a minute."))
    return redirect("admin:notifications_outboxmessage_page", message_id)


def _message(message_id: int) -> OutboxMessage:
    rows = OutboxMessage.objects.select_related("customer", "asked_again_by")
    found: OutboxMessage = get_object_or_404(rows, pk=message_id)
    return found


def _letter(message: OutboxMessage) -> tuple[Letter | None, str]:
    """As it would be sent now, or why it would not."""
    if message.kind not in known_kinds():
        return None, _("Messages of this kind are not sent by e-mail yet.")
    try:
        letter = letter_of(message.kind, message.payload, customer=message.customer, now=timezone.now())
    except Exception:
        log.exception("letter_not_written", message_id=message.pk, kind=message.kind)
        return None, _("The letter cannot be written: this is a mistake of ours.")
    return letter, "" if letter else _("What it says is no longer true, so there is no letter to show.")
