"""The JSON Schema of sources.yaml, with which editors complete keys, explain them and mark mistakes."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import ModelSchema

from feeds.config.entries import ConfigFile

SCHEMA_FILE = "sources.schema.json"
"""The file beside sources.yaml that the editor modeline refers to; it holds the output of `feeds schema`."""

MODELINE = f"# yaml-language-server: $schema={SCHEMA_FILE}"

_PUBLISHED_NAMES = {
    "AuthEntry": "Auth",
    "BasicAuthEntry": "Basic",
    "DedupeEntry": "Dedupe",
    "DefaultsEntry": "Defaults",
    "FromEntry": "From",
    "FullTextEntry": "FullText",
    "S3Entry": "ObjectsEntry",
}
"""Class → its name in the schema. The schema is published, so its names stay when a class is renamed."""


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12). Every key has a description, and its default if it has one."""
    schema = ConfigFile.model_json_schema(by_alias=True, mode="validation", schema_generator=_SchemaGenerator)
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema, "title": "sources.yaml"}


class _SchemaGenerator(GenerateJsonSchema):
    """Gives defaults as they are written in the file (`30s`), without the empty ones, and the published names."""

    def normalize_name(self, name: str) -> str:
        return super().normalize_name(_PUBLISHED_NAMES.get(name, name))

    def model_schema(self, schema: ModelSchema) -> JsonSchemaValue:
        result = super().model_schema(schema)
        result["title"] = _PUBLISHED_NAMES.get(result["title"], result["title"])
        return result

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        result = super().default_schema(schema)
        serialization = schema["schema"].get("serialization", {})
        if "default" in result and serialization.get("type") == "function-plain":
            result["default"] = serialization["function"](schema["default"])
        if result.get("default", ...) in (None, "", [], {}):
            result.pop("default")
        return result
