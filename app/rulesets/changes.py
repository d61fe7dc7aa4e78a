"""Changes since the last release: who would get something else."""

from collections.abc import Iterator
from pathlib import Path

from app.rulesets.comparison import CoupleComparison, compare_couples, comparison_lines
from app.rulesets.library import Library
from app.rulesets.releases import ReleaseStore, newest_release
from app.rulesets.sampling import sample_couples

COUPLES = 2_000
"""The sampled couples of a check: enough to meet an answer that one in a thousand gives, in two seconds."""


def changes_since_release(root: Path, library: Library) -> Iterator[str]:
    """Yield in lines who of the sampled couples would get something else, with examples, and what reaches none of them.

    Nothing where there is no release, or where the content is what was released.
    """
    version = newest_release(root)
    former = None if version is None else ReleaseStore().open(root, version)
    if former is None or former.digest == library.digest:
        return
    # Numbered couples are the same on every machine, so an author and a reviewer read the same examples.
    comparison = compare_couples(former.compiled, library.compiled, sample_couples(range(COUPLES)))
    yield f"Since {former.version}:"
    yield from comparison_lines(comparison, former, library)
    yield from _without_reach(comparison, former, library)


def _without_reach(comparison: CoupleComparison, old: Library, new: Library) -> Iterator[str]:
    """Warn of rules that are new and fire for nobody, and of activities that are new or were shown, and are not."""
    known_rules, known = ({entry.id for entry in ones} for ones in (old.ruleset.rules, old.ruleset.activities))
    fires = {rule for rule, _, after in comparison.fired if after}
    for rule in new.compiled.rules:
        if rule.id not in known_rules and rule.id not in fires:
            yield f"Warning: rules/{rule.id}.yaml fires for none of these couples."
    for activity in new.ruleset.activities:
        is_hidden = not comparison.shown[activity.id]
        if is_hidden and (activity.id not in known or comparison.lost[f"activities/{activity.id}"]):
            file = f"activities/{activity.practice}.yaml"
            yield f"Warning: none of these couples is shown `{activity.id}` of {file}."
