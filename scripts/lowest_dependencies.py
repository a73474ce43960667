"""Print the lowest allowed version of each run-time dependency, as constraints for pip.

python scripts/lowest_dependencies.py > lowest.txt && pip install -c lowest.txt '.[hdf5,lsp,remote]'
"""

from __future__ import annotations

import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"


def lowest_dependencies() -> list[str]:
    """Return a line `name==version` per run-time dependency, those of the extras hdf5, lsp and remote included.

    Raises:
        ValueError: A dependency has no lower bound.
    """
    project = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]
    constraints = []
    extras = project["optional-dependencies"]
    for requirement in [*project["dependencies"], *extras["hdf5"], *extras["lsp"], *extras["remote"]]:
        name, bound, version = requirement.partition(">=")
        if not bound:
            raise ValueError(f"{requirement!r} in pyproject.toml has no lower bound")
        constraints.append(f"{name}=={version}")
    return constraints


if __name__ == "__main__":
    print(*lowest_dependencies(), sep="\n")
