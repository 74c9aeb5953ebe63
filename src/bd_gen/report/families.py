"""Which numbers stand together in a table."""

from bd_gen.metrics import MetricInfo, find_metric_info
from bd_gen.metrics.registry import FAMILIES
from bd_gen.results.comparison import MAIN_KEYS
from bd_gen.results.scores import Scores


def main_infos(scores: Scores) -> list[MetricInfo]:
    """The keys that tell most, as far as a column has them."""
    known = {info.key: info for info in scores.infos}
    return [known[key] for key in MAIN_KEYS if key in known]


def infos_by_family(scores: Scores) -> dict[str, list[MetricInfo]]:
    """All keys by family; tables by number of rooms come last, each under a name of its own."""
    families: dict[str, list[MetricInfo]] = {family: [] for family in FAMILIES}
    nested: dict[str, list[MetricInfo]] = {}
    for info in scores.infos:
        base, below, _ = info.key.partition("/")
        owner = find_metric_info(base) if below else None
        if owner is not None and owner.nested:
            nested.setdefault(f"{owner.display} by number of rooms", []).append(info)
        else:
            families.setdefault(info.family, []).append(info)
    return {title: infos for title, infos in (families | nested).items() if infos}
