"""Reports of unexpected errors to Sentry, where its address is given."""

import sentry_sdk

from loyalty_site.scrubbing import scrub_report


def start_error_reports(*, dsn: str, environment: str) -> None:
    """Send errors to `dsn`, without requests, users, local variables or anything personal; "" sends none."""
    if dsn:
        sentry_sdk.init(
            dsn=dsn,
            environment=environment,
            send_default_pii=False,
            include_local_variables=False,
            max_request_body_size="never",
            before_send=scrub_report,
        )
