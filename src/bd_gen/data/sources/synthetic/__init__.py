"""Plans made by bd-gen itself."""

from typing import TYPE_CHECKING, Any

from bd_gen.data.sources import Progress, source

if TYPE_CHECKING:
    from bd_gen.data.config import DataConfig
    from bd_gen.data.plan_table import PlanTable


def _title(config: "DataConfig") -> str:
    return f"{config.num_plans:,} synthetic plans (seed {config.seed})"


def _content(config: "DataConfig") -> dict[str, Any]:
    from bd_gen.data.sources.synthetic.source import GENERATOR_VERSION

    made = {"num_plans": config.num_plans, "seed": config.seed}
    return {**made, "generator": GENERATOR_VERSION}


@source(
    "synthetic",
    about="Make synthetic plans and report on them.",
    details="Make synthetic plans and compare their statistics with RPLAN's.",
    options=("num_plans", "seed"),
    title=_title,
    content=_content,
    has_ids=False,
)
def read(config: "DataConfig", progress: Progress | None) -> "PlanTable":
    """Make the plans."""
    from bd_gen.data.sources.synthetic.source import make_plans

    return make_plans(config.num_plans, config.seed, config.token_rows, progress)
