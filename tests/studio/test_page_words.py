"""The page with models of other vocabularies, in Debian's chromium."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.generation.checkpoints import small_checkpoint
from tests.studio.offices import saved_office_model
from tests.studio.served import Served
from tests.studio.tab import Tab

from bd_gen.diagrams.words_file import words_named
from bd_gen.training.checkpoint import save_checkpoint

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = saved_office_model(tmp_path_factory.mktemp("offices"))
    served = Served("--checkpoint", str(path))
    yield served
    assert "Traceback" not in served.stop()


def test_offices_from_the_first_page_to_alternatives(browser: Any, offices: Served) -> None:
    tab = Tab(browser, offices.address)
    tab.settle()
    assert "Meeting room" in tab.page.locator(".types").inner_text()
    types = tab.page.locator('[data-key="add type"] option').all_inner_texts()
    assert types == ["Lobby", "Office", "Meeting room", "Tea kitchen", "Toilet"]
    # symmetric relations: no compass, a digit for each, no arrow
    tab.relate("Tea kitchen", "Meeting room", "glass wall")
    assert tab.page.locator(".compass").count() == 0
    assert tab.page.locator(".links .tip").count() == 0
    tab.page.keyboard.press("1")
    tab.settle()
    assert "Tea kitchen door Meeting room" in tab.relations()
    tab.page.locator("body").press("?")
    assert "1 door, 2 glass wall" in tab.page.locator("dialog.help").inner_text()
    tab.page.keyboard.press("Escape")
    tab.picture("offices")
    # more rooms than RPLAN's models know, on the plot
    for _ in range(10 - tab.page.locator(".bubbles .room").count()):
        tab.click("add room")
    tab.settle()
    assert tab.page.locator(".plan .place").count() == 10
    tab.click("top gallery")
    tab.page.wait_for_selector(".card")
    tab.click("stop")
    tab.page.locator(".card").first.click()
    tab.settle()
    assert "Tea kitchen door Meeting room" in tab.relations()
    assert "every relation" in tab.note
    assert tab.boxes()
    project = json.loads(Path(tab.file("save").path()).read_text())
    assert project["vocabulary"] == "offices"
    tab.picture("offices-gallery")
    tab.choose("home.bdgen.json", json.dumps({**project, "vocabulary_hash": "0" * 12}).encode())
    tab.until("document.querySelector('.status').textContent.includes('of the vocabulary')")
    tab.choose("again.bdgen.json", json.dumps(project).encode())
    tab.until("document.querySelector('.status').textContent.includes('Opened again')")
    tab.close()


def test_a_project_of_other_words_is_refused(tab: Tab) -> None:
    tab.settle()
    before = tab.document()
    project = {"format": "bd-gen project", "version": 1, "vocabulary": "offices"}
    sketch = {"rooms": [{"type": "Lobby"}]}
    tab.choose("office.bdgen.json", json.dumps({**project, "sketch": sketch}).encode())
    tab.until("document.querySelector('.status').textContent.includes(\"vocabulary 'offices'\")")
    assert "bd-gen studio --checkpoint FILE" in tab.status
    assert tab.document() == before


def test_resplan_and_a_model_of_few_rooms(browser: Any, tmp_path: Path) -> None:
    words = words_named("resplan")
    from tests.generation.checkpoints import MODEL, N_MAX

    from bd_gen.diagrams.vocabulary import Vocabulary
    from bd_gen.model.config import ModelConfig
    from bd_gen.model.denoiser import Denoiser

    model = Denoiser(ModelConfig(**MODEL), Vocabulary(N_MAX, words))
    path = tmp_path / "resplan.pt"
    save_checkpoint(path, small_checkpoint(words=words, model_state_dict=model.state_dict()))
    served = Served("--checkpoint", str(path))
    tab = Tab(browser, served.address)
    tab.settle()
    assert tab.page.locator(".bubbles .room").count() == N_MAX  # as many as the model knows
    tab.relate("kitchen", "living", "left-of")
    assert "kitchen left-of living" in tab.relations()
    assert tab.page.locator('[data-rule="0"] input.text').input_value() == "kitchen touches living"
    assert tab.boxes()
    tab.click("add room")
    tab.settle()
    tab.click("top complete")
    tab.until("document.querySelector('.status').textContent.includes('at most 4 rooms')")
    tab.picture("resplan")
    tab.close()
    served.stop()
