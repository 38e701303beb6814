"""The one place that calls a solver: HiGHS, with a start, a time limit and an honest status."""

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix

from ..core.errors import InternalError


@dataclass(frozen=True, slots=True)
class MipAnswer:
    """What the solver found.

    Parameters
    ----------
    values
        Values of the variables in the best solution.
    bound
        Proven bound on the objective; infinite where the solver ended without one.
    """

    values: NDArray[np.float64]
    bound: float


_BOUND_HOLDS = frozenset(
    {
        highspy.HighsModelStatus.kOptimal,
        highspy.HighsModelStatus.kTimeLimit,
        highspy.HighsModelStatus.kIterationLimit,
        highspy.HighsModelStatus.kSolutionLimit,
        highspy.HighsModelStatus.kInterrupt,
    }
)
"""Ends of a search after which its bound is one: every other end proves nothing."""


def maximise(
    objective: NDArray[np.float64],
    rows: csc_matrix,
    row_upper: NDArray[np.float64],
    *,
    whole: NDArray[np.bool_],
    start: NDArray[np.float64],
    time_limit_seconds: float,
    gap: float,
) -> MipAnswer:
    """Maximise over variables between 0 and 1, with every row at most its upper bound.

    Parameters
    ----------
    objective
        Coefficients, shape ``(n,)``.
    rows, row_upper
        Constraint matrix, shape ``(m, n)``, and upper bounds, shape ``(m,)``.
    whole
        Which variables are 0 or 1, shape ``(n,)``.
    start
        A feasible solution to begin with, shape ``(n,)``.
    time_limit_seconds, gap
        When to stop: after this time, or at this relative gap.

    Returns
    -------
    MipAnswer
        The start itself where the solver was stopped before it had anything better.
    """
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("time_limit", float(time_limit_seconds))
    solver.setOptionValue("mip_rel_gap", float(gap))
    solver.setOptionValue("mip_abs_gap", 0.5)
    if solver.passModel(_model(objective, rows, row_upper, whole)) == highspy.HighsStatus.kError:
        raise InternalError("HiGHS refused the model")
    known = highspy.HighsSolution()
    known.col_value = start.tolist()
    solver.setSolution(known)
    ended = solver.run()
    return _answer(solver, objective, start, failed=ended == highspy.HighsStatus.kError)


def _answer(
    solver: highspy.Highs,
    objective: NDArray[np.float64],
    start: NDArray[np.float64],
    *,
    failed: bool,
) -> MipAnswer:
    """Return the better of the start and what was found, and the bound if there is one."""
    info = solver.getInfo()
    values = start
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        found = np.array(solver.getSolution().col_value)
        values = found if float(objective @ found) > float(objective @ start) else start
    holds = not failed and solver.getModelStatus() in _BOUND_HOLDS
    return MipAnswer(values, float(info.mip_dual_bound) if holds else np.inf)


def _model(
    objective: NDArray[np.float64],
    rows: csc_matrix,
    row_upper: NDArray[np.float64],
    whole: NDArray[np.bool_],
) -> highspy.HighsLp:
    n_rows, n_columns = rows.shape
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = n_columns, n_rows
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = objective.astype(float)
    model.col_lower_, model.col_upper_ = np.zeros(n_columns), np.ones(n_columns)
    model.row_lower_ = np.full(n_rows, -highspy.kHighsInf)
    model.row_upper_ = row_upper.astype(float)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = rows.indptr
    model.a_matrix_.index_ = rows.indices
    model.a_matrix_.value_ = rows.data.astype(float)
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    model.integrality_ = [kinds[int(w)] for w in whole]
    return model
