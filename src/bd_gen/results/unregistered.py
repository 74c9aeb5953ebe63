"""Numbers of metrics that are not registered here, and the plug-ins that they come from."""

from bd_gen.metrics import METRICS
from bd_gen.results.result_file import Result
from bd_gen.system.plugin_records import FIELD, missing


def unregistered(result: Result) -> list[str]:
    """A sentence for each metric of a plug-in whose numbers a result holds and nobody knows."""
    recorded = result.provenance.get(FIELD)
    told = {name: missing(recorded, [METRICS.kind], name) for name in result.metric_versions}
    return [f"metric {name!r} is not known here{hint}" for name, hint in told.items() if hint]
