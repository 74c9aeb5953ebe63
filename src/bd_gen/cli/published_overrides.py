"""Overrides of the published system: taken with their meaning, or refused with what to write.

Its configuration has other names for some settings of bd-gen, and settings that have no place here.
A refusal names what to write by meaning; that two names look alike would say nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from bd_gen.training.checkpoint import Checkpoint

RPLAN_PLANS = 64_630
"""Training plans of RPLAN, by which the published system counts its epochs."""

_RENAMED = {
    "train": {
        "noise.type": "noise",
        "seed": "training.seed",
        "training.lr": "training.learning_rate",
        "training.grad_clip": "training.clip",
        "model.dropout": "training.dropout",
        "data.mat_path": "data.path",
        "data.batch_size": "training.batch_size",
        "model.d_model": "model.width",
        "model.n_layers": "model.layers",
        "model.n_heads": "model.heads",
    },
    "generate": {"noise.type": "noise"},
}

_NO_WANDB = (
    "nothing is sent anywhere: training writes TensorBoard files and metrics.jsonl to run.dir; "
    "drop it, or write wandb.mode=disabled"
)
_FROM_CHECKPOINT = "the checkpoint says it; drop it"
_NO_IMPORTANCE = "levels of noise are always spread evenly over a batch; drop it"
_ELSEWHERE = {
    "train": {
        "wandb": _NO_WANDB,
        "data.num_workers": "the training set stays on the device; drop it",
        "data.cache_path": "the folder of the cache is data.cache_dir=FOLDER",
        "data.mat_url": "`bd-gen data fetch graph2plan` downloads the file",
        "data.splits": "splits are 80/10/10; data.split_seed chooses another",
        "model.cond_dim": "time has the model's width; drop it",
        "model.frequency_embedding_size": "time has 256 features; drop it",
        "training.importance_sampling": _NO_IMPORTANCE,
        "training.lambda_edge": "the loss is a bound on the likelihood, in which rooms and "
        "relations count alike; drop it",
        "training.gumbel_temperature_start": "the temperature falls from 1.0 to 0.1; drop it",
        "training.gumbel_temperature_end": "the temperature falls from 1.0 to 0.1; drop it",
        "training.gumbel_temperature_decay": "the temperature falls by a fixed factor; drop it",
        "training.checkpoint_every": "write training.validate_every=STEPS: a checkpoint follows "
        "every validation",
        "training.val_every": "write training.validate_every=STEPS",
        "training.sample_every": "`bd-gen generate` samples from any checkpoint of the run",
        "noise.sigma_min": "noise=linear is exp(-10 t); drop it",
        "noise.sigma_max": "noise=linear is exp(-10 t); drop it",
        "noise.eps": "noise=loglinear ends at 1e-3; drop it",
        "experiment_name": "write run.dir=FOLDER",
        "eval": "it belongs to `bd-gen generate`",
    },
    "generate": {
        "wandb": _NO_WANDB,
        "seed": "write eval.seeds=[SEED]: samples depend on these seeds alone",
        "training": _FROM_CHECKPOINT,
        "data": "the checkpoint says which data it belongs to; `bd-gen evaluate` takes data=... to "
        "measure against others",
        "model": _FROM_CHECKPOINT,
        "noise": _FROM_CHECKPOINT,
        "eval.metrics": "`bd-gen evaluate --metric KEY` chooses among them",
        "eval.visualize": "`bd-gen show METHOD --png FILE` draws samples",
        "eval.num_viz_samples": "`bd-gen show METHOD --png FILE` draws samples",
        "eval.save_samples": "samples are always saved; drop it",
        "eval.stratified": "tables by number of rooms are always made; drop it",
        "eval.conditional_topN_pairs": "the keys ..._topN_ are of the 20 most frequent pairs",
        "eval.run_denoising_eval": "denoising scores come with the checkpoint; drop it",
        "eval.denoising_t_grid": "denoising scores are of t = 0.1, 0.3, 0.5, 0.7, 0.9",
        "eval.denoising_max_batches": "denoising scores are of 2,048 plans; drop it",
        "eval.guidance": "`bd-gen design` draws with rules; --given and --rooms keep what is given",
        "guidance": "`bd-gen design` draws with rules; --given and --rooms keep what is given",
        "experiment_name": "write results.dir=FOLDER",
    },
}
_AS_IT_IS_ANYWAY = {
    "wandb.mode": ("disabled", "offline", "dryrun"),
    "eval.save_samples": ("true",),
    "eval.stratified": ("true",),
    "eval.run_denoising_eval": ("true",),
    "eval.conditional_topN_pairs": ("20",),
    "training.importance_sampling": ("true",),
    "eval.visualize": ("false",),
}
"""Values that ask for what happens anyway."""

_MAY_BE_NOTHING = ("eval.top_p", "eval.remasking.eta", "eval.remasking.strategy")
_TRAINING: dict[str, list[str]] = {"v2": ["noise=learned_rates"], "v1": [], "default": []}
"""Published groups of training settings, one for each kind of forward process."""
_LEARNED_NOISE = "noise.type=learned"
_SIZES = {"tiny": (32, 2, 2), "small": (128, 4, 4), "base": (256, 6, 8)}
_REMASKING = "eval.remasking."
_ENABLED = f"{_REMASKING}enabled"
_PUBLISHED_REMASKING = {"strategy": "cap", "eta": "0.1"}


def translated(command: str, overrides: Sequence[str], known: Callable[[str], bool]) -> list[str]:
    """The overrides of `train` or `generate` under the names that they have here.

    Args:
        command: whose overrides they are.
        overrides: published ones and our own, in any mixture.
        known: tells whether a key is one of our own, which is left alone.

    Raises:
        InputError: an override has no place here; the message says what to write instead.
    """
    words = [word for given in overrides for word in _one(command, given, known)]
    if command == "generate":
        return _remasking(words)
    return _epochs(words)


def _one(command: str, word: str, known: Callable[[str], bool]) -> list[str]:
    key, equals, value = word.partition("=")
    if word.startswith("~") and word[1:] in _MAY_BE_NOTHING:
        return [f"{word[1:]}=null"]
    if not equals or key == _ENABLED or (command, key) == ("train", "training.epochs"):
        return [word]
    if (command, key) == ("train", "training") and value in _TRAINING:
        return _TRAINING[value]
    if (command, word) == ("train", _LEARNED_NOISE):
        return _TRAINING["v2"]
    if key == "training.ema" and value.lower() in ("true", "false"):
        return ["training.ema=0.9999" if value.lower() == "true" else "training.ema=0"]
    if key in _RENAMED[command] and not known(key):
        return [f"{_RENAMED[command][key]}={value}"]
    if known(key):
        return [f"{key}={value}"]
    if value.lower() in _AS_IT_IS_ANYWAY.get(key, ()):
        return []
    for above in (key, key.rpartition(".")[0], key.partition(".")[0]):
        if above in _ELSEWHERE[command]:
            raise InputError(f"{word}: {_ELSEWHERE[command][above]}")
    return [f"{key}={value}"]


def apart(overrides: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """What the words of `generate` say of the checkpoint (data, model, training), and the rest."""
    claims = {}
    rest = []
    for word in overrides:
        key, _, value = word.partition("=")
        if key in ("data", "model", "training"):
            claims[key] = value
        else:
            rest.append(word)
    return claims, rest


def check_claims(claims: Mapping[str, str], checkpoint: "Checkpoint") -> None:
    """Make sure that the checkpoint is what the words say.

    Raises:
        InputError: it is something else.
    """
    model, is_learned = checkpoint.config["model"], checkpoint.is_learned
    sizes = ("width", "layers", "heads")
    found = {
        "data": checkpoint.config["data"].get("source"),
        "model": next(
            (name for name, size in _SIZES.items() if size == tuple(model[k] for k in sizes)),
            "of another size",
        ),
        "training": "v2" if is_learned else "default",
    }
    for key, value in claims.items():
        if value != found[key] and (key, value, is_learned) != ("training", "v1", False):
            raise InputError(
                f"{key}={value}: {checkpoint.source} is {key}={found[key]}; drop the override or "
                "take another checkpoint"
            )


def _remasking(words: list[str]) -> list[str]:
    """`eval.remasking.enabled` decides whether the settings of remasking count."""
    enabled = [word.partition("=")[2].lower() for word in words if word.startswith(f"{_ENABLED}=")]
    if not enabled:
        return words
    words = [word for word in words if not word.startswith(f"{_ENABLED}=")]
    if enabled[-1] not in ("true", "false"):
        raise InputError(f"{_ENABLED}={enabled[-1]}: expected true or false")
    if enabled[-1] == "false":
        return [word for word in words if not word.startswith(_REMASKING)]
    given = {word.partition("=")[0]: word.partition("=")[2] for word in words}
    strategy = given.get(f"{_REMASKING}strategy", _PUBLISHED_REMASKING["strategy"])
    words.append(f"{_REMASKING}strategy={strategy}")
    if strategy in ("cap", "rescale") and f"{_REMASKING}eta" not in given:
        words.append(f"{_REMASKING}eta={_PUBLISHED_REMASKING['eta']}")
    return words


def _epochs(words: list[str]) -> list[str]:
    """Epochs as steps: of RPLAN it is known how many there are."""
    given = {word.partition("=")[0]: word.partition("=")[2] for word in words}
    if "training.epochs" not in given:
        return words
    text, batch = given["training.epochs"], given.get("training.batch_size", "256")
    word = f"training.epochs={text}"
    if not text.isdecimal() or not batch.isdecimal() or not int(text) or not int(batch):
        raise InputError(f"{word}: expected a whole number from 1")
    steps = round(int(text) * RPLAN_PLANS / int(batch))
    if given.get("data") != "graph2plan":
        raise InputError(
            f"{word}: write training.steps=STEPS: an epoch has as many steps as there are training "
            f"plans, divided by training.batch_size ({steps:,} for RPLAN)"
        )
    return [f"training.steps={steps}" if w.startswith("training.epochs=") else w for w in words]
