from bd_gen.system.progress import part_of


def test_a_part_goes_on_where_the_parts_before_it_ended() -> None:
    calls: list[tuple[int, int]] = []
    report = part_of(lambda *call: calls.append(call), 20, 60)
    report(5, 20)
    report(20, 20)
    assert calls == [(25, 60), (40, 60)]


def test_nobody_listens() -> None:
    part_of(None, 1, 2)(1, 1)
