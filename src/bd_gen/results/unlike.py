"""What makes the columns of a comparison unlike, so that their numbers must not be compared."""

from collections.abc import Callable, Sequence

from bd_gen.results.cells import listed
from bd_gen.results.columns import Column

_MOST_NAMES = 4
_INTERVALS = "intervals_version"


def unlike_columns(columns: Sequence[Column]) -> list[str]:
    """One sentence for each way in which the columns differ besides the method.

    Old files do not say which reference set they were measured against; the number of its
    archetypes, which they do hold, tells many apart.
    """
    warnings = [
        *_differences("numbers of samples or seeds", columns, _amount),
        *_differences("reference sets", columns, _reference),
    ]
    for column in columns:
        measured = column.result.provenance.get("data_fingerprint")
        generation = column.result.provenance.get("generation")
        made_for = generation.get("data_fingerprint") if isinstance(generation, dict) else None
        if made_for is not None and measured != made_for:
            warnings.append(
                f"{column.name} was generated for data {str(made_for)[:16]}, "
                f"but measured against data {str(measured)[:16]}"
            )
    for name in sorted({name for column in columns for name in column.result.metric_versions}):
        # Columns that do not record versions are told apart by their reference sets already.
        recorded = [column for column in columns if name in column.result.metric_versions]
        warnings += _differences(f"versions of metric {name}", recorded, _version_of(name))
    recorded = [column for column in columns if _INTERVALS in column.result.provenance]
    warnings += _differences(
        "versions of intervals", recorded, lambda column: str(column.result.provenance[_INTERVALS])
    )
    return warnings


def _differences(
    what: str, columns: Sequence[Column], answer: Callable[[Column], str]
) -> list[str]:
    groups: dict[str, list[str]] = {}
    for column in columns:
        groups.setdefault(answer(column), []).append(column.name)
    if len(groups) <= 1:
        return []
    parts = (
        f"{value} in {listed(names, _MOST_NAMES, _MOST_NAMES - 1)}"
        for value, names in groups.items()
    )
    return [f"the columns have different {what}: {'; '.join(parts)}"]


def _amount(column: Column) -> str:
    per_seed = column.result.per_seed
    return f"{column.result.config.get('num_samples')} of each of the seeds {', '.join(per_seed)}"


def _reference(column: Column) -> str:
    fingerprint = column.result.provenance.get("data_fingerprint")
    archetypes = column.result.summary.get("eval/num_training_modes")
    name = str(fingerprint)[:16] if fingerprint else "not recorded"
    return f"{name} ({archetypes['mean']:g} archetypes)" if archetypes else name


def _version_of(name: str) -> Callable[[Column], str]:
    return lambda column: str(column.result.metric_versions[name])
