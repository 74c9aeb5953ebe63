"""What large numbers of samples cost beside the network: `python -m benchmarks.bench_scale [N]`.

A generation job whose engine hands out ready rows instead of drawing them, so that what is left
is the part of one process: giving out shards, keeping what comes back, writing the file. Prints
seconds, the most memory, and bytes a diagram on disk. Then whether the last bits of the network's
numbers depend on the size of a batch or the number of threads, on this machine.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.tokens import tokens_from_parts
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.generation.job import GenerationJob, generate
from bd_gen.generation.shards import Drawn, Results, Shard, Task
from bd_gen.model.config import ModelConfig
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.packing import pack
from bd_gen.sampling.method import Method
from bd_gen.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint

MB = 1e6


class Ready:
    """An engine without a network: every shard is the same 512 diagrams of 8 rooms."""

    description = ""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        vocabulary = Vocabulary(8)
        types = rng.integers(0, RPLAN.num_room_types, (512, 8))
        relations = rng.integers(0, RPLAN.no_edge + 1, (512, vocabulary.num_edges))
        self.rows = tokens_from_parts(types, relations, np.full(512, 8), vocabulary)
        self.first_at = self.last_at = 0.0

    def draw(
        self,
        task: Task,  # noqa: ARG002 - it draws nothing
        checkpoint: Checkpoint,  # noqa: ARG002
        shards: Iterable[Shard],
    ) -> Results:
        """See `Engine`."""
        self.first_at = time.perf_counter()
        for shard in shards:
            count = shard.last - shard.first
            yield Drawn(shard, self.rows[:count], np.zeros(count, np.int64))
        self.last_at = time.perf_counter()

    def close(self) -> None:
        """See `Engine`."""


def made_checkpoint(path: Path) -> Checkpoint:
    """A model of 8 rooms with random weights."""
    vocabulary = Vocabulary(8)
    model = {"width": 16, "layers": 1, "heads": 2, "mlp_ratio": 2, "time_conditioning": False}
    checkpoint = Checkpoint(
        model_state_dict=Denoiser(ModelConfig(**model), vocabulary).state_dict(),
        config={"model": model, "noise": "loglinear", "data": {}, "training": {}},
        n_max=8,
        step=1,
        num_rooms_histogram=[0] * 8 + [1],
        data_fingerprint="0" * 16,
        denoising={"denoise/val_elbo": 1.0},
    )
    save_checkpoint(path, checkpoint)
    return load_checkpoint(path)


def same_bits() -> list[str]:
    """Which batch sizes and numbers of threads give other last bits than 256 diagrams on one."""
    vocabulary = Vocabulary(8)
    torch.manual_seed(0)
    denoiser = Denoiser(ModelConfig(), vocabulary).eval()
    torch.nn.init.normal_(denoiser.head.weight, std=0.3)
    tokens = torch.from_numpy(Ready().rows[:256].astype(np.int64))
    before = torch.get_num_threads()
    others = []
    with torch.inference_mode():
        torch.set_num_threads(1)
        expected = denoiser(pack([(8, tokens)], vocabulary))
        for threads in (1, before):
            torch.set_num_threads(threads)
            for count in (1, 7, 64, 100, 256):
                found = denoiser(pack([(8, tokens[:count])], vocabulary))
                if not torch.equal(found, expected[: len(found)]):
                    others.append(f"{count} diagrams on {threads} threads")
    torch.set_num_threads(before)
    return others


def main() -> None:
    """Print one line a size."""
    counts = [int(word) for word in sys.argv[1:]] or [100_000, 1_000_000]
    print("| diagrams | keep s | write s | most memory MB | samples file MB | bytes a diagram |")
    print("|---|---|---|---|---|---|")
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            checkpoint = made_checkpoint(Path(folder) / "model.pt")
            path, method = Path(folder) / "model.pt", Method("first_hitting")
            engine = Ready()
            job = GenerationJob(path, method, Path(folder) / "r", (42,), count, device="cpu")
            generate(job, checkpoint, engine=engine)
            write = time.perf_counter() - engine.last_at
            size = job.path.stat().st_size
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 * 1.048576
        keep = engine.last_at - engine.first_at
        print(
            f"| {count:,} | {keep:.2f} | {write:.2f} | {most:,.0f} | {size / MB:,.1f} "
            f"| {size / count:.1f} |",
            flush=True,
        )
    print(f"\nother last bits than in a batch of 256 on one thread: {same_bits() or 'never'}")


if __name__ == "__main__":
    main()
