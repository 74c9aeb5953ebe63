"""Drawing shards on a Dask cluster."""

import asyncio
import hashlib
import logging
import time
import uuid
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from bd_gen.generation.shards import (
    Drawn,
    Results,
    Shard,
    Task,
    draw_on_worker,
    forget_checkpoint,
    keep_checkpoint,
)
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import Checkpoint

GPU = "GPU"
"""The Dask resource that a worker offers if it has a GPU: `dask worker --resources GPU=1`."""

_TIMEOUT = 20  # seconds until a scheduler that does not answer is given up
_AHEAD = 2  # jobs for each thread of the cluster: one to work on, one to go on with
_AT_LEAST = 64  # jobs, so that a cluster that grows with its work does
_COUNT_EVERY = 5.0  # seconds between two counts of the workers
_MOST_REFUSALS = 3


class DaskEngine:
    """A cluster that runs already.

    Args:
        scheduler: its address, tcp://HOST:PORT or tls://HOST:PORT.

    Raises:
        InputError: Dask is not installed, or no scheduler answers.
    """

    def __init__(self, scheduler: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise InputError("--engine dask: needs Dask: pip install 'bd-gen[cluster]'") from None
        if not scheduler.startswith(("tcp://", "tls://")):
            raise InputError(f"--scheduler: expected tcp://HOST:PORT, got {scheduler!r}")
        self._scheduler = scheduler
        self._log = _Quiet()
        try:
            self._client = Client(scheduler, timeout=_TIMEOUT, set_as_default=False)
        except (OSError, RuntimeError, TypeError, ValueError) as error:
            self._log.restore()
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise InputError(f"--scheduler {scheduler}: does not answer ({reason})") from None
        self._sent: set[str] = set()
        self._most_running = _AT_LEAST
        self._counted_at = -_COUNT_EVERY

    @property
    def description(self) -> str:
        """See `Engine`."""
        count = len(self._workers())
        return f"{count or 'no'} worker{'' if count == 1 else 's'} at {self._scheduler}" + (
            "" if count else ", waiting for some"
        )

    def draw(self, task: Task, checkpoint: Checkpoint, shards: Iterable[Shard]) -> Results:
        """See `Engine`.

        GPU jobs go to workers that offer the resource "GPU" and to no others.
        """
        from distributed import as_completed

        task = replace(task, device=self._device(task.device))
        coming, refused = iter(shards), Counter[Shard]()
        running: dict[Any, Shard] = {}
        completed = as_completed(loop=self._client.loop)

        def submit(count: int) -> None:
            for shard in islice(coming, max(0, count)):
                future = self._submitted(task, shard)
                running[future] = shard
                completed.add(future)

        try:
            submit(self._room())
            for future in completed:
                shard = running.pop(future)
                drawn = self._result(future, shard)
                future.release()
                if drawn is None:
                    refused[shard] += 1
                    self._send(checkpoint, refused[shard])
                    coming = chain([shard], coming)
                else:
                    yield drawn
                submit(self._room() - len(running))
        except (OSError, RuntimeError, asyncio.CancelledError):
            if self._client.status == "running":
                raise
            raise self._gone() from None
        finally:
            if running:
                with suppress(Exception):  # nobody may be there any more to be told
                    self._client.cancel(list(running))

    def close(self) -> None:
        """See `Engine`."""
        with suppress(Exception):  # as above
            for sha256 in self._sent:
                self._client.unregister_worker_plugin(_plugin_name(sha256))
            self._client.close()
        self._log.restore()

    def _workers(self) -> dict[str, Any]:
        """What the scheduler knows of its workers, by their address."""
        try:
            info = self._client.scheduler_info(n_workers=-1)
        except TypeError:  # older versions tell of all without being asked
            info = self._client.scheduler_info()
        except (OSError, RuntimeError):
            raise self._gone() from None
        workers: dict[str, Any] = info["workers"]
        return workers

    def _device(self, name: str) -> str:
        """The device for all workers; mixed ones would round differently."""
        workers = self._workers()
        has_gpu = any(worker["resources"].get(GPU) for worker in workers.values())
        if name == "auto":
            if not workers:
                raise InputError(
                    f"eval.device=auto: {self._scheduler} has no workers yet, so it cannot be told "
                    "whether they have GPUs; give eval.device=cpu or cuda"
                )
            return "cuda" if has_gpu else "cpu"
        if name.startswith("cuda") and workers and not has_gpu:
            raise InputError(
                f"eval.device={name}: no worker at {self._scheduler} offers a GPU "
                f"(dask worker --resources {GPU}=1)"
            )
        return name

    def _room(self) -> int:
        """Jobs to hand out at a time: enough for all, not so many that the scheduler swells."""
        now = time.monotonic()
        if now - self._counted_at > _COUNT_EVERY:
            threads = sum(worker["nthreads"] for worker in self._workers().values())
            self._most_running = max(_AT_LEAST, _AHEAD * threads)
            self._counted_at = now
        return self._most_running

    def _submitted(self, task: Task, shard: Shard) -> Any:
        return self._client.submit(
            draw_on_worker,
            task,
            shard,
            key=f"bd-gen-{task.method.name}-{shard.seed}-{shard.first}-{uuid.uuid4().hex}",
            resources={GPU: 1} if task.device.startswith("cuda") else None,
            pure=False,
        )

    def _result(self, future: Any, shard: Shard) -> Drawn | None:
        from distributed import KilledWorker

        try:
            drawn: Drawn | None = future.result()
        except KilledWorker:
            raise InputError(
                f"{shard}: worker after worker ended while they drew them (out of memory? a "
                "smaller eval.batch_size may help)"
            ) from None
        except ImportError as error:
            raise InputError(f"a worker cannot load bd-gen ({error}); install it there") from None
        except (Exception, asyncio.CancelledError):
            if future.status == "error":  # the worker's own
                raise
            raise self._gone() from None
        return drawn

    def _gone(self) -> InputError:
        return InputError(f"{self._scheduler}: the scheduler is gone; the same command goes on")

    def _send(self, checkpoint: Checkpoint, times: int) -> None:
        """Give all workers, those to come as well, the file of a checkpoint.

        Raises:
            InputError: it is not what it was, or the workers do not keep it.
        """
        sha256 = checkpoint.sha256
        if times > _MOST_REFUSALS:
            raise InputError(f"{checkpoint.source}: the workers can neither read nor receive it")
        if sha256 in self._sent:
            return
        try:
            content = Path(checkpoint.source).read_bytes()
        except OSError:
            content = b""
        if hashlib.sha256(content).hexdigest() != sha256:
            raise InputError(f"{checkpoint.source}: was changed or removed since it was loaded")
        self._client.register_plugin(_delivery(sha256, content), name=_plugin_name(sha256))
        self._sent.add(sha256)


class _Quiet:
    """Keeps Dask from printing tracebacks where a worker or the scheduler is lost."""

    def __init__(self) -> None:
        loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
        self._before = [(logger, logger.level) for logger in loggers]
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)

    def restore(self) -> None:
        for logger, level in self._before:
            logger.setLevel(level)


def _plugin_name(sha256: str) -> str:
    return f"bd-gen-checkpoint-{sha256}"


def _delivery(sha256: str, content: bytes) -> Any:
    """What each worker does when it begins: take over the file of a checkpoint."""
    from distributed import WorkerPlugin

    class Delivery(WorkerPlugin):
        def __init__(self, sha256: str, content: bytes) -> None:
            self.sha256 = sha256
            self.content = content

        def setup(self, worker: Any) -> None:  # noqa: ARG002 - Dask's
            keep_checkpoint(self.sha256, self.content)

        def teardown(self, worker: Any) -> None:  # noqa: ARG002 - Dask's
            forget_checkpoint(self.sha256)

    return Delivery(sha256, content)
