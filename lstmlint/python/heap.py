"""Running several branches of a program from the same state, and joining what they leave behind.

Everything that the program can change has `serial`, `snapshot`, `restore`, `forget`, and `join`. The heap notes the state
of a thing before its first change in a branch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lstmlint.python.limits import Budget
from lstmlint.python.program import Reason
from lstmlint.python.values import now

ITEMS_PER_STEP = 20  # that are copied in the time of a step
# (values, name) -> the value that stands for all of them
Joined = Callable[[list[Any], Any], Any]


class Record:
    """What one branch changed: id -> (thing, its state before)."""

    __slots__ = ("changed", "start")

    def __init__(self) -> None:
        self.start = now()
        self.changed: dict[int, tuple[Any, Any]] = {}


class Heap:
    """The records of the branches that are being run, the innermost last."""

    def __init__(self, budget: Budget) -> None:
        self.records: list[Record] = []
        self.budget = budget

    def touch(self, thing: Any) -> None:
        """Note the state of a thing that is about to change."""
        if self.records:
            record = self.records[-1]
            if thing.serial < record.start and id(thing) not in record.changed:
                state = thing.snapshot()
                record.changed[id(thing)] = thing, state
                self.budget.used += size_of(state) // ITEMS_PER_STEP

    def watch(self, run: Callable[[], Any]) -> tuple[Any, Record]:
        """Run something and keep its changes. Return its result and the changes."""
        record = Record()
        self.records.append(record)
        try:
            result = run()
        finally:
            self.records.pop()
            self._pass_on(record)
        return result, record

    def _pass_on(self, record: Record) -> None:
        """Add the changes of a branch to those of the branch around it."""
        if self.records:
            outer = self.records[-1]
            for key, (thing, before) in record.changed.items():
                if thing.serial < outer.start:
                    outer.changed.setdefault(key, (thing, before))

    def attempt(self, run: Callable[[], Any]) -> Branch:
        """Run something and undo its changes. Return its result and the states that it left."""
        record = Record()
        self.records.append(record)
        try:
            result = run()
        finally:
            self.records.pop()
            states = {key: (thing, thing.snapshot()) for key, (thing, _) in record.changed.items()}
            for thing, before in record.changed.values():
                thing.restore(before)
        return Branch(result, states)

    def merge(self, branches: list[Branch], reason: Reason, joined: Joined) -> None:
        """Continue after one of several branches, nobody knows which."""
        things = {key: thing for branch in branches for key, (thing, _) in branch.states.items()}
        for key, thing in things.items():
            self.touch(thing)
            if len(branches) == 1:
                thing.restore(branches[0].states[key][1])
                continue
            current = thing.snapshot()
            states = [branch.states[key][1] if key in branch.states else current for branch in branches]
            thing.join(states, reason, joined)


def size_of(state: Any) -> int:
    """Return about how many references a state holds."""
    if isinstance(state, tuple):
        return sum(len(part) for part in state if isinstance(part, list | dict))
    return len(state) if isinstance(state, list | dict) else 1


class Branch:
    """A branch that was tried: its result, and the states that it left by id."""

    __slots__ = ("result", "states")

    def __init__(self, result: Any, states: dict[int, tuple[Any, Any]]) -> None:
        self.result = result
        self.states = states
