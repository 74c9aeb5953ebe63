"""Names of the denoising numbers, which the generation side measures with the model."""

from bd_gen.metrics.keys import MetricKey
from bd_gen.metrics.registry import carried_along

NOISE_LEVELS = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Times t at which validation diagrams are corrupted."""

carried_along(
    "denoising",
    family="Denoising",
    keys=(
        *(
            MetricKey(f"denoise/acc_{kind}@t={t}", f"{title} accuracy, t = {t}", "higher", "rate")
            for kind, title in (("node", "Room type"), ("edge", "Relation"))
            for t in NOISE_LEVELS
        ),
        *(
            MetricKey(
                f"denoise/ce_{kind}@t={t}", f"{title} cross-entropy, t = {t}", "lower", "value"
            )
            for kind, title in (("node", "Room type"), ("edge", "Relation"))
            for t in NOISE_LEVELS
        ),
        MetricKey("denoise/val_elbo", "Validation bound (nats per diagram)", "lower", "value"),
    ),
)
