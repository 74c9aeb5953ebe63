"""The page of an animation: its sizes, colours and places, the same for every format."""

from bd_gen.drawing.animation import SIDE
from bd_gen.drawing.sheet import HEADING_SIZE, MARGIN

MASKED_FILL = "#D9DDE2"
MASKED_RIM = "#7A838E"
MASKED_LINE = "#A9B1BA"
QUESTION_SIZE = 11.0
FILM_TITLE_SIZE = 10.0

WIDTH = SIDE + 2 * MARGIN
BAR_HEIGHT = 4.0


class Page:
    """Heights of the parts of the page, in points from its top."""

    def __init__(self, has_title: bool) -> None:
        """With or without a line for a title."""
        self.title_y = MARGIN + FILM_TITLE_SIZE / 2
        self.heading_y = MARGIN + (1.6 * FILM_TITLE_SIZE if has_title else 0) + HEADING_SIZE / 2
        self.bar_y = self.heading_y + HEADING_SIZE
        self.panel_y = self.bar_y + BAR_HEIGHT + 6
        self.height = self.panel_y + SIDE + MARGIN
