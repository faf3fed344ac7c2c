"""Examples for the schema."""

from drf_spectacular.utils import OpenApiExample

BASKET = {
    "customer": None,
    "channel": "site",
    "lines": [{"sku": "SHIRT-1", "quantity": 2}],
    "promo_code": "X7KQ-M4TR-9A",
    "points_to_spend": 0,
    "delivery": {"method": "courier", "price": "300.00"},
}
QUOTE = OpenApiExample("Two shirts with a code", value={**BASKET, "session": "visitor-42"}, request_only=True)
ORDER = OpenApiExample(
    "Two shirts at the total shown", value={**BASKET, "expected_total": "3150.00"}, request_only=True
)
