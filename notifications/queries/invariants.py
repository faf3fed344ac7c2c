"""What must hold of messages, whatever happened (RELIABILITY 20, 22)."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.invariants import Invariant

INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "messages_none_stuck",
        _("no message waits longer than it may: it is sent, skipped or failed within four days"),
        """
        SELECT id AS message_id, kind, created_at, next_try_at, attempts FROM notifications_outboxmessage
        WHERE next_try_at < now() - interval '1 day'
          AND COALESCE(asked_again_at, created_at) < now() - interval '4 days'
        """,
    ),
    Invariant(
        "messages_end_once",
        _("a message waits, or was sent, skipped or has failed, and only one of these"),
        """
        SELECT id AS message_id, kind, next_try_at, sent_at, skipped_at, failed_at FROM notifications_outboxmessage
        WHERE num_nonnulls(next_try_at, sent_at, skipped_at, failed_at) <> 1
        """,
    ),
    Invariant(
        "messages_once_per_key",
        _("there is one message for each key"),
        """
        SELECT min(id) AS message_id, kind, count(*) AS messages FROM notifications_outboxmessage
        GROUP BY key, kind HAVING count(*) > 1
        """,
    ),
    # Between asking for the consent and the mail server's answer a customer may withdraw it: minutes at most.
    Invariant(
        "messages_sent_with_consent",
        _("no e-mail was sent to a customer who had not agreed to e-mails at that time"),
        """
        SELECT m.id AS message_id, m.kind, m.customer_id, m.sent_at FROM notifications_outboxmessage m
        WHERE m.sent_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM customers_consent c
            WHERE c.customer_id = m.customer_id AND c.purpose = 'email' AND c.given_at <= m.sent_at
              AND (c.withdrawn_at IS NULL OR c.withdrawn_at > m.sent_at - interval '5 minutes'))
        """,
    ),
)
