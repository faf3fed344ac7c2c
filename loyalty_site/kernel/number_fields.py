"""Numbers as people type them and as pages print them: `70 000`, with plain or non-breaking spaces."""

import re
from typing import Any

from django import forms

SPACES = re.compile(r"\s+")


class DecimalField(forms.DecimalField):
    def to_python(self, value: Any) -> Any:
        return super().to_python(_joined(value))


class IntegerField(forms.IntegerField):
    def to_python(self, value: Any) -> Any:
        return super().to_python(_joined(value))


def _joined(value: Any) -> Any:
    return SPACES.sub("", value) if isinstance(value, str) else value
