"""What the site as a whole forgets of a person (CU-4): sign-in, sessions, remembered answers, names in logs."""

import json
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.messages.constants import INFO
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import MessageEncoder
from django.contrib.messages.storage.session import SessionStorage
from django.contrib.sessions.models import Session
from django.db.models import Model, ProtectedError, Q
from django.utils.translation import gettext as _
from django_celery_results.models import TaskResult

import customers.services.forget
import orders.services.forget
import points.services.forget
import referrals.services.forget
import tiers.services.forget
from customers.models import Customer, User
from customers.services.errors import AlreadyErased
from loyalty_site.kernel.forgetting import Forgets
from loyalty_site.kernel.problems import problem
from loyalty_site.kernel.transactions import requires_transaction
from loyalty_site.models import DoctorReport, IdempotencyRecord

# Every door that the triggers of the history leave (`loyalty_site.history`).
HISTORY: tuple[Forgets, ...] = (
    *customers.services.forget.HISTORY,
    *orders.services.forget.HISTORY,
    *points.services.forget.HISTORY,
    *referrals.services.forget.HISTORY,
    *tiers.services.forget.HISTORY,
)
AUTH_USER = "_auth_user_id"


@requires_transaction
def forget_traces(*, customer: Customer, now: datetime) -> dict[str, int]:
    """The last step of CUSTOMERS_ERASE_STEPS. Staff who shop keep their account; only the customer's goes."""
    words = _words(customer)
    traces = {
        "django_admin_log": _forget_log(Customer, customer.pk),
        "loyalty_site_idempotencyrecord": _forget_answers(customer, words),
        "loyalty_site_doctorreport": DoctorReport.objects.filter(_mentions(words, "findings__icontains")).delete()[0],
        "django_celery_results_taskresult": _forget_results(words),
    }
    user = User.objects.filter(pk=customer.user_id).first() if customer.user_id else None
    if user is not None and not user.is_staff:
        traces |= {"django_session": _end_sessions(user), "customers_user": _forget_user(user)}
    return traces


def _words(customer: Customer) -> list[str]:
    """What tells him from everybody else, wherever it may stand in a text."""
    email = (
        EmailAddress.objects.filter(user=customer.user_id).values_list("email", flat=True) if customer.user_id else []
    )
    known = {str(customer.public_id), customer.email or "", str(customer.phone or ""), *email}
    return sorted(known - {""})


def _mentions(words: list[str], lookup: str) -> Q:
    found = Q(pk__in=[])
    for word in words:
        found |= Q(**{lookup: word})
    return found


def _forget_log(model: type[Model], key: int) -> int:
    kind = ContentType.objects.get_for_model(model)
    rows = LogEntry.objects.filter(content_type=kind, object_id=str(key))
    return rows.update(object_repr=f"№ {key}", change_message="")


def _forget_answers(customer: Customer, words: list[str]) -> int:
    """A request that is repeated must not be carried out again, so the key stays; its answer says that he is gone."""
    gone = json.dumps(problem(AlreadyErased()), ensure_ascii=False, default=str)
    found = _mentions(words, "response__icontains") | Q(route__contains=str(customer.public_id))
    return IdempotencyRecord.objects.filter(found).update(response=gone, status=AlreadyErased.status)


def _forget_results(words: list[str]) -> int:
    found = Q(pk__in=[])
    for name in ("task_args", "task_kwargs", "result", "traceback"):
        found |= _mentions(words, f"{name}__icontains")
    return TaskResult.objects.filter(found).delete()[0]


def _end_sessions(user: User) -> int:
    """All sessions are looked through, because only what is inside says whose they are. Expired ones go every day."""
    ended = [
        session.pk
        for session in Session.objects.order_by().iterator(chunk_size=2_000)
        if session.get_decoded().get(AUTH_USER) == str(user.pk) or _names(session, user)
    ]
    return Session.objects.filter(pk__in=ended).update(session_data=_farewell())


def _farewell() -> str:
    """What is left of such a session: the words that the browser sees next, whichever page it opens."""
    words = _("Your data is erased, as you asked. You are signed out, and nothing here leads to you any more.")
    shown = json.dumps([Message(INFO, str(words))], cls=MessageEncoder)
    return str(Session.objects.encode({SessionStorage.session_key: shown}))


def _names(session: Session, user: User) -> bool:
    """A sign-in by code that was begun keeps the address."""
    return bool(user.email) and user.email.lower() in json.dumps(session.get_decoded(), default=str).lower()


def _forget_user(user: User) -> int:
    """Gone altogether; where a row that must stay names it, an account that says nothing and opens nothing."""
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    _forget_log(User, user.pk)
    key = user.pk
    try:
        user.delete()
    except ProtectedError:
        user.email, user.first_name, user.last_name = f"erased-{key}@invalid", "", ""
        user.is_active, user.last_login = False, None
        user.set_unusable_password()
        user.save()
    return 1
