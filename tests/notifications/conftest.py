"""Messages are sent on 10 June, in English, whose sentences the tests compare."""

from collections.abc import Iterator

import pytest
import time_machine
from django.utils import translation

from tests.factories import NOW


@pytest.fixture(autouse=True)
def _in_june_in_english(settings: pytest.FixtureRequest) -> Iterator[None]:
    settings.LANGUAGE_CODE = "en"
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield
