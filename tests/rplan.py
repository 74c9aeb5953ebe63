"""RPLAN's words as names and numbers, as most tests write diagrams down."""

import numpy as np

from bd_gen.diagrams.relations import Mirror, mirrored
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.soundness import horizontal, vertical

ROOM_TYPES, NUM_ROOM_TYPES = RPLAN.room_names, RPLAN.num_room_types
NODE_MASK, NODE_PAD, NODE_VOCABULARY_SIZE = RPLAN.node_mask, RPLAN.node_pad, RPLAN.node_size
RELATIONS, NUM_RELATIONS, NO_EDGE = RPLAN.relation_names, RPLAN.num_relations, RPLAN.no_edge
EDGE_MASK, EDGE_PAD, EDGE_VOCABULARY_SIZE = RPLAN.edge_mask, RPLAN.edge_pad, RPLAN.edge_size
NO_TYPE = RPLAN.num_room_types
TYPICAL_AREAS = RPLAN.typical_areas
INSIDE, SURROUNDING = RELATIONS.index("inside"), RELATIONS.index("surrounding")
AT_MOST_ONE, FORBIDDEN_OUTER_TYPES = RPLAN.at_most_one, RPLAN.forbidden_outer_types
HORIZONTAL, VERTICAL = horizontal(RPLAN), vertical(RPLAN)
TOUCH_DISTANCE = 9
MIRRORED = {mirror: mirrored(RPLAN, mirror) for mirror in Mirror}
ANY_RELATION, NOT_JOINED = frozenset(range(NUM_RELATIONS)), frozenset({NO_EDGE})
room_type_from_name, relation_from_name = RPLAN.room_type, RPLAN.relation


def inverse_relation(relation: np.ndarray | int) -> np.ndarray | int:
    """The label 9 - r that stands for r when the two rooms swap places."""
    return NUM_RELATIONS - 1 - relation
