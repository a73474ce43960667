"""The exit codes of the command line."""

from __future__ import annotations

CLEAN = 0
FOUND = 1  # findings at or above --fail-on
FAILED = 2  # a wrong option or setting, a file that cannot be read, or an internal error
INTERRUPTED = 130  # by Ctrl-C, by the convention of shells
