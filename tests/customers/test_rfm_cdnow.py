"""RFM of CDNOW and completejourney against `lifetimes` and against a plain computation (CU-7)."""

from collections.abc import Callable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import lifetimes.utils
import numpy as np
import pandas as pd
import pytest
from django.conf import settings

from customers.models import Programme, Rfm
from customers.rules.rfm import MAP
from customers.services import reckon_rfm
from loyalty_site.kernel.transactions import in_transaction
from tests.customers.cdnow import CDNOW_ENDS_ON, JOURNEY_ENDS_ON, cdnow, journey, load

pytestmark = pytest.mark.django_db

BOTH = pytest.mark.parametrize(("read", "ends_on"), [(cdnow, CDNOW_ENDS_ON), (journey, JOURNEY_ENDS_ON)])
FIGURES = ["recency", "frequency", "kopecks"]
SCORES = ["r", "f", "m", "segment", "is_vip"]


def reckoned(frame: pd.DataFrame, ends_on: date, *, window_days: int) -> pd.DataFrame:
    """What the shop makes of these purchases on the last evening, by customer."""
    Programme.objects.update_or_create(pk=1, defaults={"rfm_window_days": window_days})
    load(frame)
    evening = datetime.combine(ends_on, time(20), ZoneInfo(settings.TIME_ZONE))
    in_transaction(lambda: reckon_rfm(now=evening))
    rows = Rfm.objects.values_list("customer__external_id", "last_paid_at", "frequency", "monetary", *SCORES)
    found = pd.DataFrame(list(rows), columns=["who", "last", "frequency", "roubles", *SCORES]).set_index("who")
    days = found["last"].dt.tz_convert(settings.TIME_ZONE).dt.tz_localize(None).dt.normalize()
    found["recency"] = (pd.Timestamp(ends_on) - days).dt.days
    found["kopecks"] = (found.roubles * 100).astype("int64")
    return found.sort_index()


@BOTH
def test_figures_equal_those_of_lifetimes(read: Callable[[], pd.DataFrame], ends_on: date) -> None:
    """`lifetimes` counts days with purchases, so here the purchases of a day are one."""
    days = read().groupby(["who", "day"], as_index=False).kopecks.sum()

    ours = reckoned(days, ends_on, window_days=3650)

    theirs = lifetimes.utils.summary_data_from_transaction_data(
        days, "who", "day", "kopecks", observation_period_end=ends_on, include_first_transaction=True
    ).sort_index()
    wanted = pd.DataFrame(
        {
            "recency": theirs["T"] - theirs.recency,
            "frequency": theirs.frequency,
            "kopecks": (theirs.frequency * theirs.monetary_value).round(),
        }
    ).astype("int64")
    pd.testing.assert_frame_equal(ours[FIGURES], wanted, check_names=False, check_dtype=False)


@BOTH
def test_figures_and_scores_equal_a_plain_computation(read: Callable[[], pd.DataFrame], ends_on: date) -> None:
    """Every row is an order; a window of half a year, so that some have bought nothing in it."""
    frame = read()

    ours = reckoned(frame, ends_on, window_days=180)

    pd.testing.assert_frame_equal(
        ours[[*FIGURES, *SCORES]], plain(frame, ends_on, window_days=180), check_names=False, check_dtype=False
    )
    assert 0 < (ours.frequency == 0).sum() < len(ours)
    assert ours.segment.nunique() == 11


def plain(frame: pd.DataFrame, ends_on: date, *, window_days: int) -> pd.DataFrame:
    """The definition, said in pandas."""
    age = (pd.Timestamp(ends_on) - frame.day).dt.days
    within = frame[age <= window_days].groupby("who").kopecks.agg(["count", "sum"])
    people = pd.DataFrame({"recency": age.groupby(frame.who).min()})
    people["frequency"] = within["count"].reindex(people.index, fill_value=0)
    people["kopecks"] = within["sum"].reindex(people.index, fill_value=0)
    active = people[people.frequency > 0]
    people["r"] = 5 - scores_below(people.recency, active.recency)
    people["f"] = 1 + scores_below(people.frequency, active.frequency)
    people["m"] = 1 + scores_below(people.kopecks, active.kopecks)
    people.loc[people.frequency == 0, ["r", "f", "m"]] = 1
    people["segment"] = [MAP[r - 1][f - 1] for r, f in zip(people.r, people.f, strict=True)]
    best = np.sort(active.kopecks)[::-1][-(-len(active) // 20) - 1]
    people["is_vip"] = (people.kopecks >= best) & (people.kopecks > 0)
    return people.sort_index()


def scores_below(values: pd.Series, active: pd.Series) -> np.ndarray:
    """How many of the four cuts lie strictly below each value; a cut is the lowest value that a share reaches."""
    ordered = np.sort(active)
    cuts = [ordered[-(-len(ordered) * share // 5) - 1] for share in range(1, 5)]
    return np.searchsorted(cuts, values, side="left")
