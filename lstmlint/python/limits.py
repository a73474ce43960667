"""How much work the interpreter does for one program. Programs are data from strangers, so everything is bounded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

MAX_STEPS = 400_000  # expressions and statements that one program may evaluate
MAX_STATEMENT_STEPS = 150_000  # of these, for one statement of the module
MAX_FUNCTION_STEPS = 40_000  # and for one function that the program does not call
MAX_ITERATIONS = 2_000  # of one loop; a longer loop counts as one with an unknown number of iterations
MAX_LOOP_STEPS = 30_000  # of one loop that has run at least 3 times
MAX_DEPTH = 40  # of nested calls
MAX_ITEMS = 20_000  # of a list, tuple, or dict
MAX_CHARACTERS = 100_000  # of a str
MAX_BITS = 4_096  # of an int
MAX_LAYERS = 6_000  # of one program
MAX_MODELS = 200  # that are reported of one program
MAX_REPORTED_LAYERS = 10_000  # of these models together
MAX_VISITS = 1_000_000  # of items in nested lists, tuples, and dicts, each counted as often as it occurs


class Cut(Exception):
    """A limit was reached. The statement is abandoned, and what it assigned is forgotten."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Budget:
    """Counts steps. Raises: Cut when there are none left."""

    def __init__(self, total: int = MAX_STEPS) -> None:
        self.used = 0
        self.total = total
        self.end = total

    def step(self) -> None:
        """Count one step."""
        self.used += 1
        if self.used > self.end:
            raise Cut("the code before it takes too many steps to follow")

    def allow(self, steps: int) -> int:
        """Set the end to this number of steps from now, within the total. Return the previous end."""
        previous, self.end = self.end, min(self.used + steps, self.total)
        return previous


_visited: ContextVar[list[int] | None] = ContextVar("visited", default=None)


@contextmanager
def counted_visits() -> Iterator[None]:
    """Count the visits of items for one program."""
    token = _visited.set([0])
    try:
        yield
    finally:
        _visited.reset(token)


def visit(items: Any) -> Any:
    """Count the items of a container that is about to be visited, and return it.

    A list that holds another one twice, which holds another one twice, and so on, has exponentially many items.
    Raises: Cut.
    """
    visited = _visited.get()
    if visited is not None:
        visited[0] += len(items)
        if visited[0] > MAX_VISITS:
            raise Cut("its values are nested too deeply")
    return items
