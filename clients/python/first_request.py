"""Run with a generated client on the path: ask for recommendations as a program with types would."""

import json
import sys
from pathlib import Path

from rekindle_api import Client
from rekindle_api.api.recommendations import create_recommendation
from rekindle_api.models import Problem, Recommendation, RecommendationRequest

server, file = sys.argv[1:]
asked = RecommendationRequest.from_dict(json.loads(Path(file).read_text(encoding="utf-8")))

with Client(base_url=server) as client:
    answer = create_recommendation.sync_detailed(client=client, body=asked)
    asked.max_activities = 99
    refused = create_recommendation.sync(client=client, body=asked)
assert isinstance(answer.parsed, Recommendation), answer
assert isinstance(refused, Problem), refused
first = answer.parsed.views["b"].activities[0]

print(
    json.dumps(
        {
            "basis": answer.parsed.basis,
            "first": first.id,
            "minutes": first.minutes,
            "refused": refused.code,
            "language": answer.headers["content-language"],
        }
    )
)
