"""The studio in a notebook: the page as an anywidget, answered in this process."""

import threading
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bd_gen.diagrams.relations import rule_of
from bd_gen.studio.calls import CALLS, Desk, Message
from bd_gen.studio.model_facts import ModelFacts, facts_of
from bd_gen.studio.projects import checked_document
from bd_gen.studio.server import page_files
from bd_gen.studio.transfer import Download
from bd_gen.system.errors import InputError
from bd_gen.training.bundled import checkpoint_file
from bd_gen.training.checkpoint import Checkpoint, load_checkpoint

if TYPE_CHECKING:
    from bd_gen.studio.draws import Loaded


def facts_given(checkpoint: Checkpoint | str) -> ModelFacts:
    """What is known of a model, or of the file of one, before it is read."""
    if isinstance(checkpoint, str):
        return facts_of(checkpoint)
    return ModelFacts(checkpoint.words, checkpoint.n_max)


class Channel:
    """Answers what the widget's page asks, over whatever sends messages to it.

    Args:
        checkpoint: the model, or where it is; read when it is first needed.
        send: told (message, buffers).
    """

    def __init__(self, checkpoint: Checkpoint | str, send: Any) -> None:
        self._given, self._send = checkpoint, send
        self._loading = threading.Lock()
        self._checkpoint: Checkpoint | None = None
        self._stopped: set[str] = set()

    @property
    def checkpoint(self) -> Checkpoint:
        """The model.

        Raises:
            InputError: it cannot be used.
        """
        with self._loading:
            if self._checkpoint is None:
                given = self._given
                if isinstance(given, str):
                    given = load_checkpoint(checkpoint_file(given))
                given.check_draws(boxes=False)
                rule_of(given.words)  # refuses words of which no plan can be made
                self._checkpoint = given
            return self._checkpoint

    @cached_property
    def _loaded(self) -> "Loaded":
        from bd_gen.studio.draws import Loaded

        return Loaded(self.checkpoint)

    @cached_property
    def facts(self) -> ModelFacts:
        """What is known of the model before it is read."""
        return facts_given(self._given)

    def heard(self, content: Any, buffers: list[Any]) -> threading.Thread | None:
        """A message of the page; searches go on in a thread, which is returned."""
        if not isinstance(content, Mapping) or not isinstance(content.get("id"), str):
            return None
        number, call = content["id"], content.get("call")
        if call == "stop":
            self._stopped.add(number)
        elif call == "search":
            thread = threading.Thread(
                target=self._search, args=(number, content.get("message")), daemon=True
            )
            thread.start()
            return thread
        else:
            self._answer(number, call, content.get("message"), buffers)
        return None

    def _answer(self, number: str, call: Any, message: Any, buffers: list[Any]) -> None:
        try:
            if call == "hello":
                answer: Any = self._hello()
            elif call in CALLS and isinstance(message, dict):
                if call == "upload":
                    message = {**message, "content": bytes(buffers[0]) if buffers else None}
                desk = Desk(self._sha256, self.facts.words, self.facts.most_rooms)
                answer = CALLS[call](desk, message)
            else:
                raise InputError("expected a call that there is")
        except InputError as error:
            self._send({"id": number, "error": str(error)}, None)
            return
        if isinstance(answer, Download):
            found = {"name": answer.name, "media": answer.media}
            self._send({"id": number, "answer": found}, [answer.content])
        else:
            self._send({"id": number, "answer": answer}, None)

    @property
    def _sha256(self) -> str:
        return "" if self._checkpoint is None else self._checkpoint.sha256

    def _hello(self) -> Message:
        checkpoint = self.checkpoint
        sizes = [n for n, count in enumerate(checkpoint.num_rooms_histogram) if count]
        words = {"checkpoint": checkpoint.sha256, "sizes": [sizes[0], sizes[-1]]}
        return {"model": words, "opened": None}

    def _search(self, number: str, message: Any) -> None:
        from bd_gen.studio.alternatives import Alternatives
        from bd_gen.studio.wanted import wanted_of

        try:
            words = self.checkpoint.words
            wanted = wanted_of(message if isinstance(message, dict) else {}, words)
            for event in Alternatives(self._loaded, wanted).events():
                if number in self._stopped:
                    break
                self._send({"id": number, "event": event}, None)
        except InputError as error:
            refused = {"event": "refused", "why": str(error)}
            self._send({"id": number, "event": refused}, None)
        self._stopped.discard(number)
        self._send({"id": number, "end": True}, None)


def widget_of(document: Message, checkpoint: Checkpoint | str, height: int) -> Any:
    """The widget; its traits `document` and `plan` follow what is drawn, and lead it.

    Raises:
        InputError: anywidget is missing, or the document is none.
    """
    try:
        import anywidget
        import traitlets
    except ImportError as error:
        raise InputError(
            f"the studio in a notebook needs anywidget ({error}): pip install 'bd-gen[notebook]'"
        ) from error
    page = {address.removeprefix("/"): content.decode() for address, (_, content)
            in page_files().items()}  # fmt: skip

    class StudioWidget(anywidget.AnyWidget):
        _esm = page["notebook.js"]
        modules = traitlets.Dict().tag(sync=True)
        style = traitlets.Unicode().tag(sync=True)
        height = traitlets.Int().tag(sync=True)
        document = traitlets.Dict().tag(sync=True)
        plan = traitlets.Dict().tag(sync=True)

    modules = {name: text for name, text in page.items() if name.endswith(".js")}
    widget = StudioWidget(
        modules=modules,
        style=page["style.css"],
        height=height,
        document=checked_document(document, facts_given(checkpoint).words),
    )
    channel = Channel(checkpoint, lambda content, buffers: widget.send(content, buffers))
    widget.on_msg(lambda _, content, buffers: channel.heard(content, buffers))
    return widget
