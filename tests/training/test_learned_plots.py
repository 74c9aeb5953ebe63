from pathlib import Path

import pytest
import torch

from bd_gen.model.order_law import OrderLaw
from bd_gen.system.errors import InputError
from bd_gen.training.learned_plots import draw_law


def test_a_law_is_drawn_as_a_picture_of_its_weights(tmp_path: Path) -> None:
    law = OrderLaw()
    draw_law(law, tmp_path / "start.png")
    torch.nn.init.normal_(law.order_weights)
    draw_law(law, tmp_path / "law.png")
    start, drawn = ((tmp_path / name).read_bytes() for name in ("start.png", "law.png"))
    assert drawn.startswith(b"\x89PNG")
    assert drawn != start
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["law.png", "start.png"]


def test_a_picture_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="file"):
        draw_law(OrderLaw(), tmp_path / "file" / "law.png")
