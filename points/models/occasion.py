"""Occasions that bring points (CU-9): birthdays, holidays, days of the shop's own, and what was given for them."""

from dataclasses import fields

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import only_a_merge_moves
from loyalty_site.kernel.guards import never_lost
from points.models.lot import Lot
from points.models.references import refers_to
from points.rules.occasions import MOST_BEFORE, MOST_KNOWN, MOST_LATE, Holiday, OccasionKind, OccasionTerms


@pghistory.track()
class Occasion(models.Model):
    """`amount` points to each of `segment` (None: everybody), `days_before` the day itself or up to `days_late` after.

    It gives while `is_active`, on days from `active_since` on, the day it was switched on. One that comes to more
    than the programme's threshold was asked for by `asked_by` and waits for another person. Points live `life_days`
    (None: as the programme says). `known_days`: a birthday counts that was known so many days before.
    """

    class Kind(models.TextChoices):
        BIRTHDAY = OccasionKind.BIRTHDAY, _("birthday")
        PUBLIC = OccasionKind.PUBLIC, _("public holiday")
        NEW_YEAR = OccasionKind.NEW_YEAR, _("New Year")
        OWN = OccasionKind.OWN, _("a day of the shop's own")

    class PublicHoliday(models.TextChoices):
        CHRISTMAS = Holiday.CHRISTMAS, _("Orthodox Christmas, 7 January")
        DEFENDER = Holiday.DEFENDER, _("Defender of the Fatherland Day, 23 February")
        WOMEN = Holiday.WOMEN, _("International Women's Day, 8 March")
        LABOUR = Holiday.LABOUR, _("Spring and Labour Day, 1 May")
        VICTORY = Holiday.VICTORY, _("Victory Day, 9 May")
        RUSSIA = Holiday.RUSSIA, _("Russia Day, 12 June")
        UNITY = Holiday.UNITY, _("National Unity Day, 4 November")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("occasion"), max_length=8, choices=Kind.choices)
    holiday = models.CharField(_("holiday"), max_length=12, choices=PublicHoliday.choices, blank=True, default="")
    month = models.PositiveSmallIntegerField(_("month"), null=True, blank=True)
    day = models.PositiveSmallIntegerField(_("day of the month"), null=True, blank=True)
    on_date = models.DateField(_("on this date only"), null=True, blank=True)
    amount = models.PositiveIntegerField(_("points for each"))
    life_days = models.PositiveSmallIntegerField(_("points live, days"), null=True, blank=True)
    segment = models.ForeignKey(
        "customers.Segment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="occasions",
        verbose_name=_("segment"),
    )
    days_before = models.PositiveSmallIntegerField(_("given so many days before"), default=0)
    days_late = models.PositiveSmallIntegerField(_("may be late by, days"), default=7)
    known_days = models.PositiveSmallIntegerField(_("the birthday is known for, days"), default=0)
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    subject = models.CharField(_("subject of the letter"), max_length=120, blank=True, default="")
    greeting = models.TextField(_("greeting"), max_length=1000, blank=True, default="")
    is_active = models.BooleanField(_("gives points"), default=False)
    active_since = models.DateField(_("switched on"), null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )

    class Meta:
        verbose_name = _("occasion")
        verbose_name_plural = _("occasions")
        default_permissions = ("add", "change", "view")
        triggers = never_lost()
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=1), name="points_occasion_amount"),
            models.CheckConstraint(
                condition=Q(life_days__isnull=True) | Q(life_days__gte=1), name="points_occasion_life"
            ),
            models.CheckConstraint(
                condition=Q(days_before__lte=MOST_BEFORE, days_late__lte=MOST_LATE, known_days__lte=MOST_KNOWN),
                name="points_occasion_window",
            ),
            models.CheckConstraint(
                condition=Q(kind="public") & ~Q(holiday="") | ~Q(kind="public") & Q(holiday=""),
                name="points_occasion_holiday",
            ),
            models.CheckConstraint(
                condition=Q(kind="own", on_date__isnull=False, month__isnull=True, day__isnull=True)
                | Q(kind="own", on_date__isnull=True, month__range=(1, 12), day__range=(1, 31))
                | ~Q(kind="own") & Q(on_date__isnull=True, month__isnull=True, day__isnull=True),
                name="points_occasion_day",
            ),
            models.CheckConstraint(condition=Q(known_days=0) | Q(kind="birthday"), name="points_occasion_known"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="points_occasion_period",
            ),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(active_since__isnull=False), name="points_occasion_began"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("asked_by")),
                name="points_occasion_second_person",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def terms(self) -> OccasionTerms:
        return OccasionTerms(**{field.name: getattr(self, field.name) for field in fields(OccasionTerms)})

    @property
    def waits(self) -> bool:
        """Somebody asked for it, and another person is to confirm."""
        return not self.is_active and self.asked_at is not None


class OccasionGift(models.Model):
    """The customer got `amount` points, the lot, for the occasion of `year`; `day` is the day it fell on.

    Once per occasion, customer and year. Nothing in it changes but the customer, by a merge; who was merged into
    somebody that has one of the same year keeps his. The trigger `gift_has_lot` stands for all three references.
    """

    occasion = models.ForeignKey(
        Occasion,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="gifts",
        verbose_name=_("occasion"),
    )
    customer = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        db_constraint=False,
        related_name="occasion_gifts",
        verbose_name=_("customer"),
    )
    lot = models.OneToOneField(Lot, models.PROTECT, db_constraint=False, related_name="gift", verbose_name=_("lot"))
    year = models.PositiveSmallIntegerField(_("year"))
    day = models.DateField(_("for the day"))
    amount = models.PositiveIntegerField(_("points"))
    given_at = models.DateTimeField(_("given"))

    class Meta:
        verbose_name = _("holiday bonus")
        verbose_name_plural = _("holiday bonuses")
        default_permissions = ("view",)
        triggers = [
            *never_lost(),
            *only_a_merge_moves("customer_id"),
            *refers_to(
                "gift_has_lot",
                """SELECT FROM added a WHERE a.customer_id IS DISTINCT FROM
                       (SELECT l.account_id FROM points_lot l WHERE l.id = a.lot_id)
                   OR NOT EXISTS (SELECT FROM points_occasion o WHERE o.id = a.occasion_id)""",
                "a holiday bonus without its lot, customer or occasion",
            ),
        ]
        constraints = [
            models.UniqueConstraint("occasion", "year", "customer", name="points_gift_once_a_year"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="points_gift_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.occasion_id}/{self.year}: {self.customer_id}"


@pghistory.track()
class CalendarDay(models.Model):
    """A day that staff know better than the calendar that comes with the programme: transfers come by decree."""

    day = models.DateField(_("day"), unique=True)
    is_off = models.BooleanField(_("a day off"))
    moved_from = models.DateField(_("moved from"), null=True, blank=True)
    note = models.CharField(_("what it is"), max_length=120, blank=True, default="")

    class Meta:
        verbose_name = _("day of the calendar")
        verbose_name_plural = _("days of the calendar")
        default_permissions = ("add", "change", "view")
        constraints = [
            models.CheckConstraint(
                condition=Q(moved_from__isnull=True) | Q(is_off=True) & ~Q(moved_from=F("day")),
                name="points_calendar_moved",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"
