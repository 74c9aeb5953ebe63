import pytest

from bd_gen.results.cells import mean_and_std, setting


@pytest.mark.parametrize(
    ("mean", "std", "unit", "text"),
    [
        (0.9972, 0.0011, "rate", "99.7 +/- 0.1 %"),
        (1.0, 0.0, "rate", "100.0 +/- 0.0 %"),
        (0.0, 0.0, "rate", "0.0 +/- 0.0 %"),
        (0.9998, 0.0004, "rate", "99.98 +/- 0.04 %"),  # not 100.0
        (0.00003, 0.00002, "rate", "0.003 +/- 0.002 %"),  # not 0.0
        (0.5, None, "rate", "50.0 %"),
        (716.0, 0.0, "count", "716"),
        (140.4, 3.2, "count", "140 +/- 3"),
        (0.10582, 0.00511, "value", "0.106 +/- 0.005"),
        (0.0349, 0.00131, "value", "0.0349 +/- 0.0013"),
        (0.0349, 0.0096, "value", "0.035 +/- 0.010"),
        (0.5, 0.0, "value", "0.5000 +/- 0.0000"),
        (0.0, 0.0, "value", "0.0 +/- 0.0"),
        (1.2e-9, 3e-10, "value", "1.2e-09 +/- 3e-10"),
        (12.3456, 30.0, "value", "12 +/- 30"),
        (-0.5383, None, "value", "-0.5383"),
        (14.0, None, "value", "14.00"),
    ],
)
def test_numbers_have_sensible_digits(mean: float, std: float | None, unit: str, text: str) -> None:
    assert mean_and_std(mean, std, unit) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "none"),
        (True, "yes"),
        ([42, 123], "42, 123"),
        (0.9, "0.9"),
        ("two\nlines", "two lines"),
        ("x" * 99, "x" * 59 + "…"),
    ],
)
def test_settings_are_short_text(value: object, text: str) -> None:
    assert setting(value) == text
