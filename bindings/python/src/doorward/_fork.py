# SPDX-License-Identifier: Apache-2.0
"""Tells objects that own threads or locks when they find themselves in a forked child."""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class _Forkable(Protocol):
    def _after_fork(self) -> None:
        """Makes locks anew and forgets threads: in a child there are none, and no one else runs yet."""


_all: weakref.WeakSet[_Forkable] = weakref.WeakSet()


def survive_forks(owner: _Forkable) -> None:
    """Has `owner._after_fork()` called in each child of a fork, as long as it lives."""
    _all.add(owner)


def _after_fork() -> None:
    for owner in list(_all):
        owner._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
