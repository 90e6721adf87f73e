"""L6: Rule of law and access to a court."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs, merge
from assessment.items import ItemTable


@indicator("L6", unit="index 0-1", sources=("vdem", "wjp"), level="country")
def rule_of_law(inputs: Inputs) -> ItemTable:
    """Rule of law and access to a court, 0 to 1. Protection against persecution needs courts that work. Expert
    judgement, national; misses customary courts and those of other powers.
    """
    return merge(
        inputs.latest("rule_of_law_index"),
        inputs.latest("wjp_rule_of_law", where="coalesce(dimensions ->> 'factor', 'overall') = 'overall'"),
    )
