"""The JSON Schema of sources.yaml, with which editors complete keys, explain them and mark mistakes."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from feeds.config.file import File

SCHEMA_FILE = "sources.schema.json"
"""The file beside sources.yaml that the editor modeline refers to; it holds the output of `feeds schema`."""

MODELINE = f"# yaml-language-server: $schema={SCHEMA_FILE}"


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12). Every key has a description, and its default if it has one."""
    schema = File.model_json_schema(by_alias=True, mode="validation", schema_generator=_DefaultsAsWritten)
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema, "title": "sources.yaml"}


class _DefaultsAsWritten(GenerateJsonSchema):
    """Defaults as they are written in the file (`30s`), without the empty ones."""

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        result = super().default_schema(schema)
        serialization = schema["schema"].get("serialization", {})
        if "default" in result and serialization.get("type") == "function-plain":
            result["default"] = serialization["function"](schema["default"])
        if result.get("default", ...) in (None, "", [], {}):
            result.pop("default")
        return result
