"""Can a sample be drawn? Do rectangles exist whose relations by the rule are exactly its own?

The solver of `bd_gen.layouts` gives boxes, which it has checked by running the rule forwards, or
proves that there are none, or its limit of effort is met. Asking takes milliseconds a diagram, so
that only some samples are asked: those that `AskedDiagrams.asking` names.
"""

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.layouts.realizable import NO_DIAGRAM
from bd_gen.layouts.realizable import NOT_ASKED as ROW_NOT_ASKED
from bd_gen.layouts.search import Status
from bd_gen.metrics.registry import MetricKey, metric
from bd_gen.metrics.samples import asking_of
from bd_gen.metrics.shares import NOT_ASKED

YES, NO, TIME_LIMIT = "yes", "no", "time limit"

_WORDS = {
    ROW_NOT_ASKED: NOT_ASKED,
    NO_DIAGRAM: NO,
    Status.UNREALIZABLE: NO,
    Status.REALIZABLE: YES,
    Status.TIME_LIMIT: TIME_LIMIT,
}
_NUM_ASKED = "eval/realizable_num_asked"


def realizable_columns(samples: DiagramSet) -> dict[str, np.ndarray]:
    """Column realizable: (N,) text, yes, no, time limit or not asked.

    Raises:
        InputError: OR-tools is not installed.
    """
    return {"realizable": samples.derived("realizable", lambda: _answers(samples))}


def _answers(samples: DiagramSet) -> np.ndarray:
    statuses = asking_of(samples).statuses(samples.tokens, samples.vocabulary)
    # the same width whatever is in it, so that parts of a set can be joined
    return np.array([_WORDS[status] for status in statuses.tolist()], f"<U{len(TIME_LIMIT)}")


@metric(
    family="Validity",
    keys=(
        MetricKey(
            "eval/realizable_rate",
            "Realizable",
            "higher",
            "rate",
            column="realizable",
            counts=YES,
            total=_NUM_ASKED,
        ),
        MetricKey(
            "eval/realizable_time_limit_rate",
            "Realizable: not known in time",
            "lower",
            "rate",
            column="realizable",
            counts=TIME_LIMIT,
            total=_NUM_ASKED,
        ),
        MetricKey(_NUM_ASKED, "Realizable: samples asked", None, "count", total=_NUM_ASKED),
        MetricKey(
            "realizable_by_num_rooms", "Realizable", "higher", "rate", nested=True, total=_NUM_ASKED
        ),
    ),
    per_sample=realizable_columns,
    requires="ortools",
    on_subset=True,
)
def realizable(samples: DiagramSet) -> dict[str, object]:
    """Shares of the samples asked that have a layout, or for which effort ran out; how many.

    A sample that is no diagram has no layout.
    """
    answers = realizable_columns(samples)["realizable"]
    asked = answers != NOT_ASKED
    yes, num_asked = answers == YES, int(asked.sum())
    sizes = samples.num_rooms
    return {
        "eval/realizable_rate": int(yes.sum()) / max(num_asked, 1),
        "eval/realizable_time_limit_rate": int((answers == TIME_LIMIT).sum()) / max(num_asked, 1),
        _NUM_ASKED: float(num_asked),
        "realizable_by_num_rooms": {
            str(n): float(yes[asked & (sizes == n)].mean()) for n in np.unique(sizes[asked])
        },
    }
