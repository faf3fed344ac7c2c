"""Pages speak the shop's language until the reader switches; the API listens to Accept-Language."""

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class ShopLocaleMiddleware(LocaleMiddleware):
    def choose_language(self, request: HttpRequest) -> None:
        if request.path_info.startswith("/api/"):
            LocaleMiddleware.process_request(self, request)
            return
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()

    # The name that Django calls.
    process_request = choose_language
