"""What the scheduler starts by itself, in seconds apart. Staff may change it in the admin; here are the defaults."""

SCHEDULE: dict[str, dict[str, object]] = {
    "cancel-unpaid-orders": {"task": "orders.tasks.cancel_overdue_orders", "schedule": 60.0},
    "continue-code-batches": {"task": "promocodes.tasks.continue_batches", "schedule": 60.0},
    "roll-up-code-quotes": {"task": "promocodes.tasks.roll_up_quotes", "schedule": 60.0},
    "warn-of-spent-budgets": {"task": "promocodes.tasks.warn_of_spent_budgets", "schedule": 300.0},
    "forget-old-answers": {"task": "loyalty_site.tasks.forget_old_answers", "schedule": 3600.0},
    "continue-grants-to-segments": {"task": "points.tasks.continue_segment_grants", "schedule": 60.0},
    "expire-points": {"task": "points.tasks.expire_points", "schedule": 3600.0},
    "tell-of-expiring-points": {"task": "points.tasks.tell_of_expiring_points", "schedule": 3600.0},
    "give-holiday-bonuses": {"task": "points.tasks.give_holiday_bonuses", "schedule": 1800.0},
    "review-tiers": {"task": "tiers.tasks.review_tiers", "schedule": 24 * 3600.0},
    "send-messages": {"task": "notifications.tasks.send_messages", "schedule": 60.0},
    "remind-of-memberships": {"task": "tiers.tasks.remind_of_memberships", "schedule": 3600.0},
    "check-referrals": {"task": "referrals.tasks.check_referrals", "schedule": 60.0},
    "note-missing-traits": {"task": "referrals.tasks.note_missing_traits", "schedule": 3600.0},
    "pay-referrals": {"task": "referrals.tasks.pay_referrals", "schedule": 60.0},
    "refresh-stale-customers": {"task": "customers.tasks.refresh_stale_customers", "schedule": 60.0},
    "refresh-changed-rules": {"task": "customers.tasks.refresh_changed_rules", "schedule": 60.0},
    "refresh-rule-segments": {"task": "customers.tasks.refresh_rule_segments", "schedule": 3600.0},
    "carry-on-imports": {"task": "customers.tasks.carry_on_imports", "schedule": 60.0},
    "forget-old-imports": {"task": "customers.tasks.forget_old_imports", "schedule": 3600.0},
    # Done at the first chance after the shop's midnight; asking again costs one query.
    "reckon-rfm": {"task": "customers.tasks.reckon_rfm", "schedule": 600.0},
    "forget-customers": {"task": "customers.tasks.forget_customers", "schedule": 600.0},
    "forget-old-sessions": {"task": "loyalty_site.tasks.forget_old_sessions", "schedule": 24 * 3600.0},
    "nightly-doctor": {"task": "loyalty_site.tasks.run_doctor", "schedule": 24 * 3600.0},
}
