"""Tags of the back office's pages."""

import json
from typing import Any

from django import template
from django.utils.translation import gettext as _

from loyalty_site.kernel.badges import badge as badge_html
from loyalty_site.kernel.texts import number_text

register = template.Library()


@register.simple_tag
def count_text(cl: Any) -> str:
    """`60 промокодов`; beyond the cap `больше 10 000 промокодов`."""
    cap = getattr(cl.paginator, "cap", cl.result_count)
    count = min(cl.result_count, cap)
    counted = getattr(cl.model_admin, "counted", None)
    if counted is None:
        name = cl.opts.verbose_name if count == 1 else cl.opts.verbose_name_plural
        text = f"{number_text(count)} {name}"
    else:
        text = (counted % {"n": count}).replace(str(count), number_text(count), 1)
    capped = cl.result_count > cap
    return _("more than %(count)s") % {"count": text} if capped else text


register.simple_tag(badge_html, name="badge")


@register.filter
def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


@register.inclusion_tag("backoffice/field.html")
def field(bound: Any, help_text: str = "") -> dict[str, Any]:
    """A form field with its label, help and errors tied to it for screen readers."""
    described = " ".join(
        name
        for name, there in (
            (f"{bound.auto_id}_help", bound.help_text or help_text),
            (f"{bound.auto_id}_errors", bound.errors),
        )
        if there
    )
    attrs: dict[str, Any] = {"aria-describedby": described} if described else {}
    if bound.errors:
        attrs["aria-invalid"] = "true"
    widget = bound.field.widget
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attrs),
        "help_text": help_text or bound.help_text,
        "is_check": getattr(widget, "input_type", "") == "checkbox"
        and not getattr(widget, "allow_multiple_selected", False),
        "is_file": getattr(widget, "input_type", "") == "file",
        "is_group": bound.use_fieldset,
    }
