"""The methods that a table's estimates follow; every table that uses them says which."""

from dataclasses import dataclass

from app.services.statistics.confidence_limits import ConfidenceType
from app.services.statistics.summaries import QuantileType
from app.services.statistics.survival_quantiles import QuantileRule


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMethods:
    """How limits, quartiles and medians are made.

    Attributes:
        quantile_type: Hyndman and Fan's number; 2 is the default of SAS.
        conf_level: two-sided, of every limit.
        conf_type: scale of the limits of a survival curve.
        median_rule: of the median of a survival curve.
    """

    quantile_type: QuantileType = 2
    conf_level: float = 0.95
    conf_type: ConfidenceType = "log-log"
    median_rule: QuantileRule = "R_survfit_table"


USUAL_METHODS = TableMethods()
