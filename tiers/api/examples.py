"""Examples for the schema."""

from drf_spectacular.utils import OpenApiExample

LADDER = OpenApiExample(
    "Two tiers by money spent",
    value={
        "basis": "spend",
        "window_days": 365,
        "grace_days": 30,
        "tiers": [
            {"code": "standard", "name": "Стандарт", "name_en": "Standard", "threshold_amount": "0.00"},
            {
                "code": "silver",
                "name": "Серебро",
                "name_en": "Silver",
                "threshold_amount": "15000.00",
                "cashback_percent": "12.00",
                "discount_percent": "3.00",
            },
        ],
    },
    request_only=True,
)
