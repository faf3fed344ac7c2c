"""The Celery application: JSON only, late acknowledgement, one task at a time per process."""

import os

from celery import Celery

from loyalty_site import task_context  # noqa: F401  (connects its signals)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings")

app = Celery("loyalty_site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
