"""All that a rule may ask: of customers themselves, and of what higher apps know by the port (CU-8, ADR 13)."""

from django.conf import settings
from django.utils.module_loading import import_string

from customers.queries.conditions import people, purchases
from customers.rules.conditions import Condition, Node
from customers.rules.reading import read_tree, unknown_choices
from loyalty_site.kernel.errors import InvalidInput

__all__ = ["known_conditions", "read_rule"]


def known_conditions() -> dict[str, Condition]:
    """By key, in the order they are offered."""
    found = [*purchases.CONDITIONS, *people.CONDITIONS]
    for path in settings.CUSTOMERS_CONDITIONS:
        found.extend(import_string(path))
    return {condition.key: condition for condition in found}


def read_rule(document: object, *, is_new: bool = False, place: str = "rule") -> Node:
    """The tree. Raises InvalidInput with the places; for a new rule also for choices that are not there."""
    tree = read_tree(document, known_conditions(), place=place)
    if is_new and (unknown := unknown_choices(tree, place=place)):
        raise InvalidInput(*unknown)
    return tree
