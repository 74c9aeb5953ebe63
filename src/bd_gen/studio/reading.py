"""What boxes say of a sketch: which relations they allow, and whether all that is decided holds.

Where the rule tells where rooms lie (Graph2Plan's), boxes allow one token a pair. Where it knows of
touching alone, rooms with a common wall may have any relation, and none unless the words count
every such wall.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.relations import are_joined, relations_from_boxes, rule_of, tells_relations
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diagrams.word_parts import TouchRule
from bd_gen.diagrams.words import Words
from bd_gen.sampling.rules import Clause, Literal
from bd_gen.studio.sketch import Pair, Sketch

Allowed = dict[Pair, frozenset[int]]


@dataclass(frozen=True, eq=False)
class Reading:
    """Boxes of the rooms of a sketch, as the rule reads them.

    Attributes:
        sketch: what is decided.
        boxes: (n, 4) one a room.
    """

    sketch: Sketch
    boxes: np.ndarray

    @cached_property
    def allowed(self) -> Allowed:
        """The tokens that the rule allows each pair."""
        return allowed_tokens(self.boxes, self.sketch.words)

    def tokens(self, pair: Pair) -> frozenset[int]:
        """Those of the tokens allowed that are decided, or all where none of them is."""
        decided = self.sketch.decided.get(pair)
        allowed = self.allowed[pair]
        return allowed if decided is None else (allowed & decided) or allowed

    def token(self, pair: Pair) -> int:
        """The token to show of a pair: what is decided if it can be, else what the rule reads."""
        return _usual(self.tokens(pair), self.sketch.words)

    @cached_property
    def diagram(self) -> Diagram:
        """The diagram to show."""
        words = self.sketch.words
        edges = tuple(
            (*pair, r) for pair in self.allowed if (r := self.token(pair)) != words.no_edge
        )
        return Diagram(self.sketch.room_types, edges, words)

    def holding(self, clause: Clause) -> list[Literal]:
        """The literals of a clause, over rows of the sketch's vocabulary, that hold."""
        pairs = self.sketch.pairs
        return [one for one in clause if one.allowed & self.tokens(pairs[one.position])]

    def keeps(self, rule: int) -> bool:
        """Does a rule of the sketch, by its number, hold?"""
        return all(self.holding(clause) for clause in self.sketch.token_rules[rule].clauses)

    @cached_property
    def broken(self) -> tuple[tuple[int, int, int, int], ...]:
        """(i, j, relation, what it is instead); -1 stands for joined in whatever way."""
        sketch = self.sketch
        decided = [
            (i, j, r, _usual(self.allowed[i, j], sketch.words))
            for i, j, r in sketch.relations
            if r not in self.allowed[i, j]
        ]
        no_edge = sketch.words.no_edge
        parted = [(*pair, -1, no_edge) for pair in sketch.joined if self.allowed[pair] == {no_edge}]
        return tuple(decided + parted)

    @cached_property
    def holds(self) -> bool:
        """Do the boxes have all relations that are decided, and keep all rules?"""
        return (
            not self.broken
            and all(self.keeps(rule) for rule in range(len(self.sketch.rules)))
            and not (isinstance(rule_of(self.sketch.words), TouchRule) and _overlap(self.boxes))
        )


def allowed_tokens(boxes: np.ndarray, words: Words = RPLAN) -> Allowed:
    """The tokens that the rule allows each pair (i, j), i < j, of boxes (n, 4).

    Raises:
        InputError: the words have no rule.
    """
    vocabulary = Vocabulary(len(boxes), words)
    boxes = boxes.astype(np.float64)
    rule = rule_of(words)
    if isinstance(rule, TouchRule):
        u, v = boxes[vocabulary.edge_rows], boxes[vocabulary.edge_cols]
        relations = frozenset(range(words.num_relations))
        joined = relations if rule.complete else relations | {words.no_edge}
        apart = frozenset({words.no_edge})
        found = [joined if one else apart for one in are_joined(u, v, words).tolist()]
    else:
        count = np.array([len(boxes)])
        labels = relations_from_boxes(boxes[None], count, vocabulary)[0]
        found = [frozenset({label}) for label in labels.tolist()]
    pairs = zip(vocabulary.edge_rows.tolist(), vocabulary.edge_cols.tolist(), strict=True)
    return dict(zip(pairs, found, strict=True))


def diagram_of(room_types: Sequence[int], boxes: np.ndarray, words: Words = RPLAN) -> Diagram:
    """The diagram that the rule reads off boxes (n, 4)."""
    return Reading(Sketch(tuple(room_types), words=words), boxes).diagram


def _usual(tokens: frozenset[int], words: Words) -> int:
    """Of several tokens that boxes allow, the one to show."""
    if len(tokens) == 1:
        return next(iter(tokens))
    rule = words.rule
    if isinstance(rule, TouchRule) and tells_relations(words):
        usual = words.relation_names.index(rule.relation) if rule.relation else 0
        if usual in tokens:
            return usual
    # nothing tells which relation it is: none where that may be, else the first one
    return words.no_edge if words.no_edge in tokens else min(tokens)


def _overlap(boxes: np.ndarray) -> bool:
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    common = (high > low).all(axis=2)
    return bool(np.triu(common, 1).any())
