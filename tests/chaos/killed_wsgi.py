"""The site as a web server that dies between effect and answer.

When a request's work is committed and its answer ready, the whole process is killed with the probability in
`CHAOS_KILL`, and other requests of its threads die on their way.
"""

import os
import random
import signal
from collections.abc import Iterable
from typing import Any

from loyalty_site.wsgi import application as site

KILL = float(os.environ.get("CHAOS_KILL", "0"))


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    answer = site(environ, start_response)
    if environ["REQUEST_METHOD"] == "POST" and random.random() < KILL:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
