"""Files that are sent to this server itself, where the storage takes none directly."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from domains.accounts import services
from domains.base.errors import Code, Refused
from domains.base.multipart import BadForm, read_parts

STATUS = {"NOT_FOUND": 404, "TOO_LARGE": 413, "INVALID": 422, "RATE_LIMITED": 429, "CONFLICT": 503}


@csrf_exempt
@require_POST
def receive_upload(request: HttpRequest, token: str) -> HttpResponse:
    """Store the `file` of the form; the address is its permission. 204, or why not as JSON with a code."""
    try:
        upload_id = services.find_linked_upload(token=token)
        _, files = read_parts(request, max_files=1)
        if len(files.getlist("file")) != 1:
            raise Refused.because(Code.INVALID, "Send a multipart form with one file, in the field `file`.", "file")
        services.receive_upload(upload_id=upload_id, file=files["file"])
    except Refused as refusal:
        problem = refusal.problems[0]
        return _refused(STATUS.get(problem.code, 400), problem.code, problem.message)
    except BadForm as error:
        code = Code.TOO_LARGE if error.status == STATUS["TOO_LARGE"] else Code.INVALID
        return _refused(error.status, code, error.message)
    return HttpResponse(status=204)


def _refused(status: int, code: str, message: str) -> HttpResponse:
    return JsonResponse({"code": code, "message": message}, status=status)
