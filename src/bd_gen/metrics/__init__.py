"""How good generated diagrams are: numbers that depend on token rows alone."""

from bd_gen.diagrams.diagram_set import DiagramSet as DiagramSet
from bd_gen.metrics import measures
from bd_gen.metrics.compute import aggregate as aggregate
from bd_gen.metrics.keys import MetricKey as MetricKey
from bd_gen.metrics.measure import compute_metrics as compute_metrics
from bd_gen.metrics.reference import Reference as Reference
from bd_gen.metrics.reference import load_or_fit as load_or_fit
from bd_gen.metrics.registry import METRICS as METRICS
from bd_gen.metrics.registry import MetricInfo as MetricInfo
from bd_gen.metrics.registry import find_metric_info as find_metric_info
from bd_gen.metrics.registry import metric as metric
from bd_gen.metrics.registry import metric_info as metric_info
from bd_gen.metrics.registry import metric_infos as metric_infos
from bd_gen.metrics.registry import metric_versions as metric_versions

# A new metric is a new file among the measures and nothing else.
METRICS.complete(measures.__name__)
