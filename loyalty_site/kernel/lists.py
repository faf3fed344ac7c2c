"""Lists in a body, refused in the reader's language."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class StrictList(serializers.ListSerializer[Any]):
    """A list of objects; DRF has no Russian for these refusals."""

    default_error_messages: ClassVar = {
        "not_a_list": _("Give a list here."),
        "min_length": _("Give at least {min_length} here."),
        "max_length": _("Give at most {max_length} here."),
    }


class PlainList(serializers.ListField):
    """A list of plain values."""

    default_error_messages: ClassVar = StrictList.default_error_messages
