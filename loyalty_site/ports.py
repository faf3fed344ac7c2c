"""Where a lower app asks a higher one, or a stranger: it names what it needs, the site wires it here (ADR 2).

Settings take these names over as they are.
"""

PROMOCODES_CATEGORY_SOURCE = "orders.queries.category_choices"
PROMOCODES_KNOWN_CATEGORIES = "orders.queries.known_categories"
PROMOCODES_SAMPLE_QUOTE = "orders.queries.sample_quote"
PROMOCODES_ORDER_LINKS = TIERS_ORDER_LINKS = POINTS_ORDER_LINKS = REFERRALS_ORDER_LINKS = "orders.queries.admin_links"
PROMOCODES_RELATED_CATEGORIES = "orders.queries.related_categories"
PROMOCODES_OWN_PERCENTS = "tiers.queries.own_percents"
PROMOCODES_TIER_SOURCE = "tiers.queries.tier_choices"
TIERS_PRODUCT_NAMES = "orders.queries.product_names"
# Members of a customer's document in the API, each from who holds it: f(customer_id, now=…) gives plain values.
CUSTOMERS_DOCUMENT_PARTS = {
    "tier": "tiers.api.documents.tier_document",
    "points": "points.api.documents.points_document",
    "referral": "referrals.api.documents.referral_document",
}
# Told of new customers, f(customer=…, brought=…, now=…), and of changed contacts, f(customer=…, now=…). None: nobody.
CUSTOMERS_REGISTERED: str | None = "referrals.services.attribute"
CUSTOMERS_CHANGED: str | None = "referrals.services.note_contacts"
# What each app does when two customers become one (CU-3): f(merge=…, now=…) gives a step to tell, {"part": …}, or None.
# In this order, in one transaction; both customers are locked.
CUSTOMERS_MERGE_STEPS: list[str] = [
    "orders.services.merge_orders",
    "promocodes.services.merge_codes",
    "referrals.services.merge_referrals",
    "points.services.merge_accounts",
    "tiers.services.merge_tiers",
    "notifications.services.merge_messages",
]
# What each app knows that would speak against it, f(survivor_id, absorbed_id, now=…): steps as they will be, and a
# refusal (DomainError) for what cannot be merged.
CUSTOMERS_MERGE_PREVIEWS: list[str] = [
    "customers.queries.merges.preview_own",
    "orders.queries.merging.merge_preview",
    "promocodes.queries.merging.merge_preview",
    "referrals.queries.merging.merge_preview",
    "points.queries.merging.merge_preview",
    "tiers.queries.merging.merge_preview",
    "notifications.queries.merging.merge_preview",
]
# What each app knows of one of two who may be merged: f(customer_id, now=…) gives (label, text), for side by side.
CUSTOMERS_MERGE_FACTS: list[str] = [
    "orders.queries.merging.merge_facts",
    "points.queries.merging.merge_facts",
    "tiers.queries.merging.merge_facts",
    "referrals.queries.merging.merge_facts",
]
# What tells that two customers may be one, in sets: f(since=…) gives SELECTs of (first, second, sign, score).
CUSTOMERS_DUPLICATE_SIGNS: list[str] = [
    "customers.queries.duplicates.own_signs",
    "referrals.queries.duplicates.duplicate_signs",
]
# What each app forgets of a person (CU-4): f(customer=…, now=…) gives {"table": rows}.
# In this order, in one transaction; the customer is locked and handed over as he was, his row is empty already.
# His history and his account last: until then they say which addresses are his. Rewards are locked before accounts of
# points, as everywhere.
CUSTOMERS_ERASE_STEPS: list[str] = [
    "loyalty_site.forgetting.forget_mentions",
    "customers.services.imports.forget_imports",
    "referrals.services.forget.forget_referrals",
    "orders.services.forget.forget_orders",
    "promocodes.services.forget.forget_uses",
    "points.services.forget.forget_points",
    "tiers.services.forget.forget_cards",
    "notifications.services.forget.forget_messages",
    "customers.services.forget.forget_customer",
    "loyalty_site.forgetting.forget_sign_in",
]
# What is held of a customer, for his download: name → f(customer_id, now=…) gives a `kernel.held.Part`.
CUSTOMERS_DOWNLOAD_PARTS: dict[str, str] = {
    "details": "customers.queries.held.details",
    "earlier_details": "customers.queries.held.earlier_details",
    "sign_in": "loyalty_site.account.held.sign_in",
    "addresses": "loyalty_site.account.held.addresses",
    "second_factors": "loyalty_site.account.held.second_factors",
    "consents": "customers.queries.held.consents",
    "orders": "orders.queries.held.orders",
    "order_lines": "orders.queries.held.order_lines",
    "payments": "orders.queries.held.payments",
    "refunds": "orders.queries.held.refunds",
    "baskets": "orders.queries.held.baskets",
    "purchases": "customers.queries.held.purchases",
    "points_account": "points.queries.held.account",
    "points": "points.queries.held.ledger",
    "points_by_term": "points.queries.held.lots",
    "corrections": "points.queries.held.corrections",
    "gifts": "points.queries.held.gifts",
    "tier": "tiers.queries.held.standing",
    "tier_changes": "tiers.queries.held.tier_changes",
    "cards": "tiers.queries.held.cards",
    "memberships": "tiers.queries.held.memberships",
    "codes": "promocodes.queries.held.own_codes",
    "code_uses": "promocodes.queries.held.code_uses",
    "link": "referrals.queries.held.link",
    "brought": "referrals.queries.held.brought",
    "friends": "referrals.queries.held.invited",
    "rewards": "referrals.queries.held.rewards",
    "ambassador": "referrals.queries.held.ambassador",
    "traits": "referrals.queries.held.traits",
    "messages": "notifications.queries.held.messages",
    "rfm": "customers.queries.held.rfm",
    "rfm_moves": "customers.queries.held.rfm_moves",
    "segments": "customers.queries.held.segments",
    "segment_moves": "customers.queries.held.segment_moves",
    "tags": "customers.queries.held.tags",
    "notes": "customers.queries.held.notes",
    "merges": "customers.queries.held.merges",
    "erasure_requests": "customers.queries.held.erasure_requests",
    "downloads": "customers.queries.held.downloads",
}
# Whom a number of something else means, f(text, limit=…) gives keys of customers, the best first (CU-10).
CUSTOMERS_SEARCHES = [
    "orders.queries.customers_of_order",
    "tiers.queries.customers_of_card",
    "promocodes.queries.customers_of_code",
]
# Whose cards these are, f(numbers) → {number: key of the customer}; tasks to start when an import is through (CU-6).
CUSTOMERS_BY_CARD: str | None = "tiers.queries.holders_of_cards"
CUSTOMERS_IMPORTED: list[str] = ["tiers.tasks.review_tiers"]
# Conditions of segments that look into higher apps' tables: each a list of `customers.rules.conditions.Condition`.
CUSTOMERS_CONDITIONS: list[str] = [
    "orders.queries.conditions.CONDITIONS",
    "tiers.queries.conditions.CONDITIONS",
    "points.queries.conditions.CONDITIONS",
    "promocodes.queries.conditions.CONDITIONS",
    "referrals.queries.conditions.CONDITIONS",
]
# What uses a segment now, f(segment, now=…): in words, one for each use. While there is any, it is not put away.
CUSTOMERS_SEGMENT_USES: list[str] = [
    "promocodes.queries.conditions.segment_uses",
    "points.queries.segments.segment_uses",
]
# Kinds of messages that are sent by e-mail: f(customer=…, payload=…, now=…) gives a `notifications.rules.Letter`, or
# None when it is no longer true. The reader's language is active.
NOTIFICATIONS_TEMPLATES = {
    "thank_you": "orders.messages.thank_you",
    "points_expiring": "points.messages.points_expiring",
    "birthday_bonus": "points.messages.holiday_bonus",
    "holiday_bonus": "points.messages.holiday_bonus",
    "tier_changed": "tiers.messages.tier_changed",
    "tier_lapsing": "tiers.messages.tier_lapsing",
    "membership_ending": "tiers.messages.membership_ending",
    "referral_paid": "referrals.messages.referral_paid",
    "referral_welcome": "referrals.messages.referral_welcome",
}
IDEMPOTENCY_STORE = "loyalty_site.idempotency.run_once"
CONSTRAINT_REFUSALS = "loyalty_site.refusals.BY_CONSTRAINT"
