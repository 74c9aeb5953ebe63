from bd_gen.metrics import MetricInfo
from bd_gen.report.scores import against_text, spread_text, value_text
from bd_gen.results.scores import Against, Score

RATE = MetricInfo("r", "Rate", "higher", "rate", metric="m", family="Validity", version=1)
VALUE = MetricInfo("v", "Value", "lower", "value", metric="m", family="Distribution", version=1)
COUNT = MetricInfo("c", "Count", None, "count", metric="m", family="Coverage", version=1)


def test_rates_are_percentages_that_are_never_rounder_than_they_are() -> None:
    assert value_text(Score(0.9763, 0.0), RATE) == "97.6"
    assert value_text(Score(0.99976, 0.0), RATE) == "99.98"
    assert value_text(Score(1.0, 0.0), RATE) == "100.0"
    assert value_text(Score(0.0004, 0.0), RATE) == "0.04"


def test_the_interval_says_how_many_digits_count() -> None:
    score = Score(0.012345, None, (0.0101, 0.0146))
    assert value_text(score, VALUE) == "0.0123"
    assert spread_text(score, VALUE) == "0.0101–0.0146"
    assert spread_text(Score(0.9, None, (0.88, 0.912)), RATE) == "88.0–91.2"


def test_an_interval_with_a_sign_is_written_out() -> None:
    assert spread_text(Score(0.0, None, (-0.5, 0.5)), VALUE) == "−0.5 to 0.5"


def test_no_interval_no_text() -> None:
    assert spread_text(Score(1.0, 0.0), RATE) == ""
    assert spread_text(Score(1.0, 0.0, (1.0, 1.0)), RATE) == ""


def test_whole_numbers_and_tiny_ones() -> None:
    assert value_text(Score(716.0, 0.0), COUNT) == "716"
    assert value_text(Score(3.2e-9, None), VALUE) == "3.2e−09"
    assert value_text(Score(0.0, None), VALUE) == "0.0"


def test_the_distance_from_real_diagrams() -> None:
    def told(value: float, kind: str, info: MetricInfo = VALUE) -> str:
        return against_text(Score(0.5, None, against=Against(value, kind)), info)

    assert told(-0.0121, "difference", RATE) == "−1.2 pt"
    assert told(0.0121, "difference", RATE) == "+1.2 pt"
    assert told(0.0, "difference", RATE) == "0.0 pt"
    assert told(2.44, "multiple") == "×2.4"
    assert told(1234.0, "multiple") == "×1,200"
    assert told(12.0, "at least") == ">×12"
    assert told(0.4, "same") == "≈×1"
    assert against_text(Score(0.5, None), VALUE) == ""
