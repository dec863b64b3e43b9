"""The result of validation as text: the kill matrix, the margins, the cases, the faults."""

import math
from collections.abc import Iterator, Sequence

from autograder import margins
from autograder.equivalent_mutants import REASONS
from autograder.validation import NotebookResult


def text(result: NotebookResult) -> str:
    """Tables for people, then every fault on a line of its own."""
    lines = [
        f"{result.notebook}  ({result.seeds} seeds, right functions on {result.right_seeds})",
        *_table(_kill_matrix(result)),
        "",
        *_table(_margins(result)),
        "",
        *_both_judges(result),
        "",
        *_table(_cases(result)),
        *_tiny_cases(result),
        *result.faults,
        f"{len(result.faults)} findings" if result.faults else "nothing found wrong",
    ]
    return "\n".join(f"  {line}".rstrip() if place else line for place, line in enumerate(lines))


def _table(rows: Iterator[Sequence[object]]) -> list[str]:
    """Columns of equal width: the first to the left, the others to the right."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    ]


def _kill_matrix(result: NotebookResult) -> Iterator[Sequence[object]]:
    yield (
        "function",
        *("rows", "caught", "by its check", "named", "locally"),
        *("mutants", "caught", "equivalent"),
    )
    for function in result.functions:
        rows = [row for row in result.rows if row.function == function]
        mutants = [mutant for mutant in result.mutants if mutant.function == function]
        yield (
            function,
            len(rows),
            sum(row.caught == row.seeds for row in rows),
            sum(row.by_its_check == row.seeds for row in rows),
            sum(row.named for row in rows),
            sum(row.locally for row in rows),
            len(mutants),
            sum(mutant.caught for mutant in mutants),
            sum((mutant.function, mutant.change) in REASONS for mutant in mutants),
        )


def _margins(result: NotebookResult) -> Iterator[Sequence[object]]:
    yield "judge", "worst right error", "tolerance", "smallest wrong error", "of"
    for margin in result.margins:
        wrong = f"{margin.wrong:.1e}" if math.isfinite(margin.wrong) else "-"
        yield margin.judge, f"{margin.right:.1e}", f"{margin.tolerance:.0e}", wrong, margin.row


def _both_judges(result: NotebookResult) -> Iterator[str]:
    """Where the second judge alone finds something else than the reference alone."""
    gradients = [row for row in result.rows if row.gradient]
    seen = [row for row in gradients if row.alone[margins.REFERENCE]]
    apart = [row for row in gradients if row.apart]
    yield (
        "finite differences of the reference forward (or its adjoint) have the outcome of the "
        f"reference on {len(seen) - len(apart)} of {len(seen)} rows with wrong gradients"
    )
    yield from (f"{row.id} ({row.function}): {row.apart}" for row in apart)
    silent = len(gradients) - len(seen)
    forwards = len(result.rows) - len(gradients)
    yield (
        f"seen by neither: {silent} rows of right gradients (a behaviour, or a dtype); "
        f"without a second judge: {forwards} rows of forwards"
    )


def _cases(result: NotebookResult) -> Iterator[Sequence[object]]:
    yield "case", "needed by rows", "mutants", "diagnoses"
    for need in result.needs:
        if not need.tiny:
            yield f"{need.exercise}: {need.case}", need.rows, need.mutants, need.diagnoses


def _tiny_cases(result: NotebookResult) -> Iterator[str]:
    tiny = [need for need in result.needs if need.tiny]
    rows, mutants = sum(n.rows for n in tiny), sum(n.mutants for n in tiny)
    yield f"{len(tiny)} tiny cases illustrate failures of {rows} rows and {mutants} mutants"
