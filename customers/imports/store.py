"""Where uploaded files lie until they are forgotten: a directory of the shop's own, under names that say nothing."""

import os
import shutil
import uuid
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings


def directory() -> Path:
    """Made when it is missing; readable by the shop only."""
    path = Path(settings.MEDIA_ROOT) / "imports"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def path_of(key: str) -> Path:
    return directory() / Path(key).name


def keep_chunks(chunks: Iterable[bytes]) -> str:
    """Writes an upload piece by piece; the key of the file. What cannot be written whole is removed."""
    key = uuid.uuid4().hex
    try:
        with path_of(key).open("xb") as file:
            os.chmod(file.fileno(), 0o600)
            for chunk in chunks:
                file.write(chunk)
    except BaseException:
        forget(key)
        raise
    return key


def keep_file(path: Path) -> str:
    """A file of this machine: its own copy, so that nobody changes it on the way. The key."""
    key = uuid.uuid4().hex
    shutil.copyfile(path, path_of(key))
    path_of(key).chmod(0o600)
    return key


def forget_strays(*, known: Collection[str], before: datetime) -> int:
    """Files that nobody knows of: whoever wrote one was killed before he could say so. How many went."""
    strays = [
        path for path in directory().iterdir() if path.name not in known and path.stat().st_mtime < before.timestamp()
    ]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(strays)


def forget(key: str) -> None:
    if key:
        path_of(key).unlink(missing_ok=True)
