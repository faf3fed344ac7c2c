"""What may stand in an address: text without control characters, numbers that fit a column."""

from django.urls import register_converter
from django.urls.converters import IntConverter, StringConverter

from loyalty_site.kernel.parsing import has_unwanted_characters


class PlainTextConverter(StringConverter):
    """One segment of at most 100 characters; anything stranger is no address of ours (404)."""

    regex = "[^/]{1,100}"

    def to_python(self, value: str) -> str:
        if has_unwanted_characters(value):
            raise ValueError
        return value


class Int64Converter(IntConverter):
    """A key of a table."""

    regex = "[0-9]{1,18}"


register_converter(PlainTextConverter, "plain")
register_converter(Int64Converter, "int64")
