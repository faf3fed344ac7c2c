"""Messages are sent on 10 June; where nobody says otherwise sentences are English, but the shop's own are Russian."""

from collections.abc import Iterator

import pytest
import time_machine
from django.utils import translation

from tests.factories import NOW


@pytest.fixture(autouse=True)
def _in_june_in_english() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield
