# SPDX-License-Identifier: Apache-2.0
"""Forks and threads: what must not be cut in two by a fork, and what a child makes anew.

Reading policies and keys takes locks of OpenSSL's. A child that is forked meanwhile finds them taken for ever,
by a thread that it does not have. So threads of this package do it within `no_fork`, and forks wait.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class _Forkable(Protocol):
    def _after_fork(self) -> None:
        """Makes locks anew and forgets threads: in a child there are none, and no one else runs yet."""


_forking = threading.RLock()
_all: weakref.WeakSet[_Forkable] = weakref.WeakSet()


def survive_forks(owner: _Forkable) -> None:
    """Has `owner._after_fork()` called in each child of a fork, as long as it lives."""
    _all.add(owner)


@contextmanager
def no_fork() -> Iterator[None]:
    """Has forks wait until this is left. Nothing within may wait for a lock of Python's."""
    with _forking:
        yield


def _before_fork() -> None:
    _forking.acquire()


def _after_fork_in_parent() -> None:
    _forking.release()


def _after_fork_in_child() -> None:
    global _forking
    _forking = threading.RLock()
    for owner in list(_all):
        owner._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child
    )
