"""The worker processes of the language server."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import sys
from contextlib import suppress
from typing import Any

from lstmlint.server.worker import LENGTH, START, Failure, Job, framed

SIZE = 2
STARTING = 60  # seconds, for importing lstmlint from a slow disk
GRACE = 15  # seconds beyond a job's limit, in case its own alarm does not end it
PATIENCE = 1  # seconds after which a worker is ended whose result is not wanted any more


class Worker:
    """A worker process, which is started when it is needed. key: what its latest job was about."""

    def __init__(self) -> None:
        self.process: asyncio.subprocess.Process | None = None
        self.lock = asyncio.Lock()
        self.key = ""
        self.waiting = 0
        self.ended: list[asyncio.subprocess.Process] = []

    async def run(self, job: Job, started: asyncio.Event) -> Any:
        """Return the result of a job, or a Failure if the process ends or takes too long. started: set when it begins."""
        self.waiting += 1
        try:
            async with self.lock:
                started.set()
                try:
                    return await self.exchange(job)
                except TimeoutError:
                    self.end()
                    return Failure("the analysis takes too long")
                except (OSError, asyncio.IncompleteReadError):
                    self.end()
                    return Failure("the process that analyzes it ended, probably out of memory")
                except BaseException:  # its answer would be taken for that of the next job
                    self.end()
                    raise
        finally:
            self.waiting -= 1

    async def exchange(self, job: Job) -> Any:
        """Send a job and return its result."""
        if self.process is None or self.process.returncode is not None:
            await self.close()
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", START, *sys.path, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
            )
        source, target = self.process.stdout, self.process.stdin
        if source is None or target is None:
            raise OSError("a worker has no streams")
        target.write(framed(job))
        async with asyncio.timeout(STARTING):
            await target.drain()
            seconds = await received(source)
        async with asyncio.timeout(seconds + GRACE):
            return await received(source)

    def end(self) -> None:
        """End the process."""
        if self.process is not None:
            if self.process.stdin is not None:
                self.process.stdin.close()
            with suppress(ProcessLookupError):
                self.process.kill()
            self.ended.append(self.process)
            self.process = None

    async def close(self) -> None:
        """End the process, and wait until it has ended."""
        self.end()
        for process in self.ended:
            await process.wait()
        self.ended.clear()


async def received(source: asyncio.StreamReader) -> Any:
    """Return the next message of a worker."""
    length = await source.readexactly(LENGTH)
    return pickle.loads(await source.readexactly(int.from_bytes(length, "big")))  # noqa: S301 - from our own process


class Pool:
    """Some workers. Jobs about one file go to one of them, which keeps its analysis."""

    def __init__(self, size: int = SIZE) -> None:
        self.workers = [Worker() for _ in range(size)]
        self.running: set[asyncio.Task[Any]] = set()

    async def run(self, job: Job) -> Any:
        """Return the result of a job. If it is cancelled, its worker is ended unless it is done soon."""
        worker = self.choose(job.file.path)
        worker.key = job.file.path
        started = asyncio.Event()
        task = asyncio.ensure_future(worker.run(job, started))
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            asyncio.get_running_loop().call_later(PATIENCE if started.is_set() else 0, task.cancel)
            raise

    def choose(self, key: str) -> Worker:
        """Return the worker of a file, or the one with the fewest jobs."""
        known = next((worker for worker in self.workers if worker.key == key), None)
        return known or min(self.workers, key=lambda worker: (worker.waiting, worker.process is None))

    async def close(self) -> None:
        """End all workers, and wait until they have ended."""
        for task in self.running:
            task.cancel()
        for worker in self.workers:
            await worker.close()

    def kill(self) -> None:
        """End all workers when there is no event loop any more."""
        for worker in self.workers:
            if worker.process is not None and worker.process.returncode is None:
                with suppress(OSError):
                    os.kill(worker.process.pid, signal.SIGTERM)
