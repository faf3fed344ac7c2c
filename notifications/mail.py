"""Letters as e-mails: how they look on the wire, and what a mail server's refusal means."""

import hashlib
import re
import smtplib
from email.utils import formataddr, parseaddr

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import translation

from notifications.models import OutboxMessage
from notifications.queries import site_address
from notifications.rules import Letter

log = structlog.get_logger(__name__)

Error = OutboxMessage.Error
# Seconds for each answer of the mail server: a claim's lease outlasts a whole chunk of them.
TIMEOUT = 10
PERMANENT = 500
_ENHANCED = re.compile(rb"^\s*([245]\.\d{1,3}\.\d{1,3})\b")


class MailServerAway(Exception):
    """No letter at all can be sent now."""


class NotDelivered(Exception):
    """This letter was not taken. `code` is the server's number and nothing of its words, which may name people."""

    def __init__(self, error: OutboxMessage.Error, code: str = "", *, for_good: bool = False) -> None:
        self.error, self.code, self.for_good = error, code, for_good
        super().__init__(f"{error} {code}".strip())


def open_mail() -> BaseEmailBackend:
    """A connection for several letters. Raises MailServerAway."""
    connection: BaseEmailBackend = get_connection(timeout=TIMEOUT)
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise MailServerAway(type(error).__name__) from error
    return connection


def send(connection: BaseEmailBackend, mail: EmailMultiAlternatives) -> None:
    """Raises MailServerAway and NotDelivered."""
    try:
        connection.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(*next(iter(error.recipients.values()), (PERMANENT, b""))) from error
    except smtplib.SMTPDataError as error:
        raise _refused(error.smtp_code, error.smtp_error) from error
    except (smtplib.SMTPSenderRefused, smtplib.SMTPAuthenticationError) as error:
        # It is us whom the server does not like.
        raise MailServerAway(f"{type(error).__name__} {error.smtp_code}") from error
    except (smtplib.SMTPNotSupportedError, UnicodeError, ValueError) as error:
        raise NotDelivered(Error.ADDRESS, for_good=True) from error
    except (OSError, smtplib.SMTPException) as error:
        # In the middle of a letter nobody knows whether it was taken: it goes again, under the same Message-ID.
        raise NotDelivered(Error.UNREACHABLE) from error
    except Exception as error:
        # A mail service's own client has refusals of its own.
        log.exception("letter_not_sent")
        raise NotDelivered(Error.UNREACHABLE) from error


def email_of(letter: Letter, *, to: str, message_id: str, language: str) -> EmailMultiAlternatives:
    """Text and HTML, in `language`. Other headers say that a machine wrote it and where e-mails are stopped."""
    with translation.override(language):
        mail = EmailMultiAlternatives(
            subject=letter.subject_line,
            body=text_of(letter),
            from_email=sender(),
            to=[to],
            headers={
                "Message-ID": message_id,
                "Auto-Submitted": "auto-generated",
                "Content-Language": language,
                "List-Unsubscribe": f"<{settings_address()}>",
            },
        )
        mail.attach_alternative(html_of(letter), "text/html")
    return mail


def message_id_of(*, pk: int, key: str) -> str:
    """The same for every try, so that a letter sent twice by a killed worker can be told from two letters."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<message.{pk}.{hashlib.sha256(key.encode()).hexdigest()[:16]}@{domain}>"


def text_of(letter: Letter) -> str:
    """Blank lines that optional parts leave are taken out."""
    text = render_to_string("notifications/letter.txt", _context(letter))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def html_of(letter: Letter) -> str:
    return render_to_string("notifications/letter.html", _context(letter))


def sender() -> str:
    """DEFAULT_FROM_EMAIL, with the shop's name unless it brings one."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name or str(settings.SHOP_NAME), address))


def settings_address() -> str:
    """Where a customer stops e-mails."""
    return site_address("account:profile")


def _context(letter: Letter) -> dict[str, object]:
    return {
        "letter": letter,
        "shop": settings.SHOP_NAME,
        "language": translation.get_language(),
        "home_address": site_address("shop:home"),
        "settings_address": settings_address(),
    }


def _refused(code: int, said: bytes | str) -> NotDelivered:
    enhanced = _ENHANCED.match(said.encode() if isinstance(said, str) else said)
    text = f"{code} {enhanced[1].decode()}" if enhanced else str(code)
    is_permanent = code >= PERMANENT
    return NotDelivered(Error.REFUSED if is_permanent else Error.BUSY, text, for_good=is_permanent)
