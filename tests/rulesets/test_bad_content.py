"""Every way to get content wrong that we could think of, and what its author is told."""

from collections.abc import Callable, Mapping

import pytest

RULE = "rules/structure-first-when-talk-is-strained.yaml"
MOMENTS = "activities/everyday_moments.yaml"

MISTAKES = [
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - takl == strained\n")},
        [f"{RULE}:4:5: there is no finding `takl`; did you mean `talk`?"],
        id="misspelt finding",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - talk == straind\n")},
        [
            f"{RULE}:4:13: `straind` is not a value of `talk`; did you mean `strained`? values: easy, effortful, strained"
        ],
        id="unknown level",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - talk >= easy\n")},
        [f"{RULE}:4:5: this is always true of `talk`"],
        id="always true",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - talk is strained\n")},
        [f"{RULE}:4:5: use one of == != < <= > >= in"],
        id="not a condition",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - talk == \n")},
        [f"{RULE}:4:5: `talk ==` is not a condition: invalid syntax"],
        id="syntax in condition",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - open(talk) == strained\n")},
        [f"{RULE}:4:5: `open(talk)` is not a name"],
        id="call in condition",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", '  - "talk == strainde"\n')},
        [
            f"{RULE}:4:14: `strainde` is not a value of `talk`; did you mean `strained`? values: easy, effortful, strained"
        ],
        id="quoted condition",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - >-\n    talk ==\n    strainde\n")},
        [
            f"{RULE}:4:5: `strainde` is not a value of `talk`; did you mean `strained`? values: easy, effortful, strained"
        ],
        id="folded condition",
    ),
    pytest.param(
        {RULE: ("title: Begin", 'title: "Begin')},
        [f"{RULE}:19:1: this is not YAML: while scanning a quoted scalar (line 1) found unexpected end of stream"],
        id="unclosed quote",
    ),
    pytest.param(
        {RULE: ("status: draft\n", "status: draft\nstatus: reviewed\n")},
        [f"{RULE}:3:1: `status` is written twice; one of the two would be lost"],
        id="duplicate key",
    ),
    pytest.param(
        {
            RULE: (
                "scenarios:\n  - { given: { talk: strained },  expect: fires }\n  - { given: { talk: easy },      expect: silent }\n  - { given: { talk: effortful }, expect: silent }\n  - { given: {},                  expect: silent }\n",
                "",
            )
        },
        [f"{RULE}:1:1: `scenarios` is missing"],
        id="no scenarios",
    ),
    pytest.param(
        {RULE: ("{ talk: effortful }, expect: silent", "{ talk: effortful }, expect: fires")},
        [f"{RULE}:17:5: here it does not fire, and `fires` is expected"],
        id="scenario contradicted",
    ),
    pytest.param(
        {RULE: ("{ talk: strained },  expect: fires", "{ talk: strained },  expect: silent")},
        [f"{RULE}:15:5: here it fires, and `silent` is expected"],
        id="scenario contradicted the other way",
    ),
    pytest.param(
        {
            RULE: (
                "  - { given: { talk: easy },      expect: silent }\n  - { given: { talk: effortful }, expect: silent }\n  - { given: {},                  expect: silent }\n",
                "",
            )
        },
        [f"{RULE}:15:3: a scenario in which it stays silent is missing"],
        id="one side only",
    ),
    pytest.param(
        {RULE: ("  - { given: { talk: strained },  expect: fires }\n", "")},
        [f"{RULE}:15:3: a scenario in which it fires is missing"],
        id="the other side only",
    ),
    pytest.param(
        {RULE: ("{ talk: easy },  ", "{ talks: easy },  ")},
        [f"{RULE}:16:16: there is no finding `talks`; did you mean `talk`?"],
        id="scenario with unknown finding",
    ),
    pytest.param(
        {RULE: ("{ talk: easy },  ", "{ talk: eesy },  ")},
        [f"{RULE}:16:22: `eesy` is not known here; did you mean `easy`? one of: easy, effortful, strained"],
        id="scenario with unknown level",
    ),
    pytest.param(
        {RULE: ("claims: [C42, C43]", "claims: [C42, C99]")},
        [f"{RULE}:8:15: `C99` is not known here; did you mean `C49`?"],
        id="unknown claim",
    ),
    pytest.param(
        {RULE: ("claims: [C42, C43]", "claims: [C42, C42]")}, [f"{RULE}:8:15: `C42` is listed twice"], id="claim twice"
    ),
    pytest.param(
        {RULE: ("claims: [C42, C43]", "claims: []")},
        [f"{RULE}:8:9: at least one claim of the article stands behind this, or its basis is not `article`"],
        id="no claim",
    ),
    pytest.param(
        {RULE: ("claims: [C42, C43]", "claims: C42")},
        [f"{RULE}:8:9: here a list is needed: `[one, two]`, or one line each with `- `"],
        id="claims not a list",
    ),
    pytest.param(
        {
            MOMENTS: (
                "  steps:\n    - Make a warm drink for each of you.",
                "  steps: []\n  notes:\n    - Make a warm drink for each of you.",
            )
        },
        [
            f"{MOMENTS}:9:10: an activity says what to do: at least one step",
            f"{MOMENTS}:10:3: there is no key `notes` here; did you mean `minutes`?",
        ],
        id="activity without steps",
    ),
    pytest.param(
        {MOMENTS: ("  fixed_end: true", "  fixed_end: yes")},
        [f"{MOMENTS}:28:14: write `true` or `false`; `yes` is a word here, not a truth value"],
        id="no as truth",
    ),
    pytest.param(
        {MOMENTS: ("  minutes: 10\n", "  minutes: 0\n")},
        [f"{MOMENTS}:14:12: 0 is outside 1..2880"],
        id="number out of range",
    ),
    pytest.param(
        {MOMENTS: ("  minutes: 10\n", "  minutes: 10.5\n")},
        [f"{MOMENTS}:14:12: `10.5` is not a whole number from 1 to 2880"],
        id="number with a fraction",
    ),
    pytest.param(
        {MOMENTS: ("  minutes: 10\n", "  minutes: 99999999999999999999\n")},
        [f"{MOMENTS}:14:12: `99999999999999999999` is not a whole number from 1 to 2880"],
        id="number too long",
    ),
    pytest.param(
        {MOMENTS: ("  minutes: 10\n", "  minutes: ten\n")},
        [f"{MOMENTS}:14:12: `ten` is not a whole number from 1 to 2880"],
        id="word for a number",
    ),
    pytest.param(
        {MOMENTS: ("  minutes: 10\n", "  minutes: 10\n  minuets: 10\n")},
        [f"{MOMENTS}:15:3: there is no key `minuets` here; did you mean `minutes`?"],
        id="unknown key",
    ),
    pytest.param({MOMENTS: ("  minutes: 10\n", "")}, [f"{MOMENTS}:5:3: `minutes` is missing"], id="missing key"),
    pytest.param(
        {MOMENTS: ("  repeat: ritual\n", "  repeat: once\n")},
        [f"{MOMENTS}:15:17: only a `ritual` has times a week"],
        id="times without ritual",
    ),
    pytest.param(
        {MOMENTS: ("  times_a_week: 3\n", "")}, [f"{MOMENTS}:5:3: `times_a_week` is missing"], id="ritual without times"
    ),
    pytest.param(
        {MOMENTS: ("  kinds: [quiet]", "  kinds: [quiet, walk, meal, talk]")},
        [f"{MOMENTS}:19:10: an activity has one to 3 kinds"],
        id="four kinds",
    ),
    pytest.param(
        {MOMENTS: ("  kinds: [quiet]", "  kinds: []")},
        [f"{MOMENTS}:19:10: an activity has one to 3 kinds"],
        id="no kinds",
    ),
    pytest.param(
        {MOMENTS: ("  kinds: [quiet]", "  kinds: [quiet, quiet]")},
        [f"{MOMENTS}:19:18: `quiet` is listed twice"],
        id="kind twice",
    ),
    pytest.param(
        {RULE: ("claims: [C42, C43]", "claims: &both [C42, C43]\nalso: *both")},
        [
            f"{RULE}:8:9: write it out: anchors are not used here",
            f"{RULE}:9:7: write it out: aliases are not used here",
        ],
        id="anchor and alias",
    ),
    pytest.param(
        {RULE: ("status: draft", "status: !!str draft")},
        [f"{RULE}:2:9: write it out: tags are not used here"],
        id="tag",
    ),
    pytest.param(
        {RULE: ("status: draft", "status: !!python/object/apply:os.getcwd []")},
        [f"{RULE}:2:9: write it out: tags are not used here"],
        id="python tag",
    ),
    pytest.param(
        {RULE: ("title: Begin", "%YAML 1.1\n---\ntitle: Begin")},
        [f"{RULE}:1:1: write it out: directives are not used here"],
        id="directive",
    ),
    pytest.param({RULE: ""}, [f"{RULE}:1:1: this file is empty"], id="empty file"),
    pytest.param({RULE: "# nothing\n"}, [f"{RULE}:1:1: this file is empty"], id="only a comment"),
    pytest.param(
        {RULE: "title: one\n---\ntitle: two\n"},
        [f"{RULE}:2:1: this is not YAML: expected a single document in the stream (line 1) but found another document"],
        id="two documents",
    ),
    pytest.param(
        {RULE: b"title: caf\xe9\n"},
        [f"{RULE}:1:1: this is not UTF-8 text: invalid continuation byte at byte 10"],
        id="not utf-8",
    ),
    pytest.param(
        {RULE: b"title: a\x00b\n"},
        [f"{RULE}:1:1: this is not YAML: control characters are not allowed"],
        id="control character",
    ),
    pytest.param(
        {RULE: b"title:\n\t- a\n"},
        [
            f"{RULE}:2:1: this is not YAML: while scanning for the next token (line 2) found character that cannot start any token"
        ],
        id="tab",
    ),
    pytest.param({RULE: "- title\n"}, [f"{RULE}:1:1: here a mapping (`key: value`) is needed"], id="a list instead"),
    pytest.param({RULE: "title\n"}, [f"{RULE}:1:1: here a mapping (`key: value`) is needed"], id="a text instead"),
    pytest.param({"claims.yaml": None}, ["claims.yaml:1:1: this file is missing"], id="missing file"),
    pytest.param({"findings.yaml": None}, ["findings.yaml:1:1: this file is missing"], id="missing findings"),
    pytest.param(
        {RULE: ("suggest: { practice: communication_exercises, need: strong }\n", "")},
        [f"{RULE}:1:1: a rule either suggests one practice or withholds something: `suggest:` or `withhold:`"],
        id="neither",
    ),
    pytest.param(
        {RULE: ("suggest: {", "withhold: { practices: [retreat] }\nsuggest: {")},
        [f"{RULE}:1:1: a rule either suggests one practice or withholds something: `suggest:` or `withhold:`"],
        id="both",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - talk == strained\n  - hurtful == no\n")},
        [
            f"{RULE}:1:1: a rule that reads a private finding may only withhold",
            f"{RULE}:16:5: here it does not fire, and `fires` is expected",
        ],
        id="private finding suggests",
    ),
    pytest.param(
        {
            "findings.yaml": (
                "    open: communication.openness >= 4\n",
                "    open: communication.openness >= 4 and private.leaning_out == false\n",
            )
        },
        ["findings.yaml:246:3: `private.leaning_out` is private, so this finding is too: `label: private`"],
        id="pooled reads private",
    ),
    pytest.param(
        {
            "findings.yaml": (
                "  values: [warm, mixed, cool]\n  both: own\n",
                "  values: [warm, mixed, cool]\n  both: worse\n",
            )
        },
        ["findings.yaml:436:3: a private finding is its owner's alone: `both: own`"],
        id="private meets",
    ),
    pytest.param(
        {"findings.yaml": ("communication.openness == 3", "communication.opennes == 3")},
        ["findings.yaml:253:15: there is no answer `communication.opennes`; did you mean `communication.openness`?"],
        id="unknown answer",
    ),
    pytest.param(
        {"findings.yaml": ("    guarded: communication", "    gaurded: communication")},
        [
            "findings.yaml:252:5: `gaurded` is not a value of this finding; did you mean `guarded`? values: open, middling, guarded"
        ],
        id="value of no finding",
    ),
    pytest.param(
        {"findings.yaml": ("  values: [own_measure, compares]", "  values: [compares]")},
        [
            "findings.yaml:53:11: a finding has at least two values, each of them once",
            "findings.yaml:59:5: `own_measure` is not a value of this finding; values: compares",
            "insights.yaml:21:7: this is always true of `comparison`",
            "insights.yaml:30:30: `own_measure` is not known here; one of: compares",
        ],
        id="one value",
    ),
    pytest.param(
        {"activities/naps.yaml": "nap: {}\n"},
        [
            "activities/naps.yaml:1:1: there is no practice `naps`; practices: protected_time, everyday_moments, shared_meaning, interactive_time, communication_exercises, check_ins_and_affirmations, gratitude_and_surprise, shared_hobby, retreat, learn_together, serve_together, explore_together, affection"
        ],
        id="wrong practice file",
    ),
    pytest.param(
        {"activities/retreat.yaml": ("couples-retreat:", "evening-walk:")},
        ["activities/retreat.yaml:5:3: `evening-walk` is also an activity of everyday_moments; ids are given once"],
        id="duplicate activity",
    ),
    pytest.param(
        {MOMENTS: ("\nevening-walk:", "\nEvening Walk:")},
        [f"{MOMENTS}:38:3: `Evening Walk` cannot be the id of an activity: lower-case words joined by `-`"],
        id="bad id",
    ),
    pytest.param(
        {"help/GB.yaml": ('verified_on: "2026-11-22"', 'verified_on: "22.11.2026"')},
        ["help/GB.yaml:10:16: `22.11.2026` is not a day; write it as 2026-11-22"],
        id="bad date",
    ),
    pytest.param(
        {"help/GB.yaml": ('verified_on: "2026-11-22"', 'verified_on: "2026-02-30"')},
        ["help/GB.yaml:10:16: `2026-02-30` is not a day; write it as 2026-11-22"],
        id="no such day",
    ),
    pytest.param(
        {"help/GB.yaml": ('review_by: "2027-05-22"', 'review_by: "2026-05-22"')},
        ["help/GB.yaml:4:3: `review_by` is a day after `verified_on`"],
        id="review before",
    ),
    pytest.param(
        {"help/GB.yaml": ('  review_by: "2027-05-22"\n', "")},
        ["help/GB.yaml:4:3: `review_by` is missing"],
        id="no date",
    ),
    pytest.param(
        {"help/GB.yaml": ("tel:+448082000247", "0808 2000 247")},
        ["help/GB.yaml:6:11: a link begins with `tel:`, `sms:` or `https:` and has no blanks"],
        id="bad link",
    ),
    pytest.param(
        {"help/France.yaml": "{}\n"},
        ["help/France.yaml:1:1: `France` is not a country in two capital letters, such as `GB`, nor `everywhere`"],
        id="bad country",
    ),
    pytest.param(
        {RULE: ("practice: communication_exercises", "practice: comunication_exercises")},
        [f"{RULE}:5:22: `comunication_exercises` is not known here; did you mean `communication_exercises`?"],
        id="unknown practice",
    ),
    pytest.param(
        {RULE: ("need: strong", "need: huge")},
        [f"{RULE}:5:53: `huge` is not known here; one of: slight, moderate, strong"],
        id="unknown need",
    ),
    pytest.param(
        {RULE: ("status: draft", "status: done")},
        [f"{RULE}:2:9: `done` is not known here; one of: draft, reviewed, retired"],
        id="unknown status",
    ),
    pytest.param(
        {RULE: ("title: Begin with something structured when talking is hard", "title:")},
        [f"{RULE}:1:7: this is empty"],
        id="empty text",
    ),
    pytest.param(
        {RULE: ("title: Begin with something structured when talking is hard", "title: [a, b]")},
        [f"{RULE}:1:8: here a text is needed"],
        id="text a list",
    ),
    pytest.param(
        {"questions.yaml": ("      - { value: too_much, label: Too much for me }\n", "")},
        [
            "questions.yaml:103:5: the levels of `time_together.feels` are, in this order: far_too_little, too_little, about_right, enough, plenty, too_much"
        ],
        id="level missing",
    ),
    pytest.param(
        {
            "questions.yaml": (
                '  - id: time_together.feels\n    group: time_together\n    text: Does your time for each other feel like enough?\n    help: Go by the feeling, not by the clock.\n    input: choice\n    ordered: true\n    levels:\n      - { value: far_too_little, label: Far too little }\n      - { value: too_little, label: Too little }\n      - { value: about_right, label: About right }\n      - { value: enough, label: Quite enough }\n      - { value: plenty, label: "More than enough, and that is good" }\n      - { value: too_much, label: Too much for me }\n    required: false\n    first_minute: false\n    audience: pooled',
                '  - id: time_together.feels\n    group: time_together\n    text: Does your time for each other feel like enough?\n    help: Go by the feeling, not by the clock.\n    input: choice\n    ordered: true\n    levels:\n      - { value: far_too_little, label: Far too little }\n      - { value: too_little, label: Too little }\n      - { value: about_right, label: About right }\n      - { value: enough, label: Quite enough }\n      - { value: plenty, label: "More than enough, and that is good" }\n      - { value: too_much, label: Too much for me }\n    required: false\n    first_minute: false\n    audience: private',
            )
        },
        ["questions.yaml:103:5: the audience of `time_together.feels` is `pooled`"],
        id="wrong audience",
    ),
    pytest.param(
        {"questions.yaml": ("    step: 0.25\n", "    step: quarter\n")},
        ["questions.yaml:72:11: `quarter` is not a number"],
        id="bad number",
    ),
    pytest.param(
        {"questions.yaml": ("    input: number\n    min: 0", "    input: integer\n    min: 0")},
        ["questions.yaml:63:5: `time_together.hours_per_week` is asked for as `number`"],
        id="wrong input",
    ),
    pytest.param(
        {"claims.yaml": ("    support: asserted\n", "    support: direct\n")},
        ["claims.yaml:10:5: `support: asserted` goes with a claim that has no printed reference, and only with one"],
        id="asserted with reference",
    ),
    pytest.param(
        {"claims.yaml": ("  C56:", "  C57:")},
        [
            "claims.yaml:8:1: the claims are C01 to C56, in this order",
            "insights.yaml:353:22: `C56` is not known here; did you mean `C57`?",
            "insights.yaml:510:12: `C56` is not known here; did you mean `C57`?",
        ],
        id="claim gone",
    ),
    pytest.param(
        {"claims.yaml": ("references:\n  ", "references:\n  7")},
        ["claims.yaml:8:1: the references are 1, 2, 3, 4, 5, in this order"],
        id="reference gone",
    ),
    pytest.param(
        {"strategies.yaml": ("      protected_time:\n", "      protected_times:\n")},
        [
            "strategies.yaml:3:1: the practices are, in this order: protected_time, everyday_moments, shared_meaning, interactive_time, communication_exercises, check_ins_and_affirmations, gratitude_and_surprise, shared_hobby, retreat, learn_together, serve_together, explore_together, affection"
        ],
        id="practice order",
    ),
    pytest.param(
        {"strategies.yaml": ("  quality_time:\n", "  good_time:\n")},
        ["strategies.yaml:3:1: the strategies are, in this order: quality_time, structured_exercises, new_experiences"],
        id="strategy name",
    ),
    pytest.param(
        {"ruleset.yaml": 'versoin: "1"\n'},
        [
            "ruleset.yaml:1:1: `version` is missing",
            "ruleset.yaml:1:1: there is no key `versoin` here; did you mean `version`? keys: version",
        ],
        id="no version",
    ),
    pytest.param(
        {"phrases.yaml": ("taste_like: You like this kind of thing.\n", "")},
        ["phrases.yaml:3:1: `taste_like` is missing"],
        id="phrase gone",
    ),
    pytest.param(
        {"support.yaml": ("no_line:", "no_lines:")},
        [
            "support.yaml:4:1: `no_line` is missing",
            "support.yaml:28:1: there is no key `no_lines` here; did you mean `no_line`? keys: concern, crisis, danger, no_line, own_acts",
        ],
        id="support gone",
    ),
    pytest.param(
        {"rules/more.yml": "title: lost\n"},
        ["rules/more.yml:1:1: nothing reads this file; content stands in files that end in `.yaml`"],
        id="wrong ending",
    ),
    pytest.param(
        {"locales/en/rules.yaml": "{}\n"},
        ["locales/en:1:1: `en` is not the tag of another language, such as `de` or `pt-BR`"],
        id="locale en",
    ),
    pytest.param(
        {"locales/German/rules.yaml": "{}\n"},
        ["locales/German:1:1: `German` is not the tag of another language, such as `de` or `pt-BR`"],
        id="locale tag",
    ),
    pytest.param(
        {"rules/a-folder.yaml/inner.yaml": "title: lost\n"},
        [
            "rules/a-folder.yaml:1:1: this cannot be read: Is a directory",
            "rules/a-folder.yaml/inner.yaml:1:1: nothing reads this file; content stands in files that end in `.yaml`",
        ],
        id="folder",
    ),
    pytest.param(
        {RULE: "[" * 5000 + "]" * 5000}, [f"{RULE}:1:1: here a mapping (`key: value`) is needed"], id="deep nesting"
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - " + "not " * 3000 + "talk == strained\n")},
        [f"{RULE}:4:5: this is not a condition"],
        id="deep not",
    ),
    pytest.param(
        {
            "findings.yaml": (
                "time_together.desired_hours_per_week - time_together.hours_per_week >= 2",
                "time_together.desired_hours_per_week - time_together.hours_per_week >= 1e400",
            )
        },
        ["findings.yaml:25:15: this is not a condition: it is too large or too deep"],
        id="infinite hours",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - talk == 1if\n")},
        [f"{RULE}:4:5: `talk == 1if` is not a condition: invalid syntax"],
        id="warning in condition",
    ),
    pytest.param(
        {RULE: ("status: draft", "status: draft\n? [a, b]\n: c")},
        [f"{RULE}:3:3: here a text is needed"],
        id="key a list",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - any: talk == strained\n")},
        [f"{RULE}:4:10: here a list is needed: `[one, two]`, or one line each with `- `"],
        id="any not list",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - all: [talk == strained]\n")},
        [f"{RULE}:4:5: `any` is missing", f"{RULE}:4:5: there is no key `all` here; keys: any"],
        id="any unknown key",
    ),
    pytest.param(
        {
            MOMENTS: (
                "  steps:\n    - Make a warm drink for each of you.",
                "  steps: walk\n  notes:\n    - Make a warm drink for each of you.",
            )
        },
        [
            f"{MOMENTS}:9:10: here a list is needed: `[one, two]`, or one line each with `- `",
            f"{MOMENTS}:10:3: there is no key `notes` here; did you mean `minutes`?",
        ],
        id="steps a text",
    ),
    pytest.param(
        {MOMENTS: ("  minutes: 10\n", "  minutes: ١٠\n")},
        [f"{MOMENTS}:14:12: `١٠` is not a whole number from 1 to 2880"],
        id="unicode digits",
    ),
    pytest.param(
        {RULE: ("suggest: { practice: communication_exercises, need: strong }", "suggest: communication_exercises")},
        [f"{RULE}:5:10: here a mapping (`key: value`) is needed"],
        id="suggest text",
    ),
    pytest.param(
        {RULE: ("suggest: { practice: communication_exercises, need: strong }", "suggest: { practice: '', need: '' }")},
        [f"{RULE}:5:22: this is empty", f"{RULE}:5:32: this is empty"],
        id="suggest empty",
    ),
    pytest.param(
        {"findings.yaml": ("partial: 2, mismatched: 3", "partial: 4, mismatched: 3")},
        ["findings.yaml:129:8: `partial` is a smaller difference than `mismatched`, or the same"],
        id="gap",
    ),
    pytest.param(
        {RULE: ("{ given: {},                  expect: silent }", "{ expect: silent }")},
        [f"{RULE}:18:5: `given` is missing"],
        id="scenario no given",
    ),
]


@pytest.mark.parametrize(("changes", "mistakes"), MISTAKES)
def test_a_mistake_is_named_with_its_place_and_reason(
    mistakes_after: Callable[..., list[str]], changes: Mapping[str, object], mistakes: list[str]
) -> None:
    assert mistakes_after(changes) == mistakes
