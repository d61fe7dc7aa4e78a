"""A recommendation request and its response, shortened, as the example of the OpenAPI document."""

from typing import Any

REQUEST: dict[str, Any] = {
    "reports": {
        "a": {
            "time_together": {"hours_per_week": 4},
            "conflict": {"level": "occasional"},
            "busyness": {"level": "full"},
            "activity_preferences": {"likes": {"walk": "love", "screen": "ok"}},
            "communication": {"ease": "strained"},
        }
    },
    "country": "US",
    "locale": "en",
    "max_activities": 1,
}

RESPONSE: dict[str, Any] = {
    "ruleset": {
        "version": "2026.11",
        "digest": "sha256:3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f",
    },
    "basis": "one_partner",
    "views": {
        "a": {
            "outcome": "suggestions",
            "strategies": [
                {
                    "id": "structured_exercises",
                    "title": "Structured exercises",
                    "rank": 1,
                    "standing": "leading",
                    "reasons": [
                        {
                            "rule": "structure-first-when-talk-is-strained",
                            "text": "Talking feels hard at the moment. A short exercise with turns "
                            "takes the guessing out of it.",
                            "because": [{"finding": "talk", "level": "strained"}],
                            "claims": [
                                {"id": "C42", "section": "Rebuilding Closeness", "reference": None},
                                {"id": "C43", "section": "Rebuilding Closeness", "reference": None},
                            ],
                            "evidence": {
                                "grade": "A",
                                "note": "Courses that teach such steps were tested in "
                                "large trials with couples. One exercise alone is "
                                "less well tested.",
                            },
                        }
                    ],
                    "withheld_by": [],
                    "evidence": {
                        "grade": "A",
                        "note": "Guided courses were tested in large trials with couples, also "
                        "online and without a coach. The article names this after time "
                        "together. The tests are stronger here.",
                    },
                },
                {
                    "id": "quality_time",
                    "title": "Quality time",
                    "rank": 2,
                    "standing": "also",
                    "reasons": [
                        {
                            "rule": "small-moments-in-full-weeks",
                            "text": "In full weeks, long plans often fall through. A few shared "
                            "minutes on most days are easier to keep.",
                            "because": [
                                {"finding": "busy", "level": "full"},
                                {"finding": "conflict", "level": "occasional"},
                            ],
                            "claims": [
                                {"id": "C28", "section": "Overcoming the Busy Barrier", "reference": None},
                                {"id": "C29", "section": "Overcoming the Busy Barrier", "reference": None},
                            ],
                            "evidence": {
                                "grade": "C",
                                "note": "In diary studies, stress from outside goes with "
                                "less shared time and with poorer time.",
                            },
                        }
                    ],
                    "withheld_by": [],
                    "evidence": {
                        "grade": "C",
                        "note": "Diary studies tie good shared time to feeling close. The "
                        "article puts this first. By tests alone, guided exercises and "
                        "new experiences would come before it.",
                    },
                },
                {
                    "id": "new_experiences",
                    "title": "New experiences",
                    "rank": 3,
                    "standing": "not_now",
                    "reasons": [],
                    "withheld_by": [
                        {
                            "rule": "no_support",
                            "text": "Nothing in the answers so far speaks for this one. It stays open for later.",
                            "because": [],
                            "claims": [],
                            "evidence": {
                                "grade": "D",
                                "note": "This is how the program works. It is not a finding of research.",
                            },
                        }
                    ],
                    "evidence": {
                        "grade": "A",
                        "note": "In two trials, couples who did exciting things week by week "
                        "felt happier with each other. The article names this last. "
                        "The tests put it near the front.",
                    },
                },
            ],
            "activities": [
                {
                    "id": "kind-reading",
                    "title": "A kinder way to read a small annoyance",
                    "summary": "A quiet quarter of an hour on paper, for you alone. It loosens a small "
                    "thing that has got stuck in your head.",
                    "steps": [
                        (
                            "Choose something small, such as a short reply or cups left out. Leave "
                            "aside anything that scared or hurt you."
                        ),
                        "Write down what happened, only the plain facts.",
                        "Write how a good friend of you both might see it.",
                        "Add one kind reason that could be true, such as a bad night or a head full of work.",
                        (
                            "Stop after a quarter of an hour. Nobody needs to see the page, and "
                            "nothing has to follow from it."
                        ),
                    ],
                    "strategy": "structured_exercises",
                    "practice": "communication_exercises",
                    "together": False,
                    "minutes": 15,
                    "times_a_week": None,
                    "cost": "free",
                    "kinds": ["writing", "quiet"],
                    "interaction": "parallel",
                    "talk": "none",
                    "novelty": 0,
                    "energy": "ok",
                    "repeat": "once",
                    "evidence": {
                        "grade": "B",
                        "note": "In a trial with 120 couples, both partners wrote about a "
                        "quarrel as an outsider would see it, three times in a year. "
                        "Their contentment held while that of the others went down. "
                        "Here only one person writes, so it is a step away.",
                    },
                    "reasons": [
                        {
                            "rule": "structure-first-when-talk-is-strained",
                            "text": "Talking feels hard at the moment. A short exercise with turns "
                            "takes the guessing out of it.",
                            "because": [{"finding": "talk", "level": "strained"}],
                            "claims": [
                                {"id": "C42", "section": "Rebuilding Closeness", "reference": None},
                                {"id": "C43", "section": "Rebuilding Closeness", "reference": None},
                            ],
                            "evidence": {
                                "grade": "A",
                                "note": "Courses that teach such steps were tested in "
                                "large trials with couples. One exercise alone is "
                                "less well tested.",
                            },
                        }
                    ],
                    "decline_reasons": ["too_tired", "no_time", "not_our_kind_of_thing", "felt_forced", "unsafe"],
                }
            ],
            "insights": [
                {
                    "id": "no_need_to_talk",
                    "text": "Being together does not always need words. A meal cooked as a team or a "
                    "quiet hour counts too. On a day when talk is hard, that can be plenty.",
                    "claims": [
                        {"id": "C38", "section": "Everyday Moments", "reference": None},
                        {"id": "C39", "section": "Everyday Moments", "reference": None},
                    ],
                }
            ],
            "ask_next": [
                {"question": "closeness.level", "why": "Suggestions that hang on this answer: 10.", "would_decide": 10}
            ],
            "support": None,
            "limits": [
                "This is not therapy, and it does not take the place of someone trained to help.",
                "These answers cannot tell whether a relationship is safe.",
                "This rests on your answers alone, so only one of you is heard here.",
                "Take this as an idea you could offer once. Any answer is fine, and so is no answer.",
                (
                    "You have not said how long a stretch you can find. Until you do, nothing here takes "
                    "more than 60 minutes, and nothing lasts overnight."
                ),
                "You have not said what a thing may cost. Until you do, nothing here costs more than a coffee.",
            ],
            "help": "/v1/help?country=US",
            "next_check_in_days": 7,
            "trace": None,
        }
    },
}
