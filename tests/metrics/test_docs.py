import re
from pathlib import Path

import pytest

from bd_gen.metrics import METRICS, Reference, compute_metrics, metric_infos

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"


@pytest.fixture
def text():
    return PAGE.read_text(encoding="utf-8")


@pytest.fixture
def snippets(text):
    return re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)


def test_the_python_example_runs(snippets, capsys):
    exec(snippets[0], {"__name__": "example"})  # noqa: S102  the page's own words
    assert 0 < float(capsys.readouterr().out) < 1


def test_the_new_metric_of_the_page_is_computed(snippets, draw):
    before = dict(METRICS)
    try:
        exec(snippets[1], {"__name__": "example"})  # noqa: S102  the page's own words
        source = draw(4, seed=0)
        reference = Reference.fit(source.diagrams(20), source.vocabulary)
        samples = source.diagrams(50)
        found = compute_metrics(samples, source.vocabulary, reference)
        assert found["eval/living_room_rate"] == (samples[:, :4] == 0).any(axis=1).mean()
    finally:
        METRICS.clear()
        METRICS.update(before)


def test_every_key_stands_in_the_page(text):
    def spelled(name):
        # `eval/a_{x,y}_b` stands for eval/a_x_b and eval/a_y_b
        match = re.search(r"\{([^}]*)\}", name)
        if match is None:
            return [name]
        return [
            written
            for choice in match[1].split(",")
            for written in spelled(name[: match.start()] + choice + name[match.end() :])
        ]

    written = {name for quoted in re.findall(r"`([^`\s]+)`", text) for name in spelled(quoted)}
    written |= {
        name.replace("@t=T", f"@t={t}") for name in written for t in (0.1, 0.3, 0.5, 0.7, 0.9)
    }
    missing = [info.name for info in metric_infos() if info.name not in written]
    assert missing == []
