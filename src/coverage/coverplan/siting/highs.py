"""The one place that calls a solver: HiGHS, with a start, a time limit and an honest status."""

import time
from dataclasses import dataclass, replace
from typing import Any, Literal

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from ..core.errors import InternalError
from .plan import Bounds, Limits, Sense

Ending = Literal["solved", "stopped", "impossible", "failed"]


@dataclass(frozen=True, slots=True)
class Mip:
    """A linear model, some of whose variables are whole.

    Parameters
    ----------
    sense
        ``max`` or ``min``.
    cost
        Coefficients of the objective, shape ``(n,)``.
    rows, row_lower, row_upper
        Constraint matrix, shape ``(m, n)``, and bounds of each row.
    lower, upper
        Bounds of the variables.
    whole
        Which variables are whole, shape ``(n,)``.
    integral
        Whether every feasible objective is a whole number: then a gap below 1 is a proof.
    """

    sense: Sense
    cost: NDArray[np.float64]
    rows: csc_matrix | csr_matrix
    row_lower: NDArray[np.float64]
    row_upper: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    whole: NDArray[np.bool_]
    integral: bool = True

    def relaxed(self) -> "Mip":
        """Return the linear relaxation."""
        return replace(self, whole=np.zeros(len(self.cost), dtype=bool), integral=False)


@dataclass(frozen=True, slots=True)
class MipAnswer:
    """What the solver found.

    Parameters
    ----------
    values
        Of the variables in the best solution known (the start, if nothing better was found);
        None where there is none.
    bound
        Proven bound on the objective; infinite where the solver ended without one.
    ending
        ``solved``, ``stopped`` (time or gap), ``impossible`` (proven) or ``failed``.
    row_dual
        Duals of the rows, for linear models that were solved.
    """

    values: NDArray[np.float64] | None
    bound: float
    ending: Ending
    row_dual: NDArray[np.float64] | None = None


_STOPPED = frozenset(
    {
        highspy.HighsModelStatus.kTimeLimit,
        highspy.HighsModelStatus.kIterationLimit,
        highspy.HighsModelStatus.kSolutionLimit,
        highspy.HighsModelStatus.kInterrupt,
    }
)
"""Ends of a search after which its bound is still one: every other end proves nothing."""

_IMPOSSIBLE = frozenset({highspy.HighsModelStatus.kInfeasible})


def solve_mip(
    mip: Mip,
    limits: Limits,
    *,
    start: NDArray[np.float64] | None = None,
    begin: float | None = None,
) -> MipAnswer:
    """Solve a linear model.

    Parameters
    ----------
    mip, limits
        The model, and when to stop; ``limits.on_bounds`` is told values and bounds meanwhile.
    start
        A feasible solution to begin with, shape ``(n,)``.
    begin
        When the whole search began (`time.perf_counter`): its limit counts from there.
    """
    began = time.perf_counter() if begin is None else begin
    left = limits.time_limit_seconds - (time.perf_counter() - began)
    if left <= 0:
        return MipAnswer(start, _worst(mip), "stopped")
    solver = _solver(mip, limits, left)
    if start is not None:
        known = highspy.HighsSolution()
        known.col_value = start.tolist()
        solver.setSolution(known)
    if limits.on_bounds is not None:
        _listen(solver, mip, limits, began)
    ended = solver.run()
    return _answer(solver, mip, start, failed=ended == highspy.HighsStatus.kError)


def _worst(mip: Mip) -> float:
    return np.inf if mip.sense == "max" else -np.inf


def _solver(mip: Mip, limits: Limits, seconds: float) -> highspy.Highs:
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("time_limit", float(seconds))
    solver.setOptionValue("mip_rel_gap", float(limits.gap_percent) / 100)
    # A whole objective is proven as soon as nothing better by one is left.
    solver.setOptionValue("mip_abs_gap", 0.99 if mip.integral else 1e-6)
    if solver.passModel(_model(mip)) == highspy.HighsStatus.kError:
        raise InternalError("HiGHS refused the model")
    return solver


def _listen(solver: highspy.Highs, mip: Mip, limits: Limits, began: float) -> None:
    """Pass on value and bound whenever the solver reports them."""

    def tell(event: Any) -> None:
        out = event.data_out
        value, bound = float(out.mip_primal_bound), float(out.mip_dual_bound)
        if limits.on_bounds is not None:
            enough = limits.on_bounds(
                Bounds(
                    round(value) if abs(value) < _HUGE else None,
                    whole_bound(bound, mip.sense),
                    time.perf_counter() - began,
                )
            )
            if enough:
                event.interrupt()

    solver.cbMipInterrupt.subscribe(tell)


_HUGE = 1e18


def whole_bound(bound: float, sense: Sense) -> int | None:
    """Return a bound on a whole objective as a whole number; None where there is none.

    Parameters
    ----------
    bound, sense
        What the solver proved: of 1234.7 people no plan can reach more than 1234.
    """
    if not abs(bound) < _HUGE:
        return None
    return int(np.floor(bound + 1e-4)) if sense == "max" else int(np.ceil(bound - 1e-4))


def _answer(
    solver: highspy.Highs, mip: Mip, start: NDArray[np.float64] | None, *, failed: bool
) -> MipAnswer:
    """Return the better of the start and what was found, and the bound if there is one."""
    status, info = solver.getModelStatus(), solver.getInfo()
    if not failed and status in _IMPOSSIBLE and start is None:
        return MipAnswer(None, _worst(mip), "impossible")
    values, dual = start, None
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        solution = solver.getSolution()
        values = _better(mip, start, np.array(solution.col_value))
        dual = None if mip.whole.any() else np.array(solution.row_dual)
    if failed or status not in {*_STOPPED, highspy.HighsModelStatus.kOptimal}:
        return MipAnswer(values, _worst(mip), "failed")
    solved = status == highspy.HighsModelStatus.kOptimal
    if mip.whole.any():
        bound = float(info.mip_dual_bound)
    else:
        bound = float(info.objective_function_value) if solved else _worst(mip)
    return MipAnswer(values, bound, "solved" if solved else "stopped", dual)


def _better(
    mip: Mip, start: NDArray[np.float64] | None, found: NDArray[np.float64]
) -> NDArray[np.float64]:
    if start is None:
        return found
    sign = 1.0 if mip.sense == "max" else -1.0
    return found if sign * float(mip.cost @ found) > sign * float(mip.cost @ start) else start


def _model(mip: Mip) -> highspy.HighsLp:
    matrix = csc_matrix(mip.rows)
    n_rows, n_columns = matrix.shape
    senses = {"max": highspy.ObjSense.kMaximize, "min": highspy.ObjSense.kMinimize}
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = n_columns, n_rows
    model.sense_ = senses[mip.sense]
    model.col_cost_ = mip.cost.astype(float)
    model.col_lower_, model.col_upper_ = mip.lower.astype(float), mip.upper.astype(float)
    model.row_lower_ = np.where(np.isneginf(mip.row_lower), -highspy.kHighsInf, mip.row_lower)
    model.row_upper_ = np.where(np.isposinf(mip.row_upper), highspy.kHighsInf, mip.row_upper)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = matrix.indptr
    model.a_matrix_.index_ = matrix.indices
    model.a_matrix_.value_ = matrix.data.astype(float)
    if mip.whole.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        model.integrality_ = [kinds[int(w)] for w in mip.whole]
    return model
