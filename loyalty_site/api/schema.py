"""What drf-spectacular cannot see by itself: how callers sign in, and that bodies are strict."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from loyalty_site.authentication import ApiKeyAuthentication, CustomerSessionAuthentication
from loyalty_site.models import Scope


class ApiSchema(AutoSchema):  # type: ignore[no-untyped-call]
    def get_auth(self) -> list[dict[str, list[str]]]:
        """Customers' sessions open only what the view marks for them."""
        found: list[dict[str, list[str]]] = super().get_auth()
        if self.method in getattr(self.view, "customer_methods", ()):
            return found
        return [scheme for scheme in found if CustomerSessionScheme.name not in scheme]

    def get_description(self) -> str:  # type: ignore[override]
        """Of a call that has none: nothing, rather than what the class of all views says of itself."""
        return ""


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        scopes = ", ".join(Scope.values)
        return {
            "type": "http",
            "scheme": "bearer",
            "description": f"A key. Scopes: {scopes}.",
        }


class CustomerSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = CustomerSessionAuthentication
    name = "customerSession"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "A signed-in customer, for itself only; POST needs X-CSRFToken.",
        }


def refuse_unknown_members(result: dict[str, Any], **_: object) -> dict[str, Any]:
    """Schemas of request bodies say what the parser does: unknown members are refused."""
    for name, component in result["components"]["schemas"].items():
        if name.endswith("Request") and component.get("type") == "object":
            component["additionalProperties"] = False
    return result
