"""The Bot API 10.0 specification, and what of it a JSON value must hold to.

The specification is beside the checkout, not in it; tests that need it skip where it is absent.
"""

from __future__ import annotations

import json
import types
import typing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest

from bot.local.api.parameters import InputFile

PATH = Path(__file__).parents[4] / "shared" / "botapi" / "api-10.0.json"
present = pytest.mark.skipif(not PATH.exists(), reason=f"the specification is not at {PATH}")

_PYTHON: dict[str, type | tuple[type, ...]] = {
    "Integer": int,
    "String": str,
    "Boolean": bool,
    "Float": (int, float),
}
_NAMES = {int: "Integer", str: "String", bool: "Boolean", float: "Float", InputFile: "InputFile"}
_ARRAY = "Array of "


@dataclass(frozen=True)
class Field:
    types: frozenset[str]
    required: bool


class Specification:
    """Methods and types, as the document lists them."""

    def __init__(self) -> None:
        document = json.loads(PATH.read_text(encoding="utf-8"))
        self._types: dict[str, Any] = document["types"]
        self._methods: dict[str, Any] = document["methods"]

    def parameters(self, method: str) -> dict[str, Field]:
        return _fields(self._methods[method])

    def returns(self, method: str) -> frozenset[str]:
        return frozenset(self._methods[method]["returns"])

    def fields(self, name: str) -> dict[str, Field]:
        return _fields(self._types[name])

    def widened(self, names: frozenset[str]) -> set[str]:
        """These, and whatever may stand for them: the kinds of an object that has kinds."""
        found = set()
        for name in names:
            depth = name.count(_ARRAY)
            inner = name.replace(_ARRAY, "")
            kinds = self._types.get(inner, {}).get("subtypes") or []
            found |= {_ARRAY * depth + kind for kind in [inner, *kinds]}
        return found

    def faults(self, value: object, names: frozenset[str], where: str) -> list[str]:
        """What is wrong with a JSON value that ought to be one of these types; [] is right."""
        tried = [self._fault(value, name, where) for name in sorted(self.widened(names))]
        return [] if not all(tried) else min(tried, key=len)

    def _fault(self, value: object, name: str, where: str) -> list[str]:
        if name.startswith(_ARRAY):
            if not isinstance(value, list):
                return [f"{where}: {value!r} is no array"]
            inner = frozenset({name.removeprefix(_ARRAY)})
            found = [self.faults(item, inner, f"{where}[{i}]") for i, item in enumerate(value)]
            return [fault for faults in found for fault in faults]
        if name in _PYTHON:
            right = isinstance(value, _PYTHON[name]) and (name == "Boolean") == (
                value is True or value is False
            )
            return [] if right else [f"{where}: {value!r} is no {name}"]
        if not isinstance(value, dict):
            return [f"{where}: {value!r} is no {name}"]
        fields = self.fields(name)
        missing = [f for f, field in fields.items() if field.required and f not in value]
        return (
            [f"{where}: {name} without {f}" for f in missing]
            + [f"{where}: {name} has no {key}" for key in value if key not in fields]
            + [
                fault
                for key, inner in value.items()
                if key in fields
                for fault in self.faults(inner, fields[key].types, f"{where}.{key}")
            ]
        )


def _fields(entry: dict[str, Any]) -> dict[str, Field]:
    return {
        field["name"]: Field(frozenset(field["types"]), field["required"])
        for field in entry.get("fields", [])
    }


def names_of(annotation: Any) -> set[str]:
    """The Bot API's names for what a Python annotation allows; None, for absent, has none."""
    origin = get_origin(annotation)
    if annotation is type(None):
        return set()
    if origin is Annotated:
        return names_of(get_args(annotation)[0])
    if origin is Literal:
        return {"String"}
    if origin in {Union, types.UnionType}:
        return {name for inner in get_args(annotation) for name in names_of(inner)}
    if origin is list:
        return {_ARRAY + name for name in names_of(get_args(annotation)[0])}
    return {_NAMES.get(annotation) or annotation.__name__}


def declared(model: Any) -> dict[str, Field]:
    """What one of our declarations says of its fields, by the names on the wire."""
    hints = typing.get_type_hints(model, include_extras=True)
    return {
        info.serialization_alias or name: Field(
            frozenset(names_of(hints[name])), info.is_required()
        )
        for name, info in model.model_fields.items()
    }
