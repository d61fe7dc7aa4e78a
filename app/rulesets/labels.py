"""What the codes of responses are called, for people: `labels.yaml`, by the list that a code belongs to."""

from app.rulesets.content_reader import ReadContext
from app.rulesets.library import Texts
from app.rulesets.sources import PLAN_TITLES

LABELS = "labels"


def read_labels(context: ReadContext) -> None:
    """Read `labels.yaml`, and note the plan titles and the levels of findings that it does not name."""
    file = context.open(f"{LABELS}.yaml")
    if file is None:
        return
    for name, node in file.node.entries().items():
        for code, label in node.entries().items():
            context.take(label, f"{LABELS}/{name}/{code}")
    levels = dict.fromkeys(level for finding in context.findings for level in finding.values)
    for name, codes in (("plan_title", PLAN_TITLES), ("level", levels)):
        missing = [code for code in codes if f"{LABELS}/{name}/{code}" not in context.texts]
        if missing:
            file.node.wrong(f"`{name}` has no label for {', '.join(missing)}")


def labels_of(texts: Texts) -> dict[str, dict[str, str]]:
    """Return the labels of codes by list and code, in the language of `texts`."""
    labels: dict[str, dict[str, str]] = {}
    for key, text in texts.items():
        kind, _, name = key.partition("/")
        if kind == LABELS:
            list_name, _, code = name.partition("/")
            labels.setdefault(list_name, {})[code] = text
    return labels
