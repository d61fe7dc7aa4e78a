"""An explanation request and its response, as the example of the OpenAPI document."""

from typing import Any

REQUEST: dict[str, Any] = {
    "reports": {
        "a": {
            "time_together": {"hours_per_week": 4},
            "conflict": {"level": "occasional"},
            "busyness": {"level": "normal", "longest_slot_minutes": 30},
            "activity_preferences": {"likes": {"dance": "love"}, "counts_as_quality_time": {"dance": 5}},
            "novelty": {"routine": 4},
            "circumstances": {"children_at_home": "none", "budget": "medium"},
        }
    },
    "locale": "en",
    "viewer": "a",
    "target": "dance-class",
}

RESPONSE: dict[str, Any] = {
    "target": "dance-class",
    "status": "withheld",
    "because": [
        {
            "rule": "nothing_fits",
            "text": "This one does not fit right now, going by the limits we know of.",
            "because": [],
            "claims": [],
            "evidence": {"grade": "D", "note": "This is how the program works. It is not a finding of research."},
        }
    ],
    "blocked_by": [{"constraint": "longest_slot_minutes", "needs": 75, "has": 30}],
    "outranked_by": None,
    "would_change": [
        {"changes": [{"answer": "busyness.longest_slot_minutes", "now": 30, "to": 75}], "then": "suggested"}
    ],
    "why_none": None,
}
