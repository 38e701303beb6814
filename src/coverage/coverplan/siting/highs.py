"""The one place that calls a solver: HiGHS, with a start, a time limit and an honest status."""

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix


@dataclass(frozen=True, slots=True)
class MipAnswer:
    """What the solver found.

    Parameters
    ----------
    values
        Values of the variables in the best solution.
    bound
        Proven bound on the objective.
    proven
        Whether the solver proved the solution best; False on a time limit.
    """

    values: NDArray[np.float64]
    bound: float
    proven: bool


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
    solver.passModel(_model(objective, rows, row_upper, whole))
    known = highspy.HighsSolution()
    known.col_value = start.tolist()
    solver.setSolution(known)
    solver.run()
    info = solver.getInfo()
    values = start
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        found = np.array(solver.getSolution().col_value)
        values = found if float(objective @ found) > float(objective @ start) else start
    return MipAnswer(
        values=values,
        bound=float(info.mip_dual_bound),
        proven=solver.getModelStatus() == highspy.HighsModelStatus.kOptimal,
    )


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
