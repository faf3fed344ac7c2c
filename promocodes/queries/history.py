"""What was changed in a code, by whom and when (PC-19)."""

from django.apps import apps


def last_editor_of_terms(terms_id: int) -> int | None:
    """The account that changed these terms last, None when nobody did."""
    events = apps.get_model("promocodes", "TermsEvent").objects.filter(pgh_obj_id=terms_id, pgh_label="update")
    context = events.order_by("-pgh_id").values_list("pgh_context__metadata__user", flat=True).first()
    return int(context) if context is not None else None
