"""HTML pages from templates: single files that are readable on paper, without scripts or outside hosts."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.rulesets.comparison import percent

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters["percent"] = percent
_ENVIRONMENT.filters["plain"] = lambda name: name.replace("_", " ")
_ENVIRONMENT.filters["number"] = "{:,}".format


def render(template: str, **values: Any) -> str:
    """Return the page of a template with these values, every text escaped."""
    return _ENVIRONMENT.get_template(template).render(**values)
