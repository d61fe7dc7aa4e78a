"""Every way to get content wrong that we could think of, and what its author is told."""

# ruff: noqa: E501  (a mistake is told in one line)

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

RULE = "rules/structure-first.yaml"
MOMENTS = "activities/everyday_moments.yaml"
INSIGHTS = "insights.yaml"
FINDINGS = "findings.yaml"
HELP = "help/GB.yaml"

MISTAKES = [
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - takl == strained\n")},
        [
            f"{RULE}:4:5: there is no finding `takl`; did you mean `talk`? one of: conflict, start, talk, time, meaning, lonely, hurtful"
        ],
        id="misspelt finding",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - communication.ease == strained\n")},
        [f"{RULE}:4:5: `communication.ease` is an answer: name a finding that reads it"],
        id="an answer in place of a finding",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - talk == straind\n")},
        [
            f"{RULE}:4:13: `straind` is not a value of `talk`; did you mean `strained`? values: easy, effortful, strained"
        ],
        id="unknown level",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - talk == chronic\n")},
        [f"{RULE}:4:13: `chronic` is not a value of `talk`; values: easy, effortful, strained"],
        id="level of another finding",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", '  - "talk: strained"\n')},
        [f"{RULE}:4:10: `talk: strained` is not a condition: write `talk == strained`"],
        id="quoted colon",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - talk strained\n")},
        [f"{RULE}:4:10: `talk strained` is not a condition: write `talk == strained`"],
        id="no operator",
    ),
    pytest.param(
        {RULE: ("when:\n  - talk == strained\n", "when: { talk: straned }\n")},
        [
            f"{RULE}:3:9: write `talk == straned`",
            f"{RULE}:3:15: `straned` is not known here; did you mean `strained`? one of: easy, effortful, strained",
        ],
        id="a mapping in place of a list",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - talk >= easy\n")},
        [f"{RULE}:4:5: this is always true of `talk`"],
        id="always true",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - talk < easy\n")},
        [f"{RULE}:4:5: this is never true of `talk`"],
        id="never true",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - talk is strained\n")},
        [f"{RULE}:4:5: use one of == != < <= > >= in"],
        id="unknown operator",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - easy < talk < strained\n")},
        [f"{RULE}:4:5: one comparison at a time: join them with `and`"],
        id="chained comparison",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - talk == (easy, strained)\n")},
        [f"{RULE}:4:13: several values go with `in`"],
        id="several values without in",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - talk == \n")},
        [f"{RULE}:4:5: `talk ==` is not a condition: invalid syntax"],
        id="half a condition",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - open(talk) == strained\n")},
        [f"{RULE}:4:5: `open(talk)` is not a name"],
        id="a call in a condition",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - conflict == rare and takl == strained\n")},
        [
            f"{RULE}:4:26: there is no finding `takl`; did you mean `talk`? one of: conflict, start, talk, time, meaning, lonely, hurtful"
        ],
        id="a second mistake in a line",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", '  - "talk == straind"\n')},
        [
            f"{RULE}:4:14: `straind` is not a value of `talk`; did you mean `strained`? values: easy, effortful, strained"
        ],
        id="a quoted condition",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - >-\n    talk ==\n    straind\n")},
        [f"{RULE}:4:5: `straind` is not a value of `talk`; did you mean `strained`? values: easy, effortful, strained"],
        id="a folded condition",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - any: talk == strained\n")},
        [f"{RULE}:4:10: here a list is needed: `[one, two]`, or one line each with `- `"],
        id="any that is no list",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - any: []\n")},
        [f"{RULE}:4:10: `any` of nothing is never true: list at least one condition"],
        id="any of nothing",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - all: [talk == strained]\n")},
        [f"{RULE}:4:5: `any` is missing", f"{RULE}:4:5: there is no key `all` here; keys: any"],
        id="all instead of any",
    ),
    pytest.param(
        {INSIGHTS: ("time == low", "time == lo")},
        [f"{INSIGHTS}:5:25: `lo` is not a value of `time`; did you mean `low`? values: adequate, low"],
        id="any with a mistake",
    ),
    pytest.param(
        {RULE: ("title: Begin", 'title: "Begin')},
        [f"{RULE}:1:8: the quote that opens here is never closed"],
        id="unclosed quote",
    ),
    pytest.param(
        {
            RULE: (
                "Begin with something structured when talking is hard\nstatus: draft",
                '"Begin with something structured\nstatus: "draft"',
            )
        },
        [
            f"{RULE}:1:8: the quote that opens here closes in line 2, column 9, and text follows: is a quote missing, or one too many?"
        ],
        id="a quote that the next one closes",
    ),
    pytest.param(
        {RULE: ("title: Begin", "title: 'It's time to begin'")},
        [
            f"{RULE}:1:8: the quote that opens here closes in line 1, column 11, and text follows: is a quote missing, or one too many?"
        ],
        id="an apostrophe in quotes",
    ),
    pytest.param(
        {RULE: ("Begin with something structured when talking is hard\nstatus", '"Begin"\n  status')},
        [f"{RULE}:2:3: this is not YAML: while parsing a block mapping (line 1) did not find expected key"],
        id="a key that stands too far right under a text in quotes",
    ),
    pytest.param(
        {RULE: ("title: Begin", "title: Begin small: begin")},
        [f"{RULE}:1:8: put the text in quotes, because it holds `: `"],
        id="a text with a colon",
    ),
    pytest.param(
        {RULE: ("note: Courses", "note: So far: courses")},
        [f"{RULE}:9:29: put the text in quotes, because it holds `: `"],
        id="a text with a colon in braces",
    ),
    pytest.param(
        {RULE: ("status: draft", "  status: draft")},
        [
            f"{RULE}:2:9: put the text in quotes, because it holds `: `; a key begins in the column of the keys around it"
        ],
        id="a key that stands too far right",
    ),
    pytest.param(
        {MOMENTS: ("    - Make", "    - First: make")},
        [f"{MOMENTS}:5:7: here a text is needed; one that holds `: ` goes in quotes"],
        id="a step with a colon",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - talk: strained\n")},
        [f"{RULE}:4:5: write `talk == strained`"],
        id="a condition with a colon",
    ),
    pytest.param(
        {RULE: ("  - talk == strained\n", "  - talk: [effortful, straind]\n")},
        [
            f"{RULE}:4:5: write `talk in (effortful, straind)`",
            f"{RULE}:4:23: `straind` is not known here; did you mean `strained`? one of: easy, effortful, strained",
        ],
        id="a condition with a colon and several values",
    ),
    pytest.param(
        {INSIGHTS: ("time == low", "tim: low")},
        [
            f"{INSIGHTS}:5:17: there is no finding `tim`; did you mean `time`? one of: conflict, start, talk, time, meaning, lonely, hurtful",
            f"{INSIGHTS}:5:17: write `tim == low`",
        ],
        id="any with a colon",
    ),
    pytest.param(
        {RULE: ("status: draft\n", "status: draft\nstatus: reviewed\n")},
        [f"{RULE}:3:1: `status` is written twice; one of the two would be lost"],
        id="duplicate key",
    ),
    pytest.param(
        {MOMENTS: ("  minutes: 10\n", "  minutes: 10\n  minuets: 10\n")},
        [f"{MOMENTS}:8:3: there is no key `minuets` here; did you mean `minutes`?"],
        id="unknown key",
    ),
    pytest.param({MOMENTS: ("  minutes: 10\n", "")}, [f"{MOMENTS}:2:3: `minutes` is missing"], id="missing key"),
    pytest.param(
        {RULE: ("status: draft", "status: draft\n? [a, b]\n: c")},
        [f"{RULE}:3:3: here a text is needed"],
        id="a key that is a list",
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
        {RULE: ("status: draft", "status: draft # for now")},
        [f"{RULE}:2:15: what follows `#` is lost: put the text in quotes, or the comment in a line of its own"],
        id="a comment behind a text",
    ),
    pytest.param(
        {RULE: ("status: draft", "status: !!str draft")},
        [f"{RULE}:2:9: write it out: tags are not used here"],
        id="tag",
    ),
    pytest.param(
        {RULE: ("status: draft", "status: !!python/object/apply:os.getcwd []")},
        [f"{RULE}:2:9: write it out: tags are not used here"],
        id="a tag that would run something",
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
        id="not UTF-8",
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
    pytest.param(
        {RULE: "- title\n"}, [f"{RULE}:1:1: here a mapping (`key: value`) is needed"], id="a list instead of a mapping"
    ),
    pytest.param(
        {RULE: "title\n"}, [f"{RULE}:1:1: here a mapping (`key: value`) is needed"], id="a text instead of a mapping"
    ),
    pytest.param(
        {RULE: "[" * 5000},
        [f"{RULE}:1:65: this is nested too deeply: 64 levels are read"],
        id="brackets without end",
    ),
    pytest.param({"claims.yaml": None}, ["claims.yaml:1:1: this file is missing"], id="missing file"),
    pytest.param({FINDINGS: None}, [f"{FINDINGS}:1:1: this file is missing"], id="findings missing"),
    pytest.param({"strategies.yaml": None}, ["strategies.yaml:1:1: this file is missing"], id="strategies missing"),
    pytest.param({"questions.yaml": None}, ["questions.yaml:1:1: this file is missing"], id="questions missing"),
    pytest.param(
        {"support.yaml": None, "phrases.yaml": None},
        [
            "phrases.yaml:1:1: this file is missing",
            "support.yaml:1:1: this file is missing",
        ],
        id="all fixed texts missing",
    ),
    pytest.param({"rules": None}, ["rules:1:1: there is no rule at all"], id="no rule"),
    pytest.param(
        {"rules/a-folder.yaml/inner.yaml": "title: lost\n"},
        [
            "rules/a-folder.yaml:1:1: this cannot be read: Is a directory",
            "rules/a-folder.yaml/inner.yaml:1:1: nothing reads this file; content stands in files that end in `.yaml`",
        ],
        id="a folder in place of a file",
    ),
    pytest.param(
        {"rules/more.yml": "title: lost\n"},
        ["rules/more.yml:1:1: nothing reads this file; content stands in files that end in `.yaml`"],
        id="a file that nothing reads",
    ),
    pytest.param(
        {"rule/more.yaml": "title: lost\n", "insight.yaml": "x: y\n"},
        [
            "insight.yaml:1:1: nothing reads this file; did you mean `insights.yaml`?",
            "rule/more.yaml:1:1: nothing reads this file; did you mean `rules`?",
        ],
        id="files in places that nothing reads",
    ),
    pytest.param(
        {RULE: ("title: Begin with something structured when talking is hard", "title:")},
        [f"{RULE}:1:7: this is empty"],
        id="empty text",
    ),
    pytest.param(
        {RULE: ("title: Begin with something structured when talking is hard", "title: [a, b]")},
        [f"{RULE}:1:8: here a text is needed"],
        id="a list in place of a text",
    ),
    pytest.param(
        {RULE: ("status: draft", "status: done")},
        [f"{RULE}:2:9: `done` is not known here; one of: draft, reviewed, retired"],
        id="unknown status",
    ),
    pytest.param(
        {RULE: ("purpose: take_turns", "purpose: take_turn")},
        [f"{RULE}:5:21: there is no purpose `take_turn`; did you mean `take_turns`?"],
        id="unknown purpose",
    ),
    pytest.param(
        {RULE: ("purpose: take_turns", "practice: comunication_exercises")},
        [f"{RULE}:5:22: `comunication_exercises` is not known here; did you mean `communication_exercises`?"],
        id="unknown practice",
    ),
    pytest.param(
        {RULE: ("purpose: take_turns", "purpose: take_turns, practice: retreat")},
        [f"{RULE}:5:10: a rule suggests a `purpose`, or with `practice` all purposes of one, not both"],
        id="a purpose and a practice",
    ),
    pytest.param(
        {RULE: ("need: strong", "need: huge")},
        [f"{RULE}:5:39: `huge` is not known here; one of: slight, moderate, strong"],
        id="unknown need",
    ),
    pytest.param(
        {RULE: ("suggest: { purpose: take_turns, need: strong }", "suggest: take_turns")},
        [f"{RULE}:5:10: here a mapping (`key: value`) is needed"],
        id="suggestion that is a text",
    ),
    pytest.param(
        {RULE: ("{ purpose: take_turns, need: strong }", "{ purpose: '', need: '' }")},
        [f"{RULE}:5:21: this is empty", f"{RULE}:5:31: this is empty"],
        id="empty suggestion",
    ),
    pytest.param(
        {RULE: ("suggest: { purpose: take_turns, need: strong }\n", "")},
        [f"{RULE}:1:1: a rule either suggests one purpose or withholds something: `suggest:` or `withhold:`"],
        id="neither suggests nor withholds",
    ),
    pytest.param(
        {RULE: ("suggest: {", "withhold: { practices: [retreat] }\nsuggest: {")},
        [f"{RULE}:1:1: a rule either suggests one purpose or withholds something: `suggest:` or `withhold:`"],
        id="suggests and withholds",
    ),
    pytest.param(
        {"rules/no-surprises.yaml": ("{ practices: [retreat], asks: [surprise] }", "{}")},
        [
            "rules/no-surprises.yaml:1:1: a rule either suggests one purpose or withholds something: `suggest:` or `withhold:`"
        ],
        id="withholds nothing",
    ),
    pytest.param(
        {
            "rules/no-surprises.yaml": (
                "withhold: { practices: [retreat], asks: [surprise] }",
                "suggest: { practice: retreat, need: slight }",
            )
        },
        ["rules/no-surprises.yaml:4:5: a rule that reads a private finding may only withhold"],
        id="a private finding that suggests",
    ),
    pytest.param(
        {
            RULE: (
                "scenarios:\n  - { given: { talk: strained },  expect: fires }\n  - { given: { talk: effortful }, expect: silent }\n",
                "",
            )
        },
        [f"{RULE}:1:1: `scenarios` is missing"],
        id="no scenarios",
    ),
    pytest.param(
        {
            RULE: (
                "scenarios:\n  - { given: { talk: strained },  expect: fires }\n  - { given: { talk: effortful }, expect: silent }\n",
                "scenarios: none\n",
            )
        },
        [f"{RULE}:10:12: here a list is needed: `[one, two]`, or one line each with `- `"],
        id="scenarios that are no list",
    ),
    pytest.param(
        {RULE: ("{ talk: effortful }, expect: silent", "{ talk: effortful }, expect: fires")},
        [
            f"{RULE}:12:5: here it does not fire, and `fires` is expected; `talk == strained` does not hold: talk is effortful"
        ],
        id="a scenario contradicted",
    ),
    pytest.param(
        {RULE: ("{ talk: strained },  expect: fires", "{ talk: strained },  expect: silent")},
        [f"{RULE}:11:5: here it fires, and `silent` is expected; `talk == strained` holds: talk is strained"],
        id="a scenario contradicted the other way",
    ),
    pytest.param(
        {
            RULE: (
                "  - talk == strained\n",
                "  - talk in (effortful, strained)\n  - talk < strained\n  - lonely == yes\n",
            )
        },
        [
            f"{RULE}:13:5: here it does not fire, and `fires` is expected; `talk in (effortful, strained)` holds: talk is strained; `talk < strained` does not hold: talk is strained; `lonely == yes` stays unknown: lonely is not given"
        ],
        id="a scenario that three clauses decide",
    ),
    pytest.param(
        {RULE: ("  - { given: { talk: effortful }, expect: silent }\n", "")},
        [f"{RULE}:11:3: a scenario in which it stays silent is missing"],
        id="no silent scenario",
    ),
    pytest.param(
        {RULE: ("  - { given: { talk: strained },  expect: fires }\n", "")},
        [f"{RULE}:11:3: a scenario in which it fires is missing"],
        id="no firing scenario",
    ),
    pytest.param(
        {RULE: ("{ talk: effortful }", "{ talks: effortful }")},
        [
            f"{RULE}:12:16: there is no finding `talks`; did you mean `talk`? one of: conflict, start, talk, time, meaning, lonely, hurtful"
        ],
        id="unknown finding in a scenario",
    ),
    pytest.param(
        {RULE: ("{ talk: effortful }", "{ talk: effort }")},
        [f"{RULE}:12:22: `effort` is not known here; did you mean `effortful`? one of: easy, effortful, strained"],
        id="unknown level in a scenario",
    ),
    pytest.param(
        {RULE: ("expect: silent", "expect: quiet")},
        [f"{RULE}:12:43: `quiet` is not known here; one of: fires, silent"],
        id="unknown outcome in a scenario",
    ),
    pytest.param(
        {RULE: ("{ given: { talk: effortful }, expect: silent }", "{ expect: silent }")},
        [f"{RULE}:12:5: `given` is missing"],
        id="a scenario without findings",
    ),
    pytest.param(
        {RULE: ("claims: [C42, C43]", "claims: [C42, C99]")},
        [f"{RULE}:8:15: `C99` is not known here; claims run from C01 to C56"],
        id="unknown claim",
    ),
    pytest.param(
        {RULE: ("claims: [C42, C43]", "claims: [C42, C42]")},
        [f"{RULE}:8:15: `C42` is listed twice"],
        id="a claim twice",
    ),
    pytest.param(
        {RULE: ("claims: [C42, C43]", "claims: []")},
        [f"{RULE}:8:9: at least one claim of the article stands behind this, or its basis is not `article`"],
        id="no claim",
    ),
    pytest.param(
        {RULE: ("claims: [C42, C43]", "claims: C42")},
        [f"{RULE}:8:9: here a list is needed: `[one, two]`, or one line each with `- `"],
        id="claims that are no list",
    ),
    pytest.param({RULE: ("claims: [C42, C43]\n", "")}, [f"{RULE}:1:1: `claims` is missing"], id="claims left out"),
    pytest.param(
        {RULE: ("basis: article", "basis: articles")},
        [
            f"{RULE}:7:8: `articles` is not known here; did you mean `article`? one of: article, editorial, safety_policy"
        ],
        id="unknown basis",
    ),
    pytest.param(
        {RULE: ("evidence: { grade: A, note: Courses that teach such steps were tested with couples. }\n", "")},
        [f"{RULE}:1:1: `evidence` is missing"],
        id="no evidence",
    ),
    pytest.param(
        {RULE: ("grade: A,", "grade: A+,")},
        [f"{RULE}:9:20: `A+` is not known here; did you mean `A`? one of: A, A-, B, B-, C, C-, D"],
        id="unknown grade",
    ),
    pytest.param(
        {MOMENTS: ("  steps:\n    - Make a warm drink for each of you.\n    - Let the quiet be.\n", "  steps: []\n")},
        [f"{MOMENTS}:4:10: an activity says what to do: at least one step"],
        id="an activity without steps",
    ),
    pytest.param(
        {
            MOMENTS: (
                "  steps:\n    - Make a warm drink for each of you.\n    - Let the quiet be.\n",
                "  steps: Let it be.\n",
            )
        },
        [f"{MOMENTS}:4:10: here a list is needed: `[one, two]`, or one line each with `- `"],
        id="steps that are no list",
    ),
    pytest.param(
        {MOMENTS: ("  fixed_end: true", "  fixed_end: yes")},
        [f"{MOMENTS}:21:14: write `true` or `false`; `yes` is a word here, not a truth value"],
        id="yes as a truth value",
    ),
    pytest.param(
        {MOMENTS: ("  alcohol: false", "  alcohol: no")},
        [f"{MOMENTS}:23:12: write `true` or `false`; `no` is a word here, not a truth value"],
        id="no as a truth value",
    ),
    pytest.param(
        {MOMENTS: ("  alcohol: false", "  alcohol: 0")},
        [f"{MOMENTS}:23:12: write `true` or `false`"],
        id="a number as a truth value",
    ),
    pytest.param(
        {MOMENTS: ("  minutes: 10\n", "  minutes: 0\n")},
        [f"{MOMENTS}:7:12: 0 is outside 1..2880"],
        id="a number out of range",
    ),
    pytest.param(
        {MOMENTS: ("  minutes: 10\n", "  minutes: 10.5\n")},
        [f"{MOMENTS}:7:12: `10.5` is not a whole number from 1 to 2880"],
        id="a fraction",
    ),
    pytest.param(
        {MOMENTS: ("  minutes: 10\n", "  minutes: 99999999999999999999\n")},
        [f"{MOMENTS}:7:12: `99999999999999999999` is not a whole number from 1 to 2880"],
        id="a number of many digits",
    ),
    pytest.param(
        {MOMENTS: ("  minutes: 10\n", "  minutes: ten\n")},
        [f"{MOMENTS}:7:12: `ten` is not a whole number from 1 to 2880"],
        id="a word for a number",
    ),
    pytest.param(
        {MOMENTS: ("  repeat: ritual\n", "  repeat: once\n")},
        [f"{MOMENTS}:8:17: only a `ritual` has times a week"],
        id="times a week of what is no ritual",
    ),
    pytest.param(
        {MOMENTS: ("  times_a_week: 3\n", "")},
        [f"{MOMENTS}:2:3: `times_a_week` is missing"],
        id="a ritual without times a week",
    ),
    pytest.param(
        {MOMENTS: ("  kinds: [quiet]", "  kinds: [quiet, walk, meal, talk]")},
        [f"{MOMENTS}:12:10: an activity has one to 3 kinds"],
        id="four kinds",
    ),
    pytest.param(
        {MOMENTS: ("  kinds: [quiet]", "  kinds: []")},
        [f"{MOMENTS}:12:10: an activity has one to 3 kinds"],
        id="no kinds",
    ),
    pytest.param(
        {MOMENTS: ("  kinds: [quiet]", "  kinds: [quiet, quiet]")},
        [f"{MOMENTS}:12:18: `quiet` is listed twice"],
        id="a kind twice",
    ),
    pytest.param(
        {MOMENTS: ("  kinds: [quiet]", "  kinds: [quite]")},
        [f"{MOMENTS}:12:11: `quite` is not known here; did you mean `quiet`?"],
        id="unknown kind",
    ),
    pytest.param(
        {MOMENTS: ("  kinds: [quiet]", "  kinds: [quiet, touch]")},
        [f"{MOMENTS}:12:10: only an activity of affection is of the kind `touch`: it needs a yes of both"],
        id="touch outside affection",
    ),
    pytest.param(
        {MOMENTS: ("purpose: quiet_together", "purpose: quiet_togther")},
        [f"{MOMENTS}:27:12: there is no purpose `quiet_togther`; did you mean `quiet_together`?"],
        id="an activity of an unknown purpose",
    ),
    pytest.param(
        {MOMENTS: ("purpose: quiet_together", "purpose: thank")},
        [f"{MOMENTS}:27:12: `thank` is a purpose of gratitude_and_surprise, so this stands in its file"],
        id="an activity in the file of another practice",
    ),
    pytest.param(
        {MOMENTS: ("asks: []", "asks: [opennes]")},
        [
            f"{MOMENTS}:22:10: `opennes` is not known here; did you mean `openness`? one of: openness, closeness, touch, surprise, kind_reading, warmth, access, commitment, phone"
        ],
        id="an unknown ask",
    ),
    pytest.param(
        {MOMENTS: ("quiet-tea:", "Quiet Tea:")},
        [f"{MOMENTS}:2:3: `Quiet Tea` cannot be the id of an activity: lower-case words joined by `-` or `_`"],
        id="a bad id",
    ),
    pytest.param(
        {"activities/retreat.yaml": ("weekend-away:", "quiet-tea:")},
        ["activities/retreat.yaml:2:3: `quiet-tea` is also an activity of everyday_moments; ids are given once"],
        id="an id twice",
    ),
    pytest.param(
        {"activities/naps.yaml": "nap: {}\n"},
        [
            "activities/naps.yaml:1:1: there is no practice `naps`; practices: protected_time, everyday_moments, shared_meaning, interactive_time, communication_exercises, check_ins_and_affirmations, gratitude_and_surprise, shared_hobby, retreat, learn_together, serve_together, explore_together, affection"
        ],
        id="a file of no practice",
    ),
    pytest.param(
        {FINDINGS: ("    unsure: closeness.knows_where_to_start == false", "    unsure: private.leaning_out == true")},
        [f"{FINDINGS}:14:3: `private.leaning_out` is private, so this finding is too: `label: private`"],
        id="a pooled finding that reads a private answer",
    ),
    pytest.param(
        {FINDINGS: ("  values: [no, often]\n  both: own", "  values: [no, often]\n  both: worse")},
        [f"{FINDINGS}:66:3: a private finding is its owner's alone: `both: own`"],
        id="a private finding that both share",
    ),
    pytest.param(
        {FINDINGS: ("    unsure: closeness.knows_where_to_start == false", "    unsure: mutual.affection == open")},
        [f"{FINDINGS}:14:3: `mutual.affection` is mutual, so this finding is too: `label: mutual`"],
        id="a pooled finding that reads a mutual answer",
    ),
    pytest.param(
        {
            FINDINGS: (
                "  values: [no, often]\n  both: own\n  label: private",
                "  values: [no, often]\n  both: own\n  label: mutual",
            )
        },
        [
            f"{FINDINGS}:66:3: a mutual finding reads mutual answers alone, and counts where both agree: `both: agreed`",
        ],
        id="a mutual finding that reads another answer",
    ),
    pytest.param(
        {FINDINGS: ("  values: [no, often]\n  both: own", "  values: [no, often]\n  both: agreed")},
        [
            f"{FINDINGS}:66:3: a private finding is its owner's alone: `both: own`",
            f"{FINDINGS}:66:3: only a mutual finding counts where both agree: `label: mutual`",
        ],
        id="a private finding that takes two",
    ),
    pytest.param(
        {FINDINGS: ("communication.ease == easy", "comunication.ease == easy")},
        [f"{FINDINGS}:32:11: there is no answer `comunication.ease`; did you mean `communication.ease`?"],
        id="unknown answer",
    ),
    pytest.param(
        {FINDINGS: ("communication.ease == easy", "communication.ease == eazy")},
        [
            f"{FINDINGS}:32:33: `eazy` is not a value of `communication.ease`; did you mean `easy`? values: strained, effortful, easy"
        ],
        id="unknown level of an answer",
    ),
    pytest.param(
        {FINDINGS: ("time_together.hours_per_week < 1", "time_together.date_nights_per_month < 1")},
        [f"{FINDINGS}:43:15: hours and counts do not add up"],
        id="hours and words mixed",
    ),
    pytest.param(
        {FINDINGS: ("time_together.hours_per_week < 1", "time_together.hours_per_week < 0.125")},
        [f"{FINDINGS}:43:15: hours come in quarters"],
        id="an eighth of an hour",
    ),
    pytest.param(
        {FINDINGS: ("time_together.hours_per_week < 1", "time_together.hours_per_week < 1e400")},
        [f"{FINDINGS}:43:15: this is not a condition: it is too large or too deep"],
        id="hours without end",
    ),
    pytest.param(
        {FINDINGS: ("not lonely in closeness.feelings", "closeness.feelings == lonely")},
        [f"{FINDINGS}:63:9: `closeness.feelings` holds several answers; ask `… in closeness.feelings`"],
        id="a set compared as a word",
    ),
    pytest.param(
        {FINDINGS: ("not lonely in closeness.feelings", "lonely in communication.ease")},
        [f"{FINDINGS}:63:19: `communication.ease` is not a set of answers"],
        id="a word as a set",
    ),
    pytest.param(
        {FINDINGS: ("not lonely in closeness.feelings", "not lonly in closeness.feelings")},
        [
            f"{FINDINGS}:63:13: `lonly` is not in `closeness.feelings`; did you mean `lonely`? one of: disconnected, grown_apart, unimportant, unloved, lonely, frustrated, confused, distant, hopeful"
        ],
        id="not in a set",
    ),
    pytest.param(
        {FINDINGS: ("    strained: communication", "    straind: communication")},
        [
            f"{FINDINGS}:30:5: `straind` is not a value of this finding; did you mean `strained`? values: easy, effortful, strained"
        ],
        id="a value of no finding",
    ),
    pytest.param(
        {FINDINGS: ("  values: [no, often]", "  values: [often]")},
        [
            f"{FINDINGS}:67:11: a finding has at least two values, each of them once",
            f"{FINDINGS}:73:5: `no` is not a value of this finding; values: often",
            "rules/no-surprises.yaml:4:5: this is always true of `hurtful`",
            "rules/no-surprises.yaml:11:25: `no` is not known here; one of: often",
        ],
        id="a finding with one value",
    ),
    pytest.param(
        {FINDINGS: ("  values: [no, often]", "  values: often")},
        [
            f"{FINDINGS}:67:11: here a list is needed: `[one, two]`, or one line each with `- `",
            f"{FINDINGS}:72:5: `often` is not a value of this finding; values: ",
            f"{FINDINGS}:73:5: `no` is not a value of this finding; values: ",
            "rules/no-surprises.yaml:4:16: `often` is not a value of `hurtful`; values: ",
            "rules/no-surprises.yaml:10:25: `often` is not known here; one of: ",
            "rules/no-surprises.yaml:11:25: `no` is not known here; one of: ",
        ],
        id="values that are no list",
    ),
    pytest.param(
        {FINDINGS: ("partial: 2, mismatched: 3", "partial: 4, mismatched: 3")},
        [f"{FINDINGS}:53:8: `partial` is a smaller difference than `mismatched`, or the same"],
        id="a gap the wrong way round",
    ),
    pytest.param(
        {FINDINGS: ("start:\n", "begin:\n")},
        [
            "choosing.yaml:2:17: there is no finding `start`; one of: conflict, begin, talk, time, meaning, lonely, hurtful",
            f"{FINDINGS}:1:1: the finding `start` is missing; what fits depends on it",
        ],
        id="the engine's finding is gone",
    ),
    pytest.param(
        {HELP: ('verified_on: "2026-11-22"', 'verified_on: "22.11.2026"')},
        [f"{HELP}:8:16: `22.11.2026` is not a day; write it as 2026-11-22"],
        id="a date in another order",
    ),
    pytest.param(
        {HELP: ('verified_on: "2026-11-22"', 'verified_on: "20261122"')},
        [f"{HELP}:8:16: `20261122` is not a day; write it as 2026-11-22"],
        id="a date without dashes",
    ),
    pytest.param(
        {HELP: ('review_by: "2027-05-22"', 'review_by: "2027-02-30"')},
        [f"{HELP}:9:14: `2027-02-30` is not a day; write it as 2026-11-22"],
        id="no such day",
    ),
    pytest.param(
        {HELP: ('review_by: "2027-05-22"', 'review_by: "2026-05-22"')},
        [f"{HELP}:2:3: `review_by` is a day after `verified_on`"],
        id="reviewed before it was verified",
    ),
    pytest.param(
        {HELP: ('  review_by: "2027-05-22"\n', "")}, [f"{HELP}:2:3: `review_by` is missing"], id="no day of review"
    ),
    pytest.param(
        {HELP: ("tel:+44808", "0808")},
        [f"{HELP}:4:11: a link begins with `tel:`, `sms:` or `https:` and has no blanks"],
        id="a bad link",
    ),
    pytest.param(
        {"help/France.yaml": "{}\n"},
        ["help/France.yaml:1:1: `France` is not a country in two capital letters, such as `GB`, nor `everywhere`"],
        id="a country by its name",
    ),
    pytest.param(
        {HELP: ("kinds: [danger, concern]", "kinds: [dangers]")},
        [f"{HELP}:6:11: `dangers` is not known here; did you mean `danger`? one of: crisis, danger, concern, own_acts"],
        id="unknown kind of help",
    ),
    pytest.param(
        {"locales/en/rules.yaml": "{}\n"},
        ["locales/en:1:1: `en` is not the tag of another language, such as `de` or `pt-BR`"],
        id="a language that is the source",
    ),
    pytest.param(
        {RULE: ("status: draft", f"author: A. Writer\nreviewer: {'B' * 81}\nstatus: draft")},
        [f"{RULE}:3:11: the name of the reviewer has more than 80 characters"],
        id="a reviewer whose name is no name",
    ),
    pytest.param(
        {"locales/German/rules.yaml": "{}\n"},
        ["locales/German:1:1: `German` is not the tag of another language, such as `de` or `pt-BR`"],
        id="a language by its name",
    ),
]


@pytest.mark.parametrize(("changes", "mistakes"), MISTAKES)
def test_a_mistake_is_named_with_its_place_and_reason(
    mistakes_after: Callable[..., list[str]], changes: Mapping[str, object], mistakes: list[str]
) -> None:
    assert mistakes_after(changes) == mistakes


def test_a_condition_without_bottom_is_named(mistakes_after: Callable[..., list[str]]) -> None:
    (mistake,) = mistakes_after({RULE: ("  - talk == strained\n", f"  - {'not ' * 3000}talk == strained\n")})

    assert mistake.startswith(f"{RULE}:4:5: this is not a condition")


# In the real files, the place is said by what stands there: authors may move things without touching a test.
IN_REAL_FILES = [
    pytest.param(
        "questions.yaml",
        ("    audience: pooled\n", "    audience: private\n"),
        "id: time_together.hours_per_week",
        "the audience of `time_together.hours_per_week` is `pooled`",
        id="a pooled question said to be private",
    ),
    pytest.param(
        "questions.yaml",
        ("    levels:\n", "    levels:\n      - { value: never_any, label: Never any }\n"),
        "id: time_together.feels",
        "the levels of `time_together.feels` are, in this order: far_too_little, too_little, about_right, enough, "
        "plenty, too_much",
        id="a level that no report has",
    ),
    pytest.param(
        "questions.yaml",
        ("    input: number\n", "    input: integer\n"),
        "id: time_together.hours_per_week",
        "`time_together.hours_per_week` is asked for as `number`",
        id="hours asked for as a count",
    ),
    pytest.param(
        "questions.yaml",
        ("    step: 0.25\n", "    step: quarter\n"),
        "quarter\n",
        "`quarter` is not a number",
        id="a step in words",
    ),
    pytest.param(
        "questions.yaml",
        ("    min: 0\n", "    min:\n"),
        "\n    max: 168",
        "this is empty",
        id="a bound left empty",
    ),
    pytest.param(
        "questions.yaml",
        ("  - id: time_together.feels\n", "  - id: time_together.feeling\n"),
        "time_together.feeling\n",
        "`time_together.feeling` is not known here; did you mean `time_together.feels`?",
        id="a question for no answer",
    ),
    pytest.param(
        "claims.yaml",
        ("    support: asserted\n", "    support: direct\n"),
        "section: Introduction",
        "`support: asserted` goes with a claim that has no printed reference, and only with one",
        id="support that no reference gives",
    ),
    pytest.param(
        "claims.yaml",
        ("  C01:\n", "  C00:\n"),
        "claims:\n",
        "the claims are C01 to C56, in this order",
        id="a claim by another number",
    ),
    pytest.param(
        "claims.yaml",
        ('  "1":\n', '  "7":\n'),
        "claims:\n",
        "the references are 1, 2, 3, 4, 5, in this order",
        id="a reference by another number",
    ),
    pytest.param(
        "strategies.yaml",
        ("      protected_time:\n", "      protected_times:\n"),
        "strategies:\n",
        "the practices are, in this order: protected_time, everyday_moments, shared_meaning, interactive_time, "
        "communication_exercises, check_ins_and_affirmations, gratitude_and_surprise, shared_hobby, retreat, "
        "learn_together, serve_together, explore_together, affection",
        id="a practice by another name",
    ),
    pytest.param(
        "strategies.yaml",
        ("  quality_time:\n", "  good_time:\n"),
        "strategies:\n",
        "the strategies are, in this order: quality_time, structured_exercises, new_experiences",
        id="a strategy by another name",
    ),
    pytest.param(
        "strategies.yaml",
        ("          find_a_slot:\n", "          retreat:\n"),
        "retreat:\n            title: Find",
        "`retreat` is the id of another purpose or of a practice; ids are given once",
        id="a purpose by the name of a practice",
    ),
    pytest.param(
        "phrases.yaml",
        ("put_off:", "putt_off:"),
        "putt_off:",
        "there is no key `putt_off` here; did you mean `put_off`?",
        id="a phrase by another name",
    ),
    pytest.param(
        "support.yaml",
        ("no_line:", "no_lines:"),
        "no_lines:",
        "there is no key `no_lines` here; did you mean `no_line`? keys: concern, crisis, danger, no_line, own_acts",
        id="a text of support by another name",
    ),
]


@pytest.mark.parametrize(("file", "swap", "near", "reason"), IN_REAL_FILES)
def test_a_mistake_in_a_real_file_is_named_where_it_stands(
    mistakes_after: Callable[..., list[str]],
    few: Path,
    file: str,
    swap: tuple[str, str],
    near: str,
    reason: str,
) -> None:
    spoilt = (few / file).read_text(encoding="utf-8").replace(*swap, 1)
    before = spoilt[: spoilt.index(near)]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")

    assert f"{file}:{line}:{column}: {reason}" in mistakes_after({file: swap})


def test_a_question_asked_twice_is_named(mistakes_after: Callable[..., list[str]]) -> None:
    mistakes = mistakes_after({"questions.yaml": ("  - id: time_together.feels\n", "  - id: goal\n")})

    assert any(mistake.endswith(": no question asks for time_together.feels") for mistake in mistakes)
    assert any(mistake.endswith(": asked for twice: goal") for mistake in mistakes)


def test_a_missing_claim_does_not_hide_where_it_is_cited(mistakes_after: Callable[..., list[str]]) -> None:
    mistakes = mistakes_after({"claims.yaml": ("  C42:\n", "  C99:\n")})

    assert any(mistake.startswith(f"{RULE}:8:10: `C42` is not known here") for mistake in mistakes)
