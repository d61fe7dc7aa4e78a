"""The answers that may be given, question by question: from low to high where they are ordered."""

from typing import Literal

Goal = Literal["repair", "strengthen"]
EnoughTime = Literal["far_too_little", "too_little", "about_right", "enough", "plenty", "too_much"]
Comparison = Literal["less", "same", "more", "do_not_compare"]
Regularity = Literal["irregular", "weekly", "several_a_week", "daily"]
TimePattern = Literal["passive", "date_night", "mixed", "interactive"]
EverydayMoments = Literal["none", "rare", "some", "daily"]
ConflictLevel = Literal["rare", "occasional", "frequent", "chronic"]
UnresolvedIssues = Literal["none", "some", "many"]
ConflictPattern = Literal[
    "discuss", "both_avoid", "i_push_partner_withdraws", "partner_pushes_i_withdraw", "both_blame"
]
HowOften = Literal["never", "rarely", "sometimes", "often", "always"]
BeingTogether = Literal["looked_forward_to", "neutral", "an_effort", "overwhelming", "avoided"]
BusynessLevel = Literal["slack", "normal", "full", "overloaded"]
BusynessSource = Literal[
    "work", "shift_work", "study", "childcare", "eldercare", "health", "commute", "household", "other"
]
Energy = Literal["drained", "ok", "lively"]
Stress = Literal["none", "some", "high", "overwhelming"]
Kind = Literal[
    "screen",
    "meal",
    "cooking",
    "walk",
    "talk",
    "writing",
    "hobby",
    "craft",
    "outing",
    "household",
    "quiet",
    "game",
    "learning",
    "volunteering",
    "sport",
    "dance",
    "music",
    "nature",
    "touch",
]
Liking = Literal["avoid", "ok", "like", "love"]
YesNo = Literal[True, False]
Scale5 = Literal[1, 2, 3, 4, 5]
Scale7 = Literal[1, 2, 3, 4, 5, 6, 7]
TalkEase = Literal["strained", "effortful", "easy"]
SilenceComfort = Literal["uncomfortable", "neutral", "comfortable"]
Feeling = Literal[
    "disconnected",
    "grown_apart",
    "unimportant",
    "unloved",
    "lonely",
    "frustrated",
    "confused",
    "distant",
    "hopeful",
]
ComfortZone = Literal["not_now", "small_step", "ready"]
ChildrenAtHome = Literal["none", "under_6", "from_6_to_12", "teens", "mixed"]
Living = Literal["same_home", "same_city", "long_distance"]
Budget = Literal["free", "low", "medium", "high"]
HealthLimit = Literal["mobility", "pain", "fatigue", "sensory", "other"]
Season = Literal[
    "newborn",
    "pregnancy_loss",
    "grief",
    "illness",
    "recovery",
    "separation",
    "new_job",
    "moving",
    "pregnancy",
    "trying_for_a_baby",
    "job_loss",
    "retirement",
    "children_moved_out",
    "home_again",
]
GoingWell = Literal[
    "humour", "kindness", "teamwork", "talking", "touch", "respect", "shared_interests", "loyalty", "parenting"
]
FairShare = Literal["fair", "i_do_more", "partner_does_more"]
HomeFact = Literal["others_live_here", "someone_needs_care"]
HoursAwake = Literal["mornings", "daytime", "evenings", "nights", "days_off"]
WhatHelps = Literal["written_words", "clear_plan", "quiet_places", "short_turns"]
Willingness = Literal["no", "small_steps", "yes"]
Mood = Literal["fine", "low", "very_low"]
DrinkWorry = Literal["my_own", "my_partners"]
Topic = Literal[
    "housework",
    "money",
    "parenting",
    "relatives",
    "screens",
    "work",
    "health",
    "sex",
    "faith",
    "drink_or_drugs",
    "plans",
    "past_hurts",
]
AffectionInterest = Literal["no", "everyday_touch", "open"]
AgreedAffection = Literal["everyday_touch", "open"]
SafetyAnswer = Literal["no", "yes", "skip"]
Humiliated = Literal["never", "rarely", "sometimes", "often", "skip"]
SupportKind = Literal["crisis", "danger", "concern", "own_acts"]
PracticeId = Literal[
    "protected_time",
    "everyday_moments",
    "shared_meaning",
    "interactive_time",
    "communication_exercises",
    "check_ins_and_affirmations",
    "gratitude_and_surprise",
    "shared_hobby",
    "retreat",
    "learn_together",
    "serve_together",
    "explore_together",
    "affection",
]
PooledPath = Literal[
    "goal",
    "time_together.hours_per_week",
    "time_together.desired_hours_per_week",
    "time_together.feels",
    "time_together.compared_with_others",
    "time_together.regularity",
    "time_together.engagement",
    "time_together.mostly",
    "time_together.date_nights_per_month",
    "time_together.everyday_moments",
    "time_together.we_already",
    "conflict.level",
    "conflict.unresolved_issues",
    "conflict.pattern",
    "busyness.level",
    "busyness.sources",
    "busyness.energy",
    "busyness.stress",
    "busyness.minutes_per_week",
    "busyness.longest_slot_minutes",
    "activity_preferences.likes",
    "activity_preferences.counts_as_quality_time",
    "activity_preferences.quiet_is_welcome",
    "communication.ease",
    "communication.silence",
    "communication.openness",
    "communication.trust",
    "closeness.level",
    "closeness.feelings",
    "closeness.appreciated",
    "closeness.priority",
    "closeness.knows_where_to_start",
    "closeness.understood",
    "closeness.going_well",
    "closeness.fair_share",
    "novelty.routine",
    "novelty.boredom",
    "novelty.comfort_zone",
    "novelty.shared_purpose",
    "circumstances.children_at_home",
    "circumstances.childcare",
    "circumstances.guilt_about_time_for_two",
    "circumstances.living",
    "circumstances.budget",
    "circumstances.health_limits",
    "circumstances.season",
    "circumstances.home",
    "circumstances.awake_together",
    "circumstances.what_helps",
    "circumstances.alcohol_free",
]
