"""Examples for the schema."""

from drf_spectacular.utils import OpenApiExample

CORRECTION = OpenApiExample(
    "An apology", value={"amount": 100, "reason": "late delivery", "expires_at": None}, request_only=True
)
REVIEW = OpenApiExample("A review", value={"action": "review", "reference": "77"}, request_only=True)
