"""What a run has worked out before gates and alerts: one object instead of ten arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from assessment.framework import Framework
from assessment.given import Given
from assessment.grade import Grades
from assessment.items import ItemTable, Regions
from assessment.journey import Journey
from assessment.judged import Judged
from assessment.silence import Signs
from assessment.uncertainty import Scores


@dataclass(frozen=True)
class Findings:
    """Arrays are in the order of `regions`; items by indicator, P10 among them; scores and grades by dimension."""

    framework: Framework
    as_of: date
    regions: Regions
    items: Mapping[str, ItemTable]
    judged: Judged
    scores: Mapping[str, Scores]
    grades: Mapping[str, Grades]
    signs: Signs
    ways: Journey
    given: Given

    def column(self, indicator_id: str) -> int:
        """Column of an indicator in the arrays of `judged`."""
        return [indicator.id for indicator in self.framework.indicators].index(indicator_id)
