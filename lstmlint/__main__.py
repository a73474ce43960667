"""`python -m lstmlint`."""

from __future__ import annotations

from lstmlint.cli import main

if __name__ == "__main__":
    main()
