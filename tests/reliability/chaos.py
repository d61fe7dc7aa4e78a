"""Writers at work on a server and a database that are not spared."""

from pathlib import Path

from tests.reliability.load import Outcome, Writer, disturbed, their_back_end
from tests.reliability.servers import a_cluster, served

WRITERS = 4


def acknowledged_under_fire(folder: Path, kills: int, restarts: int, configured: dict[str, str]) -> Outcome:
    """What became of acknowledged writes under these settings of PostgreSQL, which are seen to be in force."""
    with a_cluster(configured) as cluster:
        url = cluster.address.replace("postgresql:", "postgresql+asyncpg:")
        with served(url, folder) as server, their_back_end(server, url) as back_end:
            activities = [each["id"] for each in back_end.get("/v1/activities").json()["data"]]
            writers = [Writer(back_end.add(), activities) for _ in range(WRITERS)]
            cluster.settle()
            return disturbed(writers, server, cluster, kills, restarts)
