"""What a run of the command line leaves with."""

from __future__ import annotations

CLEAN = 0
FOUND = 1  # findings at or above --fail-on
FAILED = 2  # a mistake in the call or the settings, a file that cannot be read, or a defect of ours
INTERRUPTED = 130  # by Ctrl-C, as shells count it
