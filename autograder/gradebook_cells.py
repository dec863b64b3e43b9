"""The cells of a release in nbgrader's database, as ``generate_assignment`` records them.

nbgrader refuses to add or remove a cell once there are submissions.  Here a cell that was
added gets an empty grade in every submission, and one that was removed goes with its
grades, unless a person has worked on them.
"""

import json
import logging
from typing import Any

from nbformat import NotebookNode
from nbgrader import api, utils

log = logging.getLogger(__name__)


def write_cells(gradebook: api.Gradebook, assignment: str, released: NotebookNode) -> None:
    """Create or correct the assignment, its one notebook of the same name, and its cells."""
    try:
        gradebook.find_assignment(assignment)
    except api.MissingEntry:
        gradebook.add_assignment(assignment)
    try:
        notebook = gradebook.find_notebook(assignment, assignment)
    except api.MissingEntry:
        notebook = gradebook.add_notebook(assignment, assignment)
    kernel = json.dumps(released.metadata.get("kernelspec", {}))
    if notebook.kernelspec != kernel:
        notebook.kernelspec = kernel
    known = [cell for cell in released.cells if cell.metadata.get("nbgrader")]
    _write_grade_cells(gradebook, notebook, known)
    _write_solution_cells(gradebook, notebook, known)
    _write_source_cells(gradebook, notebook, known)
    gradebook.db.commit()


def _write_grade_cells(gradebook: api.Gradebook, notebook: Any, known: list[NotebookNode]) -> None:
    wanted = {
        cell.metadata.nbgrader.grade_id: {
            "max_score": float(cell.metadata.nbgrader.points),
            "cell_type": cell.cell_type,
        }
        for cell in known
        if utils.is_grade(cell)
    }
    there = {cell.name: cell for cell in notebook.grade_cells}
    for name, fields in wanted.items():
        if name in there:
            _update(there[name], fields)
            continue
        cell = _add(gradebook, api.GradeCell(name=name, notebook=notebook, **fields))
        for submitted in notebook.submissions:
            gradebook.db.add(api.Grade(cell_id=cell.id, notebook=submitted))
    for name in there.keys() - wanted.keys():
        worked_on = [
            grade
            for grade in there[name].grades
            if grade.manual_score is not None or grade.extra_credit is not None
        ]
        _remove(gradebook, there[name], there[name].grades, worked_on)


def _write_solution_cells(
    gradebook: api.Gradebook, notebook: Any, known: list[NotebookNode]
) -> None:
    wanted = {cell.metadata.nbgrader.grade_id for cell in known if utils.is_solution(cell)}
    there = {cell.name: cell for cell in notebook.solution_cells}
    for name in wanted - there.keys():
        cell = _add(gradebook, api.SolutionCell(name=name, notebook=notebook))
        for submitted in notebook.submissions:
            gradebook.db.add(api.Comment(cell_id=cell.id, notebook=submitted))
    for name in there.keys() - wanted:
        worked_on = [c for c in there[name].comments if c.manual_comment is not None]
        _remove(gradebook, there[name], there[name].comments, worked_on)


def _write_source_cells(gradebook: api.Gradebook, notebook: Any, known: list[NotebookNode]) -> None:
    wanted = {
        cell.metadata.nbgrader.grade_id: {
            "cell_type": cell.cell_type,
            "locked": utils.is_locked(cell),
            "source": cell.source,
            "checksum": cell.metadata.nbgrader.get("checksum"),
        }
        for cell in known
    }
    there = {cell.name: cell for cell in notebook.source_cells}
    for name, fields in wanted.items():
        if name in there:
            _update(there[name], fields)
        else:
            _add(gradebook, api.SourceCell(name=name, notebook=notebook, **fields))
    for name in there.keys() - wanted.keys():
        gradebook.db.delete(there[name])


def _add(gradebook: api.Gradebook, cell: Any) -> Any:
    gradebook.db.add(cell)
    # The id is made when the row is.
    gradebook.db.flush()
    return cell


def _update(row: Any, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _remove(gradebook: api.Gradebook, cell: Any, rows: list[Any], worked_on: list[Any]) -> None:
    if worked_on:
        log.warning(
            "%s: the release has no cell %r any more, but a person graded or commented on it for "
            "%d students; it stays in the gradebook",
            cell.notebook.name,
            cell.name,
            len(worked_on),
        )
        return
    for row in list(rows):
        gradebook.db.delete(row)
    gradebook.db.delete(cell)
