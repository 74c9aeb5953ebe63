"""Words in files: which vocabulary tokens and scores belong to. Files without one are RPLAN's."""

from typing import Any

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words
from bd_gen.system.errors import InputError
from bd_gen.system.plain import plain_dict

FIELD = "vocabulary"


def words_record(words: Words) -> dict[str, Any]:
    """The field that files with tokens have: name, hash and all words; nothing for RPLAN's."""
    if words == RPLAN:
        return {}
    return {FIELD: {**_named(words), "words": words.plain}}


def words_name_record(words: Words) -> dict[str, Any]:
    """The field that files with scores have: name and hash; nothing for RPLAN's."""
    return {} if words == RPLAN else {FIELD: _named(words)}


def _named(words: Words) -> dict[str, str]:
    return {"name": words.name, "hash": words.hash}


def words_of_record(value: Any, where: str) -> Words:
    """The words of a file with tokens.

    Args:
        value: what stands in its field `vocabulary`, None if there is none.
        where: the file, for the message.

    Raises:
        InputError: it says nonsense.
    """
    if value is None:
        return RPLAN
    record = plain_dict(value, f"{where}: {FIELD}")
    try:
        words = Words.from_plain(record.get("words"))  # type: ignore[arg-type] # it is checked
    except ValueError as error:
        raise InputError(f"{where}: {FIELD}: {error}") from None
    if record.get("hash") != words.hash:
        raise InputError(f"{where}: {FIELD}: its hash is not that of its words")
    return words


def name_of_record(value: Any, where: str) -> tuple[str, str]:
    """Name and hash of the vocabulary of a file with scores; arguments as `words_of_record`.

    Raises:
        InputError: it says nonsense.
    """
    if value is None:
        return RPLAN.name, RPLAN.hash
    record = value if isinstance(value, dict) else {}
    name, found = record.get("name"), record.get("hash")
    if not (isinstance(name, str) and isinstance(found, str) and name and found):
        raise InputError(f"{where}: {FIELD}: expected name and hash")
    return name, found


def check_same_words(words: Words, where: str, other: Words, other_where: str) -> None:
    """Refuse two things whose tokens mean something else.

    Raises:
        InputError: they do; one line names both.
    """
    if words.hash != other.hash:
        raise InputError(
            f"{where}: its vocabulary is {described(words.name, words.hash)}, that of "
            f"{other_where} is {described(other.name, other.hash)}"
        )


def described(name: str, found: str) -> str:
    """A vocabulary in messages and tables."""
    return f"{name} ({found})"
