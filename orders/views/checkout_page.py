"""The checkout as it is shown: form, quote, what became of the code, what has changed since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest
from django.utils import timezone

from customers.models import Customer
from loyalty_site.kernel.visitors import client_address
from orders.forms import CheckoutForm
from orders.models import BasketLine, DeliveryMethod, Order
from orders.queries import storefront
from orders.queries.baskets import basket_lines
from orders.queries.own_codes import usable_codes
from orders.queries.quote import Pricing, QuoteRequest, priced
from orders.rules import CodeOutcome, LineDiscount, Quote
from orders.views import visitor
from orders.views.points_block import PointsWish, points_block
from orders.views.shown import shown_text
from promocodes.queries import PersonalCode
from promocodes.rules import Reason, explain
from promocodes.services import count_quote, guessing
from referrals.queries import Invitation, invitation

CODES = 4


@dataclass
class CheckoutPage:
    """One visit to the checkout. `promo` is the code as typed, `wish` the points; `quote` comes with `price`."""

    request: HttpRequest
    lines: list[BasketLine]
    methods: list[DeliveryMethod]
    customer: Customer | None
    form: CheckoutForm
    promo: str
    placing_key: UUID
    wish: PointsWish
    extra: dict[str, Any] = field(default_factory=dict)
    pricing: Pricing | None = None
    own_codes: Sequence[PersonalCode] = ()

    @property
    def quote_request(self) -> QuoteRequest:
        """What is asked of the till, from the basket and the form as far as it is right."""
        typed = getattr(self.form, "cleaned_data", None) or self.form.initial
        method = self.form.method
        return QuoteRequest(
            channel=Order.Channel.SITE,
            lines=tuple((line.product.sku, line.quantity) for line in self.lines),
            customer_id=self.customer.pk if self.customer else None,
            contact_email=typed.get("email") or "",
            contact_phone=typed.get("phone") or "",
            promo_code=self.promo or None,
            points_to_spend=self.wish.count or 0,
            delivery_method=method.code if method else "",
            delivery_price=method.price if method else Decimal(0),
        )

    @property
    def guessers(self) -> tuple[str, ...]:
        """Whom wrong codes are counted against."""
        return guessing.guessing_subjects(
            customer=self.customer.public_id if self.customer else None,
            session=self.request.session.session_key or "",
            address=client_address(self.request),
        )

    @property
    def is_locked_out(self) -> bool:
        """Too many wrong codes: then even a right one is not looked at, neither shown nor placed (PC-16)."""
        return bool(self.promo) and guessing.is_locked_out(self.guessers)

    def price(self, now: datetime) -> None:
        """Fill in the quote and, while no code applies, the customer's own codes to choose from."""
        self._price(now)
        buyer, benefits = self._pricing.buyer, self._pricing.benefits
        if self.customer and not (self.outcome and self.outcome.is_applied):
            self.own_codes = usable_codes(
                self.customer.pk,
                segments=buyer.segments,
                tiers=benefits.reached,
                has_bought=buyer.has_bought,
                now=now,
            )

    def _price(self, now: datetime) -> None:
        """A wrong code counts as one try, however often the page is shown (PC-16)."""
        asked = self.quote_request
        if self.is_locked_out:
            plain = priced(replace(asked, promo_code=None), now=now)
            self.pricing = replace(plain, quote=replace(plain.quote, promo_code=_locked_out(self.promo)))
            return
        self.pricing = priced(asked, now=now)
        self._count_try(self.guessers, now)

    def _count_try(self, subjects: Sequence[str], now: datetime) -> None:
        """A code typed is one quote and one try, however often the page is shown with it (PC-16, PC-21)."""
        outcome, session = self.outcome, self.request.session
        if outcome is None or session.get(visitor.TRIED) == self.promo:
            return
        session[visitor.TRIED] = self.promo
        guessing.note_answer(subjects, outcome.reason)
        count_quote(
            promo_code_id=outcome.promo_code_id,
            channel=Order.Channel.SITE,
            outcome=outcome.reason or "applied",
            now=now,
        )

    @property
    def quote(self) -> Quote:
        """What was priced; asking for it before `price` is a mistake."""
        return self._pricing.quote

    @property
    def _pricing(self) -> Pricing:
        if self.pricing is None:
            raise RuntimeError("The page has not been priced.")
        return self.pricing

    @property
    def outcome(self) -> CodeOutcome | None:
        return self.quote.promo_code

    @property
    def movable_from(self) -> str | None:
        """The visitor's own unpaid order that holds the code (PC-18); never a stranger's."""
        outcome = self.outcome
        number = outcome.held_by_order if outcome else None
        if not number:
            return None
        order = Order.objects.filter(pk=number, status=Order.Status.NEW).first()
        return number if order and visitor.may_see(self.request, order) else None

    @cached_property
    def invitation(self) -> Invitation | None:
        """Who came by a friend's link and buys as a guest is told what registering would bring (R-2)."""
        return None if self.customer else invitation(self.request.COOKIES, now=timezone.now())

    def context(self) -> dict[str, Any]:
        return {
            "lines": self.lines,
            "methods": self.methods,
            "form": self.form,
            "chosen": self.form.method,
            "quote": self.quote,
            "discounts": discounts_of(self.quote),
            "outcome": self.outcome,
            "movable_from": self.movable_from,
            "customer": self.customer,
            "points": points_block(self.wish, self._pricing),
            "own_codes": self.own_codes[:CODES],
            "promo_text": self.promo,
            "promo_open": bool(self.promo),
            "placing_key": self.placing_key,
            "shown": shown_text(self.quote),
            "invitation": lambda: self.invitation,
            **self.extra,
        }


def checkout_page(
    request: HttpRequest, data: Mapping[str, str] | None = None, *, is_placing: bool = False
) -> CheckoutPage:
    """The page for this visitor; `data` is what was sent, None for a first look."""
    methods = storefront.delivery_methods()
    customer = visitor.customer_of(request)
    form = CheckoutForm(data, methods=methods, is_placing=is_placing, initial=_known(customer))
    form.is_valid()
    return CheckoutPage(
        request=request,
        lines=basket_lines(visitor.basket_token(request)),
        methods=methods,
        customer=customer,
        form=form,
        promo=visitor.promo_text(request),
        placing_key=_key(data),
        wish=PointsWish(visitor.points_text(request) if customer else ""),
    )


def discounts_of(quoted: Quote) -> list[LineDiscount]:
    """What came off the goods, one sum for each source and percent."""
    sums: dict[tuple[str, Decimal | None], Decimal] = {}
    for line in quoted.lines:
        for part in line.discounts:
            key = (part.source, part.percent)
            sums[key] = sums.get(key, Decimal(0)) + part.amount
    return [LineDiscount(source, percent, amount) for (source, percent), amount in sums.items()]


def _known(customer: Customer | None) -> dict[str, str]:
    if customer is None:
        return {}
    phone = str(customer.phone) if customer.phone else ""
    return {"name": customer.full_name, "email": customer.email or "", "phone": phone}


def _key(data: Mapping[str, str] | None) -> UUID:
    try:
        return UUID((data or {}).get("placing_key", ""))
    except ValueError:
        return uuid4()


def _locked_out(text: str) -> CodeOutcome:
    reason = Reason.TOO_MANY_ATTEMPTS
    return CodeOutcome(code=text, status="rejected", reason=str(reason), message=str(explain(reason)))
