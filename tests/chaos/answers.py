"""Idempotency keys while the web server dies between effect and answer: one effect per key (O-4)."""

import os
import random
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import requests
from django.db import connections

from loyalty_site.apikeys import create_api_key
from loyalty_site.kernel.transactions import in_transaction
from loyalty_site.supervisor.ports import free_port
from orders.models import Order
from tests.chaos import shop
from tests.chaos.stage import Findings, Scale, Verdict, judged

PROJECT = Path(__file__).resolve().parents[2]
CHANNEL = "marketplace"
CLIENTS = 8
TRIES = 200
CREATED = 201


def experiments(scale: Scale) -> Iterator[Verdict]:
    yield judged(f"{scale.keys} keys × {scale.repeats}, server killed", partial(killed_server, scale))


def killed_server(scale: Scale) -> Findings:
    """About `kills` deaths over all requests."""
    key = in_transaction(partial(create_api_key, name="chaos answers", scopes={"orders"}))[1]
    jobs = [uuid.uuid4().hex for _ in range(scale.keys)] * scale.repeats
    random.shuffle(jobs)
    numbers: dict[str, set[str]] = defaultdict(set)
    seen: Counter[str] = Counter()
    before = Order.objects.filter(channel=CHANNEL).count()
    with web_server(kill=scale.kills / len(jobs)) as url:
        clients = [
            threading.Thread(target=_post_all, args=(url, key, jobs[first::CLIENTS], numbers, seen))
            for first in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
    effects = Order.objects.filter(channel=CHANNEL).count() - before
    wrong = [f"{count} × {name}" for name, count in seen.items() if name not in ("answered", "cut off")]
    if effects != scale.keys:
        wrong.append(f"{effects} effects of {scale.keys} keys")
    if many := [key for key, found in numbers.items() if len(found) != 1]:
        wrong.append(f"{len(many)} keys with several answers")
    return f"{effects} effects, {seen['answered']} answers, {seen['cut off']} cut off", wrong


def _post_all(url: str, key: str, jobs: list[str], numbers: dict[str, set[str]], seen: Counter[str]) -> None:
    for job in jobs:
        for _try in range(TRIES):
            try:
                answer = requests.post(
                    f"{url}/api/v1/orders",
                    json={"channel": CHANNEL, "lines": [{"sku": shop.SKU, "quantity": 1}], "customer": None},
                    headers={"Authorization": f"Bearer {key}", "Idempotency-Key": job},
                    timeout=30,
                )
            except requests.RequestException:
                seen["cut off"] += 1
                time.sleep(0.05)
                continue
            if answer.status_code == CREATED:
                seen["answered"] += 1
                numbers[job].add(answer.json()["number"])
            else:
                seen[f"status {answer.status_code}"] += 1
            break
        else:
            seen["never answered"] += 1


@contextmanager
def web_server(*, kill: float) -> Iterator[str]:
    """Gunicorn with two processes that are replaced as soon as they die."""
    connections.close_all()
    port = free_port()
    command = (sys.executable, "-m", "gunicorn", "--preload", "--workers=2", "--threads=4", "--worker-class=gthread")
    server = subprocess.Popen(
        [*command, f"--bind=127.0.0.1:{port}", "--log-level=critical", "tests.chaos.killed_wsgi"],
        cwd=PROJECT,
        env={**os.environ, "CHAOS_KILL": f"{kill:.6f}"},
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def _wait_until_ready(url: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            requests.get(f"{url}/healthz", timeout=5)
        except requests.RequestException:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("The web server did not start.")
