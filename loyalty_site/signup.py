"""Registering through the site, by a friend's link or with his code typed (R-2)."""

from dataclasses import replace
from typing import Any

from allauth.account.forms import SignupForm as PlainSignupForm
from allauth.core import context
from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.forms import refuse_old_words, show_words
from customers.queries import consent_text
from customers.rules import Brought
from loyalty_site.kernel.visitors import client_address, device_of
from referrals.queries import inviter
from referrals.queries.remembered import Invitation, channel, invitation, remembered_visit

FIELD = "friend_code"
CONSENTS = {"agrees_programme": "programme", "agrees_email": "email"}
LONGEST = 200


class SignupForm(PlainSignupForm):
    """E-mail, password, and a friend's code, which the link has filled in. One that is nobody's is told beside it."""

    friend_code = forms.CharField(
        label=_("A friend's code, if you have one"),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    agrees_programme = forms.BooleanField(required=False)
    agrees_email = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.order_fields(["email", "password1", FIELD, *CONSENTS])
        for name, purpose in CONSENTS.items():
            version, words = consent_text(purpose)
            show_words(self, name, words, str(version))
        self.invitation: Invitation | None = invitation(context.request.COOKIES, now=timezone.now())
        if self.invitation is not None:
            self.fields[FIELD].initial = self.invitation.remembered.code

    def clean_friend_code(self) -> str:
        """The code in its own spelling; empty when none was typed."""
        code = code_in(self.cleaned_data[FIELD])
        if not code:
            return ""
        found = inviter(code)
        if found is None:
            raise forms.ValidationError(_("There is no such code. Look at it again, or leave the field empty."))
        return found.code

    def clean(self) -> dict[str, Any] | None:
        """A password is never put into a page: who has to correct something else types it again, and is told so."""
        cleaned = super().clean()
        for name in CONSENTS:
            refuse_old_words(self, name)
        if self.errors and "password1" not in self.errors:
            self.add_error("password1", _("Type the password again: for safety it is not kept in the page."))
        return cleaned


def consents_in(request: HttpRequest) -> list[str]:
    """What was ticked; each tick stands beside the words of the consent that are in force (CU-2)."""
    return [purpose for name, purpose in CONSENTS.items() if request.POST.get(name)]


def code_in(typed: str) -> str:
    """What was typed or pasted: a code, or a whole link."""
    return typed.strip().partition("?")[0].rstrip("/").rpartition("/")[2]


def brought_by(request: HttpRequest) -> Brought:
    """How this browser comes to register: by the code in the form, else by the link it remembers. The visit counts
    when it is the code of the visit.

    A code that has ended since brings nothing, and keeps nobody from registering.
    """
    remembered = remembered_visit(request.COOKIES, now=timezone.now())
    code = code_in(request.POST[FIELD]) if FIELD in request.POST else remembered.code if remembered else ""
    found = inviter(code) if code else None
    brought = Brought(via=channel(""), device=device_of(request), network=client_address(request))
    if found is None:
        return brought
    if remembered is not None and remembered.code == found.code:
        return replace(brought, code=found.code, via=remembered.via, visit=remembered.visit)
    return replace(brought, code=found.code)
