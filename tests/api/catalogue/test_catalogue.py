import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from fastapi import FastAPI
from pydantic import TypeAdapter

from app.api.catalogue.activities import Activities, CatalogueActivityOut
from app.api.catalogue.claims import ClaimOut, Claims
from app.api.catalogue.examples import Examples
from app.api.catalogue.help import Help
from app.api.catalogue.paths import CataloguePaths
from app.api.catalogue.questions import QuestionFormOut
from app.api.catalogue.rules import CatalogueInsights, CatalogueRules, Findings, RuleOut
from app.api.catalogue.rulesets import CatalogueRulesetOut, Properties, Rulesets
from app.api.catalogue.strategies import CatalogueStrategies
from app.engine.vocabulary import AnswerLabel
from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.rulesets.load import CONTENT
from app.settings import Settings
from tests import clock
from tests.client import TestClient
from tests.samples import examples_of

LISTS: dict[str, type] = {
    "/v1/paths": CataloguePaths,
    "/v1/strategies": CatalogueStrategies,
    "/v1/activities": Activities,
    "/v1/claims": Claims,
    "/v1/rules": CatalogueRules,
    "/v1/insights": CatalogueInsights,
    "/v1/findings": Findings,
    "/v1/properties": Properties,
    "/v1/rulesets": Rulesets,
    "/v1/help": Help,
}
SINGLES: dict[str, type] = {
    "/v1/activities": CatalogueActivityOut,
    "/v1/claims": ClaimOut,
    "/v1/rules": RuleOut,
    "/v1/rulesets": CatalogueRulesetOut,
}
EVERYTHING = ["/v1/questions", "/v1/examples", *LISTS]
IN_ONE_LANGUAGE = {"/v1/rulesets"}
TEXTS = {
    "title",
    "summary",
    "text",
    "says",
    "about",
    "label",
    "intro",
    "help",
    "note",
    "supports",
    "section",
    "steps",
    "why",
}
PSEUDO = "qps"


def test_a_strategy_holds_its_practices_and_these_their_purposes(client: TestClient) -> None:
    activities = client.get("/v1/activities").json()["data"]
    for strategy in client.get("/v1/strategies").json()["data"]:
        assert strategy["practices"]
        for practice in strategy["practices"]:
            assert practice["strategy"] == strategy["id"]
            assert practice["purposes"]
            for purpose in practice["purposes"]:
                assert 2 <= len(purpose["why"]) <= 6
                served = {one["practice"] for one in activities if one["purpose"] == purpose["id"]}
                assert served == {practice["id"]}


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_whole_and_has_the_shape_that_is_described(client: TestClient, path: str) -> None:
    answer = client.get(path).json()

    assert answer["next_cursor"] is None
    assert answer["has_more"] is False
    assert answer["data"]
    shape: TypeAdapter[Any] = TypeAdapter(LISTS[path])
    assert shape.dump_python(shape.validate_python(answer, strict=True)) == answer


def test_the_form_and_the_examples_have_the_shape_that_is_described(client: TestClient) -> None:
    form, examples = client.get("/v1/questions").json(), client.get("/v1/examples").json()

    shape = TypeAdapter(QuestionFormOut)
    assert shape.dump_python(shape.validate_python(form, strict=True)) == form
    Examples.model_validate(examples)


@pytest.mark.parametrize("path", SINGLES)
def test_each_entry_can_be_read_by_itself(client: TestClient, path: str) -> None:
    for entry in client.get(path).json()["data"]:
        id_ = entry.get("id") or entry["version"]
        assert client.get(f"{path}/{id_}").json() == entry


@pytest.mark.parametrize("path", EVERYTHING)
def test_it_may_be_kept_and_asked_for_anew(client: TestClient, path: str) -> None:
    answer = client.get(path)
    held = client.get(path, headers={"If-None-Match": answer.headers["etag"]})

    assert answer.headers["etag"].startswith('"')
    assert answer.headers["cache-control"].startswith("public, max-age=")
    assert "Accept-Language" in answer.headers["vary"]
    assert answer.headers["content-language"] == "en"
    assert (held.status_code, held.content) == (304, b"")
    for name in ("etag", "cache-control", "vary", "content-language"):
        assert held.headers[name] == answer.headers[name]


@pytest.mark.parametrize("path", EVERYTHING)
def test_the_etag_is_one_of_the_bytes(client: TestClient, build_app: Callable[..., FastAPI], path: str) -> None:
    first, second = client.get(path), TestClient(build_app()).get(path)

    assert first.content == second.content
    assert first.headers["etag"] == second.headers["etag"]
    assert client.get(path, headers={"If-None-Match": '"something-else"'}).status_code == 200


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/v1/activities/evening-wlk", "There is no activity 'evening-wlk'; did you mean 'evening-walk'?"),
        ("/v1/claims/C420", "There is no claim 'C420'; did you mean 'C42'?"),
        (
            "/v1/rules/structure-first-when-talk-is-straind",
            (
                "There is no rule 'structure-first-when-talk-is-straind'; "
                "did you mean 'structure-first-when-talk-is-strained'?"
            ),
        ),
        ("/v1/rulesets/1", "There is no ruleset '1'."),
        (f"/v1/rules/{'x' * 500}", "Compare the path with /openapi.json or the documentation at /docs."),
        ("/v1/rules/%00", "Compare the path with /openapi.json or the documentation at /docs."),
    ],
)
def test_an_unknown_id_is_not_found_and_the_nearest_is_named(client: TestClient, path: str, detail: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"
    assert answer.json()["detail"] == detail


def test_what_nobody_asks_for_in_a_query_is_refused(client: TestClient) -> None:
    documented = client.get("/openapi.json").json()["paths"]
    paths = [path for path, methods in documented.items() if "catalogue" in tags_of(methods)]
    assert set(EVERYTHING) - {"/v1/help"} < set(paths)

    for path in paths:
        answer = client.get(f"{path}?colour=red&size=1")
        assert answer.status_code == 422, path
        assert answer.headers["content-type"] == "application/problem+json"
        assert [(each["in"], each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
            ("query", "#/colour", "unknown_field"),
            ("query", "#/size", "unknown_field"),
        ]
        assert "422" in documented[path]["get"]["responses"]


def tags_of(methods: dict[str, Any]) -> set[str]:
    return set(methods.get("get", {}).get("tags", ()))


def test_where_nothing_is_asked_for_a_query_says_so(client: TestClient) -> None:
    details = [each["detail"] for each in client.get("/v1/rules?practice=retreat").json()["errors"]]

    assert details == ["There is no such field; this takes no query."]


def test_what_an_example_in_the_description_says_is_so(client: TestClient) -> None:
    """Its texts may be older than the content; ids, levels and numbers may not."""
    document = client.get("/openapi.json").json()
    documented = document["paths"]

    def shown(path: str) -> Any:
        return examples_of(document, documented[path]["get"]["responses"]["200"]["content"]["application/json"])[0]

    for path, model in SINGLES.items():
        if model is CatalogueRulesetOut:
            continue
        name = next(other for other in documented if other.startswith(f"{path}/"))
        example = shown(name)
        assert_agrees(example, client.get(f"{path}/{example['id']}").json(), path)
    for path in ("/v1/strategies", "/v1/insights", "/v1/findings"):
        example = shown(path)["data"][0]
        entries = client.get(path).json()["data"]
        assert_agrees(example, next(entry for entry in entries if entry["id"] == example["id"]), path)
    form = shown("/v1/questions")
    asked = client.get("/v1/questions").json()["questions"]
    assert_agrees(form["questions"][0], next(q for q in asked if q["id"] == form["questions"][0]["id"]), "question")


def assert_agrees(example: Any, real: Any, where: str) -> None:
    if isinstance(example, dict):
        assert example.keys() == real.keys(), where
        for key in example.keys() - TEXTS - {"sentence"}:
            assert_agrees(example[key], real[key], f"{where}/{key}")
    elif isinstance(example, list):
        for entry in example:
            if isinstance(entry, dict):
                assert any(agrees(entry, other) for other in real), f"{where}: {entry}"
            else:
                assert entry in real, where
    else:
        assert example == real, where


def agrees(example: Any, real: Any) -> bool:
    try:
        assert_agrees(example, real, "")
    except AssertionError:
        return False
    return True


@pytest.fixture(scope="module")
def in_another_language(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """The real content, and all its texts once more in a language of brackets."""
    root = tmp_path_factory.mktemp("translated") / "content"
    shutil.copytree(CONTENT, root)
    for name, texts in bracketed(ActiveRuleset(CONTENT).current.texts["en"]).items():
        file = root / "locales" / PSEUDO / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(texts, allow_unicode=True), encoding="utf-8")
    return TestClient(create_app(Settings(), ActiveRuleset(Path(root)), clock=clock.now))


def bracketed(texts: Any) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for key, text in texts.items():
        *folders, name = key.split("/")
        here = nested
        for folder in folders:
            here = here.setdefault(folder, {})
        here[name] = f"«{text}»"
    return nested


@pytest.mark.parametrize("path", ["/v1/questions", *LISTS])
def test_the_language_asked_for_is_the_one_given(in_another_language: TestClient, path: str) -> None:
    english = in_another_language.get(path)
    other = in_another_language.get(path, headers={"Accept-Language": f"{PSEUDO}-Latn, en;q=0.5"})

    assert (english.headers["content-language"], other.headers["content-language"]) == ("en", PSEUDO)
    assert (english.headers["etag"] == other.headers["etag"]) is (path in IN_ONE_LANGUAGE)
    said = list(texts_in({key: part for key, part in other.json().items() if key != "schema"}))
    assert bool(said) is (path not in IN_ONE_LANGUAGE)
    assert [text for text in said if not text.startswith("«")] == []
    assert in_another_language.get(path, headers={"If-None-Match": other.headers["etag"]}).status_code == (
        304 if path in IN_ONE_LANGUAGE else 200
    )


def test_an_unknown_language_falls_back(in_another_language: TestClient) -> None:
    answer = in_another_language.get("/v1/strategies", headers={"Accept-Language": "tlh"})

    assert (answer.status_code, answer.headers["content-language"]) == (200, "en")


def texts_in(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from texts_in(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from texts_in(part, key)
    elif isinstance(value, str) and key in TEXTS and value not in get_args(AnswerLabel):
        yield value


def test_where_a_key_is_asked_for_help_stays_open(connect: Callable[..., TestClient]) -> None:
    client = connect(require_key="true")

    assert client.get("/v1/help").status_code == 200
    for path in EVERYTHING:
        assert client.get(path).status_code == (200 if path == "/v1/help" else 401)
        assert client.get(f"{path}?colour=red").status_code == (200 if path == "/v1/help" else 401)


def test_new_content_is_served_at_once(tmp_path: Path) -> None:
    root = Path(shutil.copytree(CONTENT, tmp_path / "content"))
    rulesets = ActiveRuleset(root)
    client = TestClient(create_app(Settings(), rulesets, clock=clock.now))
    before = client.get("/v1/strategies")

    file = root / "strategies.yaml"
    file.write_text(file.read_text("utf-8").replace("title: Quality time", "title: Time for two"), encoding="utf-8")
    rulesets.reload()

    after = client.get("/v1/strategies", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.json()["data"][0]["title"] == "Time for two"
