import json
from pathlib import Path

import pytest

from bd_gen.metrics import METRICS
from bd_gen.metrics.registry import select_metrics
from bd_gen.results.selection import PUBLISHED, chosen_metrics
from bd_gen.system.errors import InputError

ALL = tuple(metric.name for metric in select_metrics(None))


def test_metrics_are_asked_for_by_name_key_and_family() -> None:
    assert chosen_metrics() is None
    assert chosen_metrics(["novelty"]) == ("novelty",)
    assert chosen_metrics(["eval/node_js", "eval/edge_js"]) == ("distribution",)
    validity = tuple(n for n in ALL if METRICS[n].family == "Validity")
    assert len(validity) > 1
    assert chosen_metrics(families=["validity"]) == validity
    both = chosen_metrics(["novelty"], ["Validity"])
    assert set(both) == {"novelty", *validity}
    assert list(both) == [name for name in ALL if name in both]
    assert set(chosen_metrics(published=True)) == set(PUBLISHED)
    assert set(chosen_metrics(["vendi"], published=True)) == {*PUBLISHED, "vendi"}


@pytest.mark.parametrize(
    ("names", "families", "message"),
    [
        (["novlty"], [], "metric 'novlty': not known; did you mean novelty"),
        ([], ["Validty"], "family 'Validty': not known; did you mean Validity"),
        # Measured with the model: nothing that could be computed here.
        ([], ["Denoising"], "family 'Denoising': not known"),
    ],
)
def test_what_does_not_exist_is_answered_with_the_near_names(
    names: list[str], families: list[str], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        chosen_metrics(names, families)


def test_the_published_metrics_are_those_of_the_published_files(dev_data: Path) -> None:
    keys = {key.name for name in PUBLISHED for key in METRICS[name].keys}
    found = set()
    for path in (dev_data / "reference" / "results").glob("*.json"):
        for entry in json.loads(path.read_text())["per_seed"].values():
            found |= set(entry)
    found = {key for key in found if not key.startswith("denoise/")}
    assert found <= keys
    # Defined with the published keys, but younger than these files.
    assert keys - found == {"eval/inside_validity"}
