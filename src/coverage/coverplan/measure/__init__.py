"""Floor 3: what is measured. Every figure names its kind of coverage and its denominator.

Examples
--------
>>> from coverplan.measure import INDICATORS
>>> list(INDICATORS)[:4]
['people_reached', 'reached_from_other_unit', 'reached_from_outside', 'not_reached_too_far']
>>> INDICATORS["has_one"].label.en
'units that have one'
"""

from .coverage import Coverage
from .decay import Catchment, Decay, Gaussian, Zones
from .indicators import INDICATORS, Indicator, LayerView
from .layerfacts import measure_layer

__all__ = [
    "INDICATORS",
    "Catchment",
    "Coverage",
    "Decay",
    "Gaussian",
    "Indicator",
    "LayerView",
    "Zones",
    "measure_layer",
]
