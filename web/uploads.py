"""Files that are sent to this server itself, where the storage takes none directly."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from domains.accounts import services
from domains.base.errors import Code, Refused

STATUS = {Code.NOT_FOUND: 404, Code.TOO_LARGE: 413, Code.INVALID: 422, Code.CONFLICT: 503}


@csrf_exempt
@require_POST
def receive_upload(request: HttpRequest, token: str) -> HttpResponse:
    """Store the `file` of the form; the address is its permission. 204, or why not as JSON with a code."""
    try:
        files = request.FILES.getlist("file")
        if len(files) != 1:
            raise Refused.because(Code.INVALID, "Send a multipart form with one file, in the field `file`.", "file")
        services.receive_upload(token=token, file=files[0])
    except Refused as refusal:
        problem = refusal.problems[0]
        status = STATUS.get(Code(problem.code), 400)
        return JsonResponse({"code": problem.code, "message": problem.message}, status=status)
    return HttpResponse(status=204)
