"""Floor 3: what is measured. Every figure names its kind of coverage and its denominator."""

from .coverage import Coverage
from .indicators import INDICATORS, Indicator, LayerView, measure_layer

__all__ = ["INDICATORS", "Coverage", "Indicator", "LayerView", "measure_layer"]
