"""The GPU's one command, tried out on the CPU; and that it needs torch and numpy alone."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

ONLY_TORCH_AND_NUMPY = """
import importlib.abc, sys
import torch, torch.optim.swa_utils, numpy
allowed = {name.partition(".")[0] for name in sys.modules} | {"bd_gen", "benchmarks"}
allowed |= set(sys.stdlib_module_names)
allowed -= {"click", "hydra", "omegaconf", "rich", "matplotlib", "tensorboard", "yaml", "scipy"}

class Guard(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in allowed:
            raise ImportError(f"{name} is more than torch and numpy")

sys.meta_path.insert(0, Guard())
import benchmarks.gpu
from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import load_dataset
load_dataset(DataConfig(num_plans=50, cache_dir=sys.argv[1]))
"""


def test_data_model_training_and_sampling_need_torch_and_numpy_alone(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", ONLY_TORCH_AND_NUMPY, str(tmp_path)], check=True, cwd=ROOT
    )


def test_without_a_gpu_it_says_how_to_try_it() -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is one")
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.gpu"], capture_output=True, text=True, cwd=ROOT
    )
    assert ended.returncode == 2
    assert "no CUDA GPU; --device cpu tries the command out" in ended.stderr


@pytest.mark.slow
def test_every_part_is_tried_out_on_the_cpu(tmp_path: Path) -> None:
    out = tmp_path / "gpu.json"
    words = ["--device", "cpu", "--seconds", "20", "--out", str(out)]
    subprocess.run([sys.executable, "-m", "benchmarks.gpu", *words], check=True, cwd=ROOT)
    found = json.loads(out.read_text())
    assert found["agreement"]["rooms_temp1.0_no_remask"]["rows_equal"] == 1.0
    assert found["training"]["float32, ordinary, 256"]["diagrams_per_second"] > 0
    assert found["sampling"]["seconds"]["median"] > 0
    assert "recipe" in found["changes"]
    assert found["long"]["wide"]["validation_nats"] > 0
    assert (tmp_path / "gpu_wide.pt").stat().st_size < 16 * 2**20
