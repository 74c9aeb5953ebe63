from bd_gen.data.problems import Problems, one_line


def test_the_first_few_of_each_kind_are_named() -> None:
    problems = Problems()
    for line in range(1, 6):
        problems.add("unknown label", f"line {line}", "'Salon'")
    problems.add("no rooms", "line 9")
    assert problems.total == 6
    assert str(problems) == (
        "5 x unknown label (line 1: 'Salon', line 2: 'Salon', line 3: 'Salon', ...); "
        "1 x no rooms (line 9)"
    )


def test_foreign_text_cannot_spoil_the_line() -> None:
    assert one_line("a\nb\x1b[31m\u202e") == "a?b?[31m?"
    assert one_line("x" * 1000) == "x" * 77 + "..."
