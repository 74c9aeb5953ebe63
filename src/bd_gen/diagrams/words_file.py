"""Vocabularies by name or from YAML files that people write."""

from functools import cache
from pathlib import Path

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words
from bd_gen.system.errors import InputError
from bd_gen.system.names import did_you_mean
from bd_gen.system.plain_yaml import read_yaml

_FOLDER = Path(__file__).with_name("vocabularies")
_ENDINGS = (".yaml", ".yml")


@cache
def built_in_words() -> tuple[str, ...]:
    """Names of the vocabularies that come with bd-gen."""
    return (RPLAN.name, *sorted(path.stem for path in _FOLDER.glob("*.yaml")))


def words_named(name: str | Path) -> Words:
    """A built-in vocabulary by its name, or one from a YAML file.

    Raises:
        InputError: there is no such vocabulary or file, or it contradicts itself.
    """
    text = str(name)
    if text in built_in_words():
        return _built_in(text)
    if text.endswith(_ENDINGS) or Path(text).exists():
        return read_words(text)
    raise InputError(
        f"vocabulary: expected {', '.join(built_in_words())} or a YAML file, "
        f"got {text[:60]!r}{did_you_mean(text, built_in_words())}"
    )


@cache
def _built_in(name: str) -> Words:
    return RPLAN if name == RPLAN.name else read_words(_FOLDER / f"{name}.yaml")


def read_words(path: str | Path) -> Words:
    """The words of a YAML file; docs/vocabulary.md says what it holds.

    Raises:
        InputError: it cannot be read, or contradicts itself; one line names file and field.
    """
    try:
        words = Words.from_plain(read_yaml(path))
    except ValueError as error:
        raise InputError(f"{path}: {error}") from None
    # A copy of RPLAN's words under another roof is RPLAN, for which files need no word.
    return RPLAN if words == RPLAN else words


def yaml_text(words: Words) -> str:
    """The file of a vocabulary."""
    import yaml

    return yaml.safe_dump(words.plain, sort_keys=False, allow_unicode=True, width=100)
