"""Functions that a student's own tool is tried on: some are right, some are wrong.

A gradient checker, or a test of a backward pass, is judged by what it says of them.  In
the grading sandbox they stay with the grader, which evaluates them for the student's code.
Their code can be read, so none of them may answer an exercise.

A student's code may call them with anything: they make arrays of float64 of their
arguments first, do nothing whose cost depends on a number's size, and refuse shapes that
are not those expected: of two long arrays, broadcasting makes one that fills the memory.

There is one module for each kind of tool; to import it enters its functions.
"""

from course_utils.specimens import clinic, corners, gradient_checking
from course_utils.specimens.registry import FUNCTIONS, Specimen, named, specimen

__all__ = ["FUNCTIONS", "Specimen", "clinic", "corners", "gradient_checking", "named", "specimen"]
