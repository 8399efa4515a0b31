"""What the Skyvern dialect offers, for people who are signed in: as OpenAPI, and as a page. No key opens them."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from credentials.api import skyvern
from credentials.api.skyvern_wire import told

TITLE = "Strongroom for Skyvern's clients"
ABOUT = (
    "Send an API key as `x-api-key` or as `Authorization: Bearer`. Every path answers with and without a slash at its "
    "end. No answer has a value."
)
Json = dict[str, Any]


@require_GET
def skyvern_openapi(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return told("Not Found", status=404)
    return JsonResponse(description())


@require_GET
@login_required
def skyvern_docs(request: HttpRequest) -> HttpResponse:
    return render(request, "skyvern_docs.html", {"title": TITLE, "groups": groups(), "shapes": shapes()})


@cache
def description() -> Json:
    """Both addresses in one document; the older one is marked as such."""
    found: Json = skyvern.v1.get_openapi_schema(path_prefix="v1/")
    older = skyvern.legacy.get_openapi_schema(path_prefix="api/v1/")
    for operations in older["paths"].values():
        for operation in operations.values():
            operation["deprecated"] = True
    found["info"] = {"title": TITLE, "version": "1", "description": ABOUT}
    found["servers"] = [{"url": settings.BASE_URL}]
    found["paths"] |= older["paths"]
    found["components"]["schemas"] |= older["components"]["schemas"]
    found["components"]["securitySchemes"]["Bearer"] = {"type": "http", "scheme": "bearer"}
    for _, _, operation in _operations(found):
        operation["security"] = [{"ApiKey": []}, {"Bearer": []}]
    return found


def _operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield path, method.upper(), operation


@cache
def groups() -> list[tuple[str, list[Json]]]:
    """For the page: the operations under their headings."""
    found: dict[str, list[Json]] = {}
    for path, method, operation in _operations(description()):
        heading = operation["tags"][0] + (", older addresses" if "deprecated" in operation else "")
        found.setdefault(heading, []).append(_row(path, method, operation))
    return sorted(found.items(), key=lambda group: "older" in group[0])


def _row(path: str, method: str, operation: Json) -> Json:
    body = operation.get("requestBody")
    return {
        "path": path,
        "method": method,
        "summary": operation["summary"],
        "about": operation.get("description", ""),
        "query": [_field(one["name"], one["schema"], one["required"]) for one in operation["parameters"]
                  if one["in"] == "query"],
        "body": _kind(_content(body)) if body else "",
        "answers": [(status, answer["description"], _kind(_content(answer)))
                    for status, answer in sorted(operation["responses"].items())],
    }  # fmt: skip


def _content(part: Json) -> Json:
    schema: Json = part.get("content", {}).get("application/json", {}).get("schema", {})
    return schema


@cache
def shapes() -> list[tuple[str, list[Json]]]:
    """For the page: the shapes by name, each with its fields."""
    return [
        (name, [_field(field, about, field in shape.get("required", ())) for field, about in _fields(shape)])
        for name, shape in sorted(description()["components"]["schemas"].items())
    ]


def _fields(shape: Json) -> list[tuple[str, Json]]:
    return list(shape["properties"].items()) if "properties" in shape else [("one of", shape)]


def _field(name: str, about: Json, required: bool) -> Json:
    return {"name": name, "kind": _kind(about), "required": required, "about": about.get("description", "")}


def _kind(schema: Json) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    for words in ("anyOf", "allOf"):
        if words in schema:
            return " or ".join(_kind(one) for one in schema[words])
    if "enum" in schema or "const" in schema:
        return ", ".join(schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    return str(schema.get("type", ""))
