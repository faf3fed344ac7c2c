"""docker-compose.yml and the Dockerfile keep what a deployment relies on."""

import re
from typing import Any

import pytest
import yaml

from tests.house.sources import PROJECT

COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = (PROJECT / "Dockerfile").read_text()
OURS = ("migrate", "web", "worker", "beat")


def test_services_are_the_ones_we_document() -> None:
    assert set(SERVICES) == {"postgres", "redis", *OURS}


@pytest.mark.parametrize("name", SERVICES)
def test_service_has_a_health_check(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    # One that runs to its end and stops is waited for by its exit code instead.
    assert check == {"disable": True} if name == "migrate" else {"test", "interval", "timeout"} <= set(check)


@pytest.mark.parametrize("name", SERVICES)
def test_image_has_a_fixed_version(name: str) -> None:
    image = SERVICES[name]["image"]
    assert re.search(r":(\d|\$\{VERSION)", image)
    assert "latest" not in image


@pytest.mark.parametrize("name", SERVICES)
def test_service_does_not_run_as_root(name: str) -> None:
    if name in OURS:
        assert SERVICES[name]["build"] == "."
        assert re.findall(r"^USER (\w+)$", DOCKERFILE, re.MULTILINE) == ["loyalty"]
    else:
        assert SERVICES[name]["user"] not in {"root", "0"}


@pytest.mark.parametrize("name", OURS)
def test_site_service_waits_for_what_it_needs(name: str) -> None:
    waits = {other: how["condition"] for other, how in SERVICES[name]["depends_on"].items()}
    first = {"postgres": "service_healthy"} if name == "migrate" else {"migrate": "service_completed_successfully"}
    assert waits == {**first, "redis": "service_healthy"}


def test_volumes_are_named_and_used() -> None:
    used = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])


def test_only_the_web_is_published_and_only_to_this_machine() -> None:
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "web": ["127.0.0.1:${PORT:-8000}:8000"]
    }


def test_secrets_come_from_the_environment_without_a_default() -> None:
    text = (PROJECT / "docker-compose.yml").read_text()
    for name in ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "SECRET_KEY", "ALLOWED_HOSTS"):
        assert set(re.findall(rf"\$\{{{name}[^}}]*\}}", text)) == {f"${{{name}:?set it in .env}}"}


def test_sample_environment_holds_no_secret() -> None:
    lines = (PROJECT / ".env.example").read_text().splitlines()
    required = [line for line in lines if line and not line.startswith("#")]
    assert [line for line in required if not line.endswith("=")] == []
    assert {line.rstrip("=") for line in required} >= {"SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}


def test_image_installs_the_hashed_lock() -> None:
    assert "--require-hashes --no-deps -r requirements/base.lock" in DOCKERFILE
    assert re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE) == ["python:3.11-slim-bookworm"] * 2
