"""An error that a person can act on: what went wrong, and what to do about it."""

from __future__ import annotations

import errno


class Failure(Exception):
    """Raised anywhere; `make.py` prints it as an `error:` line and a `hint:` line."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def disk_full(place: object) -> Failure:
    return Failure(
        f"the disk is full at {place}", "free about 1.5 GB, or delete models/downloads, and run again"
    )


def from_os_error(error: OSError) -> Failure:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(error.filename or "models/")
    if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
        return Failure(f"cannot write: {error}", "models/ must be writable by you")
    return Failure(str(error), "delete models/downloads and run again")
