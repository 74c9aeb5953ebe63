"""YAML files that people write: read as plain values, with every mistake in one line."""

from pathlib import Path
from typing import Any

from bd_gen.system.errors import InputError
from bd_gen.system.files import check_file, check_pointer
from bd_gen.system.plain import plain_dict

_LARGEST_FILE = 1 << 16
_DEEPEST = 20


def read_yaml(path: str | Path) -> dict[str, Any]:
    """The mapping that a YAML file holds, as dict, list, str, int, float, bool and None.

    Aliases are refused, because a few lines of them unfold into any amount of memory, tags, because
    they make something of a text that it is not, and keys that stand there twice, of which YAML
    would silently drop one.

    Raises:
        InputError: the file cannot be read, is no YAML, or holds something else.
    """
    import yaml  # not needed by those who only want a suite's name

    path = Path(path)
    text = _text(path)
    try:
        _check_events(yaml.parse(text, Loader=yaml.SafeLoader), path)
        value = yaml.load(text, Loader=_unique_keys())  # noqa: S506 - a subclass of SafeLoader
    except InputError:
        raise
    except yaml.YAMLError as error:
        raise InputError(f"{path}: is not YAML ({_reason(error)})") from None
    except Exception as error:
        # What YAML takes for a date or a number may be none, and is answered in a dozen ways.
        raise InputError(f"{path}: is not YAML ({' '.join(str(error).split())[:120]})") from None
    if not isinstance(value, dict):
        raise InputError(f"{path}: expected fields (KEY: VALUE), got {type(value).__name__}")
    return plain_dict(value, str(path))


def _text(path: Path) -> str:
    try:
        check_file(path, f"expected a file of at most {_LARGEST_FILE >> 10} KiB", _LARGEST_FILE)
        data = path.read_bytes()
        check_pointer(path, data)
        return data.decode()
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not text in UTF-8") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read ({reason})") from None


def _check_events(events: Any, path: Path) -> None:
    """Refuse aliases, tags and deep nesting before anything is built of them."""
    from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

    depth = 0
    for event in events:
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        what = ""
        if isinstance(event, AliasEvent):
            what = "an alias (*name)"
        elif getattr(event, "tag", None) is not None:
            what = "a tag (!name)"
        elif depth > _DEEPEST:
            what = "deep nesting"
        if what:
            line = event.start_mark.line + 1
            raise InputError(f"{path}: line {line}: {what} is not allowed here")


def _unique_keys() -> Any:
    """A loader of plain values that refuses a key that stands in a mapping twice."""
    import yaml

    class UniqueKeys(yaml.SafeLoader):
        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
            seen = set()
            for key_node, _ in node.value:
                key = self.construct_object(key_node, deep=True)
                if key in seen:
                    raise yaml.constructor.ConstructorError(
                        problem=f"{key!r:.60} stands there twice", problem_mark=key_node.start_mark
                    )
                seen.add(key)
            return super().construct_mapping(node, deep)

    return UniqueKeys


def _reason(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    where = "" if mark is None else f"line {mark.line + 1}: "
    return where + " ".join(str(problem).split())[:120]
