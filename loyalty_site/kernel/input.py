"""What came in: wrong fields by their names, bodies that must not be there or cannot be measured."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.errors import DomainError, FieldError
from loyalty_site.kernel.fields import StrictSerializer


class LengthRequired(DomainError):
    """A body in chunks would be read as an empty one, and an empty refund means everything."""

    code, status = "length_required", 411
    title = _("The request is malformed")
    message = _("Send the body with a Content-Length.")


def field_errors(errors: Any, path: str = "") -> list[FieldError]:
    """DRF's nested errors as a flat list with dotted names: `lines.0.sku`."""
    if isinstance(errors, Mapping):
        parts = [
            (path if name == "non_field_errors" else f"{path}.{name}".strip("."), part) for name, part in errors.items()
        ]
        return [error for name, part in parts for error in field_errors(part, name)]
    found: list[FieldError] = []
    for index, error in enumerate(errors):
        if isinstance(error, Mapping):
            found += field_errors(error, f"{path}.{index}".strip("."))
        else:
            found.append(FieldError(path or "body", error.code, str(error)))
    return found


class NoBody(StrictSerializer):
    """For verbs without input: nothing, or an empty object."""
