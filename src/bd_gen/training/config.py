"""How a denoiser is trained."""

from dataclasses import dataclass

from bd_gen.model.corruption import ESTIMATORS

DECAYS = ("constant", "cosine")
OPTIMIZERS = ("adamw", "muon")
CAPTURES = ("auto", "never")
PRECISIONS = ("auto", "float32", "bfloat16")
LARGEST_SEED = 2**63 - 1


@dataclass(frozen=True)
class TrainingConfig:
    """Settings of the training loop.

    Attributes:
        steps: optimiser steps altogether.
        batch_size: diagrams a step.
        optimizer: `adamw`, or `muon` for the matrices of the blocks and AdamW for the rest.
        learning_rate: of AdamW, after warm-up.
        embedding_learning_rate: of AdamW for the embeddings; None: `learning_rate`.
        head_learning_rate: of AdamW for the output map; None: `learning_rate`.
        muon_learning_rate: of Muon, after warm-up.
        weight_decay: of both.
        muon_weight_decay: of Muon; None: `weight_decay`.
        dropout: share of features dropped after attention and after the MLP of every block.
        warmup_steps: steps over which the learning rate grows from 0; a tenth of `steps` at most.
        decay: what the learning rate does after warm-up: `constant`, or `cosine` to a
            hundredth at the last step.
        clip: largest norm of the gradient.
        ema: decay of the running average of the weights, which is what gets sampled; it warms
            up as (1 + step) / (10 + step).
        renumber: put the rooms of every diagram in a new random order each time.
        mirror: show every diagram as it is or with left and right exchanged, at random each time.
        translate: most pixels by which the boxes of a plan are moved each way, all as one, at
            random each time; of models of boxes.
        own_mistakes: share of the visible tokens that the model's own draws replace, while it
            learns to take them back too.
        own_mistakes_from: share of the steps after which this begins.
        estimator: how tokens are masked: `count` (k of N, uniform) or `time` (t uniform).
        rooms_share: share of the diagrams whose tokens are masked from the end of the order
            "rooms" (a random order of rooms, each followed by its edges to earlier ones) instead
            of a uniform one; needs `count`.
        uniform_share: share of the diagrams that a learned law over orders (noise=learned) masks
            in uniform order.
        order_learning_rate: of that law (Adam, no decay), after warm-up.
        seed: of the initial weights, the order of the data and the masks.
        precision: of the matrix products; `auto` takes bfloat16 where it is faster.
        device: `auto` (CUDA if there is one), `cpu`, `cuda`, `cuda:1`, ...
        devices: processes that share every batch, one a GPU; needs Lightning Fabric if more than 1.
        capture: `auto` captures the step of a fixed process on a GPU as one graph, where nothing
            in it changes shape; `never` does not. Sums may round otherwise.
        log_every: steps between two lines of the log.
        validate_every: steps between two validations, each followed by a checkpoint.
        num_validation: held-out diagrams used in a validation.

    Raises:
        ValueError: a value out of range; the message names the key.
    """

    steps: int = 20_000
    batch_size: int = 256
    optimizer: str = "adamw"
    learning_rate: float = 3e-4
    embedding_learning_rate: float | None = None
    head_learning_rate: float | None = None
    muon_learning_rate: float = 0.02
    weight_decay: float = 0.01
    muon_weight_decay: float | None = None
    dropout: float = 0.0
    warmup_steps: int = 1_000
    decay: str = "constant"
    clip: float = 1.0
    ema: float = 0.9999
    renumber: bool = False
    mirror: bool = False
    translate: int = 0
    own_mistakes: float = 0.0
    own_mistakes_from: float = 0.9
    estimator: str = "count"
    rooms_share: float = 0.0
    uniform_share: float = 0.5
    order_learning_rate: float = 1e-3
    seed: int = 0
    precision: str = "auto"
    device: str = "auto"
    devices: int = 1
    capture: str = "auto"
    log_every: int = 50
    validate_every: int = 1_000
    num_validation: int = 2_048

    def __post_init__(self) -> None:
        for name in (
            "steps",
            "batch_size",
            "devices",
            "log_every",
            "validate_every",
            "num_validation",
        ):
            if getattr(self, name) < 1:
                raise ValueError(f"training.{name} must be at least 1, got {getattr(self, name)}")
        for name in (
            "learning_rate",
            "embedding_learning_rate",
            "head_learning_rate",
            "muon_learning_rate",
            "order_learning_rate",
            "clip",
        ):
            if getattr(self, name) is not None and not getattr(self, name) > 0:
                raise ValueError(f"training.{name} must be positive, got {getattr(self, name)}")
        for name in ("weight_decay", "muon_weight_decay", "warmup_steps", "translate", "seed"):
            if getattr(self, name) is not None and not getattr(self, name) >= 0:
                raise ValueError(f"training.{name} must not be negative")
        if self.seed > LARGEST_SEED:
            raise ValueError(f"training.seed must be at most {LARGEST_SEED}, got {self.seed}")
        for name in ("ema", "dropout", "own_mistakes", "own_mistakes_from"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"training.{name} must be in [0, 1), got {getattr(self, name)}")
        for name, known in (
            ("optimizer", OPTIMIZERS),
            ("decay", DECAYS),
            ("estimator", ESTIMATORS),
            ("precision", PRECISIONS),
            ("capture", CAPTURES),
        ):
            if getattr(self, name) not in known:
                raise ValueError(
                    f"training.{name} must be one of {', '.join(known)}, got {getattr(self, name)}"
                )
        self._check_shares()

    @property
    def warmup(self) -> int:
        """Steps of warm-up: what is asked for, but a tenth of all at most.

        A run that is over before it has warmed up learns next to nothing.
        """
        return min(self.warmup_steps, self.steps // 10)

    def _check_shares(self) -> None:
        for name in ("rooms_share", "uniform_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"training.{name} must be in [0, 1], got {getattr(self, name)}")
        if self.rooms_share and self.estimator == "time":
            raise ValueError("training.rooms_share must be 0 with training.estimator=time")
