"""The doctor's reports."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from loyalty_site.kernel.transactions import requires_transaction
from loyalty_site.models import DoctorReport


@requires_transaction
def keep_report(*, findings: Mapping[str, Any], seconds: float, now: datetime) -> DoctorReport:
    return DoctorReport.objects.create(ran_at=now, seconds=seconds, findings=dict(findings))
