"""Commands beside the running shop: what they find, and what is not written down for them."""

import json
from pathlib import Path

from loyalty_site.supervisor.running import announced, running_environ
from loyalty_site.supervisor.state import StateDir

OWN = {"DATABASE_URL": "postgres://own", "REDIS_URL": "redis://own", "SECRET_KEY": "made", "PORT": "8001"}


def test_commands_get_what_they_lack(tmp_path: Path) -> None:
    folder = {"STATE_DIR": str(tmp_path)}
    with announced(StateDir(tmp_path), OWN | {"HOME": "elsewhere"}, given=folder):
        assert running_environ(folder) == OWN
        assert running_environ(folder | {"PORT": "9"}) == {k: v for k, v in OWN.items() if k != "PORT"}
        assert running_environ(folder | {"DATABASE_URL": "postgres://other"}) == {}
        assert running_environ(folder | {"LOYALTY_ENV": "production"}) == {}
    assert running_environ(folder) == {}


def test_secrets_that_were_given_are_not_written_down(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "postgres://given", "PORT": "8001"}
    with announced(StateDir(tmp_path), OWN | given, given=given):
        file = tmp_path / "secrets" / "environ.json"
        assert json.loads(file.read_text()) == {"REDIS_URL": "redis://own", "SECRET_KEY": "made", "PORT": "8001"}
        assert file.stat().st_mode & 0o777 == 0o600


def test_what_a_killed_shop_left_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "environ.json").write_text("{half")
    assert running_environ({"STATE_DIR": str(tmp_path)}) == {}
    with announced(StateDir(tmp_path), OWN, given={}):
        assert running_environ({"STATE_DIR": str(tmp_path)}) == OWN
