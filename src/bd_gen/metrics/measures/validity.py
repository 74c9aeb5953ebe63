"""Validity: is a sample a diagram at all, connected, with sensible room types, and can it be drawn?

Drawn: do rectangles exist whose relations by the rule are exactly its own? The solver of
`bd_gen.layouts` gives boxes, which it has checked by running the rule forwards, or proves that
there are none, or its limit of effort is met. Asking takes milliseconds a diagram, so that only
some samples are asked: those that `AskedDiagrams.asking` names.
"""

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.soundness import has_forbidden_containment, has_valid_types, is_connected
from bd_gen.diagrams.words import Words
from bd_gen.layouts.realizable import NO_DIAGRAM
from bd_gen.layouts.realizable import NOT_ASKED as ROW_NOT_ASKED
from bd_gen.layouts.search import Status
from bd_gen.metrics.keys import MetricKey
from bd_gen.metrics.parts import by_row
from bd_gen.metrics.registry import metric
from bd_gen.metrics.samples import NOT_ASKED, asking_of, value_by_num_rooms


@by_row
def containment_columns(samples: DiagramSet) -> dict[str, np.ndarray]:
    """Column inside_legal, (N,) bool: a complete sample without a forbidden containment."""
    return {"inside_legal": samples.is_complete & ~has_forbidden_containment(samples)}


def without_containments(words: Words) -> str:
    """Why no room can be where it must not be."""
    return "" if words.never_inside else f"{words.name} says of no room where it must not lie"


@metric(
    family="Validity",
    keys=(
        MetricKey(
            "eval/inside_validity", "Inside validity", "higher", "rate", column="inside_legal"
        ),
    ),
    per_sample=containment_columns,
    lacking=without_containments,
)
def containment(samples: DiagramSet) -> dict[str, float]:
    """Share of complete samples without a forbidden containment."""
    return {"eval/inside_validity": float(containment_columns(samples)["inside_legal"].mean())}


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


def without_rule(words: Words) -> str:
    """Why a layout cannot be asked for."""
    return "" if words.rule else f"{words.name} has no rule that reads relations off boxes"


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
    lacking=without_rule,
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


@by_row
def validity_checks(samples: DiagramSet) -> dict[str, np.ndarray]:
    """The checks of validity for each sample, (N,) bool by name.

    A sample with MASK or an illegal token fails all but the check that concerns the other one
    of the two faults.
    """
    complete = samples.is_complete
    connected = complete & is_connected(samples)
    valid_types = complete & has_valid_types(samples)
    return {
        "connected": connected,
        "consistent": complete,  # of a complete row every edge label is a relation or no edge
        "valid_types": valid_types,
        "no_mask_tokens": samples.has_no_mask,
        "no_out_of_range": samples.is_in_range,
        "overall": connected & valid_types,
    }


def validity_columns(samples: DiagramSet) -> dict[str, np.ndarray]:
    """Columns valid, connected, types_legal, no_mask: (N,) bool."""
    checks = validity_checks(samples)
    return {
        "valid": checks["overall"],
        "connected": checks["connected"],
        "types_legal": checks["valid_types"],
        "no_mask": checks["no_mask_tokens"],
    }


@metric(
    family="Validity",
    keys=(
        MetricKey("eval/validity_rate", "Validity", "higher", "rate", column="valid"),
        MetricKey("eval/connected_rate", "Connected", "higher", "rate", column="connected"),
        MetricKey("eval/valid_types_rate", "Valid types", "higher", "rate", column="types_legal"),
        MetricKey("eval/no_mask_rate", "No MASK left", "higher", "rate", column="no_mask"),
        MetricKey("validity_by_num_rooms", "Validity", "higher", "rate", nested=True),
    ),
    per_sample=validity_columns,
)
def validity(samples: DiagramSet) -> dict[str, object]:
    """Share of samples that pass each check, over all and by number of rooms."""
    checks = validity_checks(samples)
    return {
        "eval/validity_rate": float(checks["overall"].mean()),
        "eval/connected_rate": float(checks["connected"].mean()),
        "eval/valid_types_rate": float(checks["valid_types"].mean()),
        "eval/no_mask_rate": float(checks["no_mask_tokens"].mean()),
        "validity_by_num_rooms": value_by_num_rooms(samples, checks),
    }
