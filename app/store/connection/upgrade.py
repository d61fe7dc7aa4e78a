"""Migration of a database by Alembic. A server never loads this module, so Alembic takes none of its memory."""

import sys

from alembic import command
from alembic.config import Config
from sqlalchemy.exc import SQLAlchemyError

from app.errors import NotReady
from app.store.connection.revision import FOLDER


def migrate(database_url: str) -> None:
    """Bring a database to the newest revision. Raises `NotReady`."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["database_url"] = database_url
    try:
        command.upgrade(config, "head")
    except (SQLAlchemyError, OSError) as error:
        raise NotReady(f"The database could not be brought up to date: {str(error).splitlines()[0]}.") from error


if __name__ == "__main__":
    try:
        migrate(sys.stdin.read())
    except NotReady as reason:
        sys.stdout.write(reason.detail)
        sys.exit(1)
