"""Settings. Everything that differs between machines comes from the environment.

`LOYALTY_ENV` is `dev` (default), `test` or `production`; in production a missing
`DATABASE_URL`, `REDIS_URL`, `SECRET_KEY` or `ALLOWED_HOSTS` is a refusal to start.
"""

from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from loyalty_site.api.framework import REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: F401
from loyalty_site.backoffice.look import UNFOLD  # noqa: F401
from loyalty_site.error_reports import start_error_reports
from loyalty_site.logging import configure_structlog, logging_settings
from loyalty_site.ports import *  # noqa: F403
from loyalty_site.schedule import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

LOYALTY_ENV = env("LOYALTY_ENV", default="dev")
PRODUCTION = LOYALTY_ENV == "production"
TESTING = LOYALTY_ENV == "test"
DEBUG = env.bool("DEBUG", default=False)
STATE_DIR = Path(env("STATE_DIR", default=str(BASE_DIR / ".run"))).resolve()


def _required(name: str, fallback: str) -> str:
    value = env(name, default="")
    if value:
        return str(value)
    if PRODUCTION:
        raise ImproperlyConfigured(f"{name} must be set when LOYALTY_ENV=production.")
    return fallback


SECRET_KEY = _required("SECRET_KEY", "development-only-not-a-secret-development-only")
# Keys the hashes that guests' uses of codes are counted under: changing it forgets the guests' counts.
HOLDER_SECRET = env("HOLDER_SECRET", default=SECRET_KEY)
ALLOWED_HOSTS = _required("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = env("PUBLIC_URL", default=f"http://127.0.0.1:{env('PORT', default='8000')}")

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "loyalty_site.static.ShopStaticFilesConfig",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    "django_celery_results",
    "django_htmx",
    "csp",
    "phonenumber_field",
    "pgtrigger",
    "pghistory",
    "django_prometheus",
    "customers",
    "notifications",
    "points",
    "promocodes",
    "tiers",
    "referrals",
    "orders",
    "loyalty_site",
]

MIDDLEWARE = [
    "loyalty_site.health.HealthMiddleware",
    "loyalty_site.request_id.RequestIdMiddleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "loyalty_site.language.ShopLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "orders.views.switches.PromoLink",
    "pghistory.middleware.HistoryMiddleware",
    "loyalty_site.backoffice.gate.BackOfficeMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "loyalty_site.urls"
WSGI_APPLICATION = "loyalty_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "orders.views.switches.shop",
            ],
        },
    }
]

# --- Data -------------------------------------------------------------------
DATABASES = {
    "default": {
        **env.db_url_config(_required("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/loyalty")),
        # Persistent connections measured faster than the pool here.
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {
            "options": "-c lock_timeout=3000 -c idle_in_transaction_session_timeout=60000 -c jit=off",
            "application_name": "loyalty",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = _required("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

# --- Identity ---------------------------------------------------------------
AUTH_USER_MODEL = "customers.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_ADAPTER = "loyalty_site.accounts.AccountAdapter"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_FORMS = {"signup": "loyalty_site.signup.SignupForm"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
STAFF_SECOND_FACTOR_REQUIRED = env.bool("STAFF_SECOND_FACTOR_REQUIRED", default=PRODUCTION)

# --- Language, time ---------------------------------------------------------
LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "unfold"]
TIME_ZONE = env("SHOP_TIME_ZONE", default="Europe/Moscow")
USE_I18N = True
USE_TZ = True
SHOP_NAME = env("SHOP_NAME", default="") or _("Komod")
SHOP_CURRENCY = env("SHOP_CURRENCY", default="RUB")
PHONENUMBER_DEFAULT_REGION = env("SHOP_REGION", default="RU")
PHONENUMBER_DB_FORMAT = "E164"

# --- Static files -----------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(STATE_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
if (BASE_DIR / "static_built").exists():
    STATICFILES_DIRS.append(BASE_DIR / "static_built")
# Without DEBUG and collectstatic (the two commands, tests) files are found where they lie.
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
MEDIA_ROOT = STATE_DIR / "media"
# Files of customers and purchases hold personal data: the largest taken, and for how long they are kept.
IMPORT_MAX_MEGABYTES = env.int("IMPORT_MAX_MEGABYTES", default=4000)
IMPORT_KEEP_DAYS = env.int("IMPORT_KEEP_DAYS", default=14)
ERASED_LIST = env("ERASED_LIST", default=str(STATE_DIR / "erased-customers.csv"))

# --- Security ---------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = env("SESSION_COOKIE_NAME", default="loyalty_session")
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)  # one proxy of our own, whose word is taken
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# --- HTTP API ---------------------------------------------------------------
API_MAX_BODY = env.int("API_MAX_BODY", default=1_000_000)
# Generous: a runaway program is slowed down, a busy till is not.
API_REQUESTS_PER_SECOND = env.float("API_REQUESTS_PER_SECOND", default=1000.0)
API_REQUESTS_BURST = env.int("API_REQUESTS_BURST", default=5000)
IDEMPOTENCY_KEEP_DAYS = env.int("IDEMPOTENCY_KEEP_DAYS", default=30)

# --- Queue ------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = "django-db"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 2 * 3600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = SCHEDULE

# --- Mail -------------------------------------------------------------------
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="shop@localhost")

# --- Payments: the test acquirer ---------------------------------------------
TEST_ACQUIRER_SECRET = env("TEST_ACQUIRER_SECRET", default="")
# Where the test bank reports; empty: the address its page was opened at.
TEST_ACQUIRER_NOTIFY_URL = env("TEST_ACQUIRER_NOTIFY_URL", default="")
TEST_ACQUIRER_ENABLED = env.bool("TEST_ACQUIRER_ENABLED", default=not PRODUCTION)

# --- Observability -----------------------------------------------------------
LOGGING = logging_settings(level=env("LOG_LEVEL", default="WARNING" if TESTING else "INFO"))
configure_structlog()
METRICS_TOKEN = env("METRICS_TOKEN", default="")
PROMETHEUS_EXPORT_MIGRATIONS = False
PROMETHEUS_LATENCY_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, float("inf"))
start_error_reports(dsn=env("SENTRY_DSN", default=""), environment=LOYALTY_ENV)
