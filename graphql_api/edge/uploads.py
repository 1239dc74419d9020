"""Files in GraphQL requests: the multipart request spec, and its limits.

A form on a foreign page can send multipart without a CORS preflight, so a multipart request needs a header that no
form can set. An invalid request is answered with a 4xx status, before anything is executed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cross_web import HTTPException
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from domains.base.multipart import MAX_BODY, MIB, BadForm, read_parts

MULTIPART = "multipart/form-data"
MAX_MAPPED = 20
#: Maximum number of parts of a path such as `variables.input.documents.3`.
MAX_PATH = 10
#: Headers that a browser sends only after a successful CORS preflight.
PREFLIGHTED = ("X-Requested-With", "Apollo-Require-Preflight")
#: The character that a decoder puts in place of bytes that it cannot decode.
REPLACEMENT = "\ufffd"


def check_multipart(request: HttpRequest) -> None:
    """Refuse a request that a form on a foreign page could send, that is too long, or that has no Content-Length."""
    if not any(request.headers.get(name, "").strip() for name in PREFLIGHTED):
        raise HTTPException(
            415, f"A multipart request needs the header {PREFLIGHTED[0]}; others go as application/json."
        )
    length = request.META.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit()):
        raise HTTPException(411, "A multipart request needs the header Content-Length.")
    if len(length) > len(str(MAX_BODY)) or int(length) > MAX_BODY:
        raise HTTPException(413, f"The request is too large: at most {MAX_BODY // MIB} MiB.")


def read_multipart(request: HttpRequest, parse_json: Callable[[str], Any]) -> dict[str, Any]:
    """Return the operation, with its files at the paths in `map`."""
    fields, files = _parts(request)
    if any(len(fields.getlist(name)) != 1 for name in ("operations", "map")):
        raise HTTPException(400, "Send `operations` and `map`, once each, before the files.")
    if any(REPLACEMENT in fields[name] for name in ("operations", "map")):
        raise HTTPException(400, "`operations` and `map` must be UTF-8; write U+FFFD as \\ufffd if you mean it.")
    operations, places = parse_json(fields["operations"]), _places(parse_json(fields["map"]))
    if isinstance(operations, list):
        raise HTTPException(400, "Send one operation per request.")
    if not isinstance(operations, dict):
        raise HTTPException(400, "`operations` must be a JSON object with a `query`.")
    if set(places) != set(files) or any(len(files.getlist(name)) != 1 for name in files):
        raise HTTPException(400, "`map` must name each file of the request, once.")
    for name, path in places.items():
        _put(operations, path, files[name])
    return operations


def _parts(request: HttpRequest) -> tuple[Any, Any]:
    """Return the fields and the files of the request, within the limits."""
    try:
        return read_parts(request)
    except BadForm as error:
        raise HTTPException(error.status, error.message) from error


def _places(given: Any) -> dict[str, str]:
    """Return the path of each file."""
    if not isinstance(given, dict) or len(given) > MAX_MAPPED:
        raise HTTPException(400, f"`map` must be a JSON object with at most {MAX_MAPPED} entries.")
    places: dict[str, str] = {}
    for name, paths in given.items():
        if not (isinstance(paths, list) and len(paths) == 1 and isinstance(paths[0], str)):
            raise HTTPException(400, "`map` must give each file a list with one path.")
        places[name] = paths[0]
    if len(set(places.values())) != len(places):
        raise HTTPException(400, "Two files cannot have the same place.")
    return places


def _put(operations: Mapping[str, Any], path: str, file: UploadedFile[Any]) -> None:
    """Put the file at its path below `variables`, in place of null."""
    first, *keys = path.split(".")
    target: Any = operations.get("variables")
    if first != "variables" or not keys or len(keys) > MAX_PATH:
        raise HTTPException(400, "A path in `map` must lead to a place in `variables`.")
    for key in keys[:-1]:
        target = _at(target, key)
    if _at(target, keys[-1]) is not None:
        raise HTTPException(400, "Where a file goes, `variables` must hold null.")
    target[int(keys[-1]) if isinstance(target, list) else keys[-1]] = file


def _at(target: Any, key: str) -> Any:
    if isinstance(target, dict) and key in target:
        return target[key]
    if isinstance(target, list) and key.isascii() and key.isdigit() and len(key) < MAX_PATH and int(key) < len(target):
        return target[int(key)]
    raise HTTPException(400, "A path in `map` leads nowhere.")
