"""Analyze models in a separate process, which a file may crash, block or fill without harm to the job around it.

`Analyst` is what a worker of an engine holds. It sends each file to a child process (this file, run as a program), and
replaces the child if it dies or takes too long. Nothing here depends on the engine.
"""

from __future__ import annotations

import hashlib
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

# What a row holds, and its type in Spark.
COLUMNS = {
    "path": "string",
    "sha256": "string",
    "container": "string",
    "dialect": "string",
    "params": "long",
    "complete": "boolean",
    "seconds": "double",
    "findings": "array<struct<code: string, severity: string, layer: string, line: int, message: string>>",
    "error": "string",
}
GRACE = 5  # seconds that a child may take beyond its own limit


class Analyst:
    """A child process that analyzes one file after another.

    seconds, memory: the limits on one file; memory in bytes. attempts: how often a file is tried whose child has died.
    """

    def __init__(self, seconds: int = 60, memory: int = 2**30, attempts: int = 2) -> None:
        self.seconds, self.memory, self.attempts = seconds, memory, attempts
        self.child: subprocess.Popen[bytes] | None = None

    def rows(self, path: str, content: bytes) -> list[dict[str, Any]]:
        """Return a row per model in a file; at least one, with an error if the file could not be analyzed."""
        common = {"path": path, "sha256": hashlib.sha256(content).hexdigest()}
        started = time.monotonic()
        error = ""
        for _ in range(self.attempts):
            answer = self.ask(path, content)
            if isinstance(answer, list):
                seconds = (time.monotonic() - started) / len(answer)
                return [{**common, "seconds": seconds, "error": None, **row} for row in answer]
            error = answer
            if error.startswith("timeout"):
                break
        empty = dict.fromkeys(("container", "dialect", "params", "complete"))
        return [{**common, **empty, "seconds": time.monotonic() - started, "findings": [], "error": error}]

    def ask(self, path: str, content: bytes) -> list[dict[str, Any]] | str:
        """Return what the child says about a file; a sentence if it died or takes too long."""
        if self.child is None:
            command = [sys.executable, __file__, str(self.seconds), str(self.memory)]
            self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
        deadline = time.monotonic() + self.seconds + GRACE
        sent = json.dumps([path, len(content)]).encode() + b"\n" + content
        received = self.exchange(self.child, sent, deadline)
        if received is not None and received.endswith(b"\n"):
            answer: list[dict[str, Any]] | str = json.loads(received)
            return answer
        self.child.kill()
        code = self.child.wait()
        self.close()
        if received is None:
            return f"timeout: longer than {self.seconds} seconds"
        return f"died: the process ended with {code}, perhaps for lack of memory"

    def exchange(self, child: subprocess.Popen[bytes], data: bytes, deadline: float) -> bytes | None:
        """Send data to the child, and return a line of its answer; less than a line if it died, None if time is over."""
        if child.stdin is None or child.stdout is None:
            raise ValueError("the child has no pipes")
        writing, reading = child.stdin.fileno(), child.stdout.fileno()
        os.set_blocking(writing, False)
        left, received = memoryview(data), b""
        while not received.endswith(b"\n"):
            wait = deadline - time.monotonic()
            ready, free, _ = select.select([reading], [writing] if left else [], [], max(0, wait))
            if not ready and not free:
                return None
            if free:
                try:
                    left = left[os.write(writing, left) :]
                except BrokenPipeError:
                    return received
            if ready:
                piece = os.read(reading, 2**20)
                if not piece:
                    return received
                received += piece
        return received

    def close(self) -> None:
        """End the child."""
        if self.child is not None:
            for stream in (self.child.stdin, self.child.stdout):
                if stream is not None:
                    stream.close()
            self.child.wait()
            self.child = None


@cache
def analyst(seconds: int, memory: int) -> Analyst:
    """Return the child of this process, which serves all tasks that an engine runs here."""
    return Analyst(seconds, memory)


# In the child ----------------------------------------------------------------------------------------------------


def analyzed(path: str, content: bytes, seconds: int) -> list[dict[str, Any]]:
    """Return a row per model in a file."""
    from lstmlint import Options, analyze_all
    from lstmlint.model.limits import InputLimits

    options = Options(input_limits=InputLimits(seconds=seconds))
    source: Path | bytes = content
    with tempfile.TemporaryDirectory() as folder:
        if len(content) > options.input_limits.decoded_size:  # an archive with weights, of which only headers are read
            source = Path(folder) / "model"
            source.write_bytes(content)
        return [
            {
                "path": report.path,
                "container": report.container,
                "dialect": report.dialect,
                "params": report.model.params if report.model else None,
                "complete": report.model.complete if report.model else None,
                "findings": [
                    {"code": finding.code, "severity": finding.severity, "layer": finding.layer, "line": finding.line,
                     "message": finding.message}
                    for finding in report.findings
                ],
            }
            for report in analyze_all(source, options, name=path)
        ]  # fmt: skip


def serve(seconds: int, memory: int) -> None:
    """Answer one file after another, until standard input ends."""
    if sys.platform == "linux":
        import resource

        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + memory, used + memory))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing else may write to the answers
    while line := sys.stdin.buffer.readline():
        path, length = json.loads(line)
        content = sys.stdin.buffer.read(length)
        answer: list[dict[str, Any]] | str
        try:
            answer = analyzed(path, content, seconds)
        except MemoryError:
            answer = "memory: more than the limit"
        except Exception as error:  # noqa: BLE001 - a defect must not cost the other files
            answer = f"internal error: {type(error).__name__}: {error}"
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]))
