"""What the site as a whole forgets of a person (CU-4): sign-in, sessions, remembered answers, names in logs."""

import json
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.messages.constants import INFO
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import MessageEncoder
from django.contrib.messages.storage.session import SessionStorage
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import ProtectedError, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _
from django_celery_results.models import TaskResult

import customers.services.forget
import orders.services.forget
import points.services.forget
import referrals.services.forget
import tiers.services.forget
from customers.models import Customer, User
from customers.queries.owners import contacts_ever, is_address
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
# Things that are called by who he is in the log of the back office: app, model, SELECT of keys by his own.
CALLED_BY_HIM = (
    ("customers", "customer", "SELECT %s"),
    ("referrals", "ambassador", "SELECT id FROM referrals_ambassador WHERE customer_id = %s"),
    ("tiers", "card", "SELECT id FROM tiers_card WHERE customer_id = %s"),
)


@requires_transaction
def forget_mentions(*, customer: Customer, now: datetime) -> dict[str, int]:
    """The first step of CUSTOMERS_ERASE_STEPS: texts that say who he is, by any address he ever had.

    Nothing but the words themselves says whose such a text is, so remembered answers, results and sessions are
    searched whole.
    """
    words = _words(customer)
    return {
        "django_admin_log": _forget_log(customer, words),
        "loyalty_site_idempotencyrecord": _forget_answers(customer, words),
        "loyalty_site_doctorreport": DoctorReport.objects.filter(_mentions(words, "findings__icontains")).delete()[0],
        "django_celery_results_taskresult": _forget_results(words),
        "django_session": _forget_sessions(_own_account(customer), words),
    }


@requires_transaction
def forget_sign_in(*, customer: Customer, now: datetime) -> dict[str, int]:
    """The last step: until then his account says which addresses are his. Staff who shop keep theirs."""
    user = _own_account(customer)
    return {"customers_user": _forget_user(user)} if user else {}


def _own_account(customer: Customer) -> User | None:
    return User.objects.filter(pk=customer.user_id, is_staff=False).first() if customer.user_id else None


def _words(customer: Customer) -> list[str]:
    """What tells him from everybody else, wherever it may stand in a text."""
    return sorted({str(customer.public_id), *filter(is_address, contacts_ever(customer))})


def _mentions(words: list[str], lookup: str) -> Q:
    found = Q(pk__in=[])
    for word in words:
        found |= Q(**{lookup: word})
    return found


def _forget_log(customer: Customer, words: list[str]) -> int:
    """What staff did to him is told by number. Of what is called by his name or number, likewise."""
    entries = LogEntry.objects.filter(
        _mentions(words, "object_repr__icontains") | _mentions(words, "change_message__icontains")
    )
    for app, model, owned in CALLED_BY_HIM:
        keys = _keys(owned, customer.pk)
        entries |= LogEntry.objects.filter(content_type__app_label=app, content_type__model=model, object_id__in=keys)
    return entries.update(object_repr=Concat(Value("№ "), "object_id"), change_message="")


def _keys(sql: str, key: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [key])
        return [str(found) for (found,) in cursor.fetchall()]


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


def _forget_sessions(user: User | None, words: list[str]) -> int:
    """His own end; others lose what they say of him: a sign-in that was begun, a message to staff.

    All are looked through, because only what is inside says whose they are. Expired ones go every day.
    """
    changed = 0
    for session in Session.objects.order_by().iterator(chunk_size=2_000):
        inside = session.get_decoded()
        if user is not None and inside.get(AUTH_USER) == str(user.pk):
            left = _farewell()
        else:
            kept = {name: value for name, value in inside.items() if not _says(value, words)}
            if len(kept) == len(inside):
                continue
            left = str(Session.objects.encode(kept))
        changed += Session.objects.filter(pk=session.pk).update(session_data=left)
    return changed


def _says(value: object, words: list[str]) -> bool:
    text = json.dumps(value, default=str, ensure_ascii=False).lower()
    return any(word.lower() in text for word in words)


def _farewell() -> str:
    """What is left of such a session: the words that the browser sees next, whichever page it opens."""
    words = _("Your data is erased, as you asked. You are signed out, and nothing here leads to you any more.")
    shown = json.dumps([Message(INFO, str(words))], cls=MessageEncoder)
    return str(Session.objects.encode({SessionStorage.session_key: shown}))


def _forget_user(user: User) -> int:
    """Gone altogether; where a row that must stay names it, an account that says nothing and opens nothing."""
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    LogEntry.objects.filter(
        content_type__app_label="customers", content_type__model="user", object_id=str(user.pk)
    ).update(object_repr=f"№ {user.pk}", change_message="")
    key = user.pk
    try:
        user.delete()
    except ProtectedError:
        user.email, user.first_name, user.last_name = f"erased-{key}@invalid", "", ""
        user.is_active, user.last_login = False, None
        user.set_unusable_password()
        user.save()
    return 1
