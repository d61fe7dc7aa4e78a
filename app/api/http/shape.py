"""What the shapes of requests and responses have in common."""

from collections.abc import Callable
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """A shape whose schema is built with the route that uses it: building all of them would be a tenth of a start."""

    model_config = ConfigDict(defer_build=True)

    @classmethod
    def complete(cls) -> None:
        """Build the schema, so that a validator made from now on is no longer put off."""
        cls.model_rebuild()
        cls.model_config["defer_build"] = False


def complete_shapes_of(endpoint: Callable[..., Any], response_model: object) -> None:
    """Complete the shapes that a route takes and gives."""
    for used in (*get_type_hints(endpoint).values(), response_model):
        if isinstance(used, type) and issubclass(used, Shape):
            used.complete()
