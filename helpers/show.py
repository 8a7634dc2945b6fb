"""The course's figures: one style, safe for colour-blind readers, each with a description.

Every function displays its figure, together with a sentence that says in words what it shows
(for screen readers, and for the tests, which compare the sentence), and closes it. A figure that a
lesson draws itself goes through ``figure``. The functions are written in ``helpers/figures/``.
``explorer`` shows a picture that the reader can move.
"""

from helpers.figures.boxes import pipeline
from helpers.figures.explorers import explorer
from helpers.figures.lines import curves
from helpers.figures.maps import code_map
from helpers.figures.pictures import images
from helpers.figures.style import COLOURS, DASHES, MARKERS, course_style, figure, styled

__all__ = [
    "COLOURS",
    "DASHES",
    "MARKERS",
    "code_map",
    "course_style",
    "curves",
    "explorer",
    "figure",
    "images",
    "pipeline",
    "styled",
]
