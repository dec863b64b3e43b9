"""Which names of submission folders can stand for a student.

A name goes into the gradebook, and from there into nbgrader's pages, which write it as it
is: ``<script>`` in a name would run where a person grades.  nbgrader takes names out of
paths by a pattern that ends at a line break, and stops grading the whole class there.
"""

from autograder.submission import UnreadableError

#: What begins a tag, what ends an attribute that a page wrote the name into, and what
#: stands for the bytes of a name that is no text (see ``submission.readable``).
_UNFIT = frozenset('<>"`\\')
#: nbgrader's columns hold so many characters; PostgreSQL would refuse the whole batch.
_LONGEST = 128


def require_plain(student: str) -> None:
    """Raise UnreadableError, with the reason, if this name cannot stand for a student."""
    odd = [c for c in dict.fromkeys(student) if c in _UNFIT or not c.isprintable()]
    if odd:
        listed = " ".join(c if c.isprintable() else ascii(c)[1:-1] for c in odd[:5])
        raise UnreadableError(
            f"the name of the student's folder has {listed} in it; expected letters, digits and "
            "signs such as . _ - @; rename the folder"
        )
    if len(student) > _LONGEST:
        raise UnreadableError(
            f"the name of the student's folder has {len(student)} characters; expected at most "
            f"{_LONGEST}; rename the folder"
        )


def is_plain(student: str) -> bool:
    """Tell whether this name can stand for a student."""
    try:
        require_plain(student)
    except UnreadableError:
        return False
    return True
