"""Texts from templates. The pages among them are single files, readable on paper, without scripts or outside hosts."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.rulesets.comparison import percent

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters["percent"] = percent
_ENVIRONMENT.filters["plain"] = lambda name: name.replace("_", " ")
_ENVIRONMENT.filters["number"] = "{:,}".format


def render(template: str, **values: Any) -> str:
    """Return the text of a template with these values, each of them escaped in a page."""
    return _ENVIRONMENT.get_template(template).render(**values)
