"""A sample on its way as a file: masked tokens turn into rooms and relations, as GIF or SVG."""

from pathlib import Path

from bd_gen.drawing.film import Film
from bd_gen.drawing.film_gif import gif_of
from bd_gen.drawing.film_svg import svg_of
from bd_gen.drawing.picture_file import checked_suffix, picture_style
from bd_gen.system.files import write_with

ANIMATIONS = {"gif": gif_of, "svg": svg_of}
"""What makes the content of a file, by its ending."""


def draw_animation(film: Film, path: str | Path) -> None:
    """Write an animation: a GIF, or an SVG that moves by itself and needs no script.

    A masked room is a grey bubble with a question mark, a masked relation a faint dashed line.
    Everything stays where the finished diagram has it: where its layout has the rooms, or where
    its relations put them.

    Args:
        film: what is to be seen.
        path: file to write; its suffix (.gif or .svg) says in which format.

    Raises:
        InputError: the suffix is none of these, or the file cannot be written.
        ValueError: the last state is no finished diagram.
    """
    with picture_style():
        content = ANIMATIONS[checked_suffix(path, ANIMATIONS)](film)
    write_with(path, lambda file: file.write(content))
