"""The drill of tests/cli/test_backup.py on PostgreSQL, with its own programs and the roles of `deploy`; its control."""

from pathlib import Path

from app.rulesets.active_ruleset import ActiveRuleset
from app.settings import Settings
from app.store.connection.upgrade import migrate
from tests.restoring import Operator, drill
from tests.roles import made_roles


def test_by_the_documented_way_the_erased_do_not_come_back(
    postgresql: str, postgresql_programs: Path, rulesets: ActiveRuleset, tmp_path: Path
) -> None:
    with made_roles(postgresql, postgresql_programs) as made:
        migrate(made.owner.replace("postgresql:", "postgresql+asyncpg:"))
        named = {"database_url": made.server, "key_file": tmp_path / "rekindle.keys"}
        operator = Operator(tmp_path, Settings.model_validate(named), OWNER_URL=made.owner, **made.environment)

        assert drill(operator, rulesets, "postgresql") == {"erased": 401, "stays": 200}


def test_without_the_list_they_would(sqlite_url: str, tmp_path: Path, rulesets: ActiveRuleset) -> None:
    """So the drill sees somebody who comes back."""
    named = {"database_url": sqlite_url.replace("+aiosqlite", ""), "key_file": tmp_path / "rekindle.keys"}
    operator = Operator(tmp_path, Settings.model_validate(named))
    erased = tmp_path / "rekindle.keys.erased"

    assert drill(operator, rulesets, "sqlite", meanwhile=erased.unlink) == {"erased": 200, "stays": 200}
