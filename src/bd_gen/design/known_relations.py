"""What is known of a diagram's relations, as rules of a brief."""

from collections.abc import Sequence

from bd_gen.diagrams.diagram import Diagram, room_names
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.sampling.conditions import Condition
from bd_gen.sampling.rules import Literal, Rule, any_relation


def known_relations(
    known: Condition, vocabulary: Vocabulary, names: Sequence[str] = ()
) -> list[Rule]:
    """A rule for each pair of rooms of which the diagram says something.

    Args:
        known: of which every room has a type.
        vocabulary: the layout of the rows.
        names: of the rooms; (): as their types.
    """
    names = names or room_names(
        Diagram(tuple(t for t in known.room_types if t is not None), words=known.words)
    )
    rules = []
    for i, j, relation in sorted(known.relations):
        if relation == known.words.no_edge:
            text = f"given: {names[i]} does not touch {names[j]}"
        else:
            text = f"given: {names[i]} {known.words.relation_names[relation]} {names[j]}"
        rules.append(_rule(text, i, j, frozenset({relation}), vocabulary))
    for i, j in known.joined:
        text = f"given: {names[i]} touches {names[j]}"
        rules.append(_rule(text, i, j, any_relation(known.words), vocabulary))
    return rules


def _rule(text: str, i: int, j: int, allowed: frozenset[int], vocabulary: Vocabulary) -> Rule:
    position = vocabulary.n_max + vocabulary.edge_index(i, j)
    return Rule(text, ((Literal(position, allowed),),))
