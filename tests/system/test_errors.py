import pickle

from hypothesis import given
from hypothesis import strategies as st

from bd_gen.system.errors import InputError, printable


def test_a_message_cannot_steer_a_terminal() -> None:
    message = "ev\x1b[31mil\nbd-gen: all is well\x07\u202e\udcff"
    assert str(InputError(message)) == ("ev\\x1b[31mil\\nbd-gen: all is well\\x07\\u202e\\udcff")


@given(st.text(st.characters()))
def test_what_is_printable_stays(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert printable(shown) == shown
    if text.isprintable():
        assert shown == text


def test_errors_travel_between_processes() -> None:
    error = InputError("a\nb")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
