"""Reading a multipart request within limits; no name that a client sends becomes part of a path."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.http import HttpRequest, multipartparser
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError

from domains.base.texts import clean_file_name

MIB = 1024 * 1024
#: Of a request that brings files; the rest of it is no file.
MAX_BODY = 12 * MIB
#: More than any service accepts, so that the service itself refuses a file that is too large for it.
MAX_FILE = 11 * MIB
MAX_FILES = 5
#: Django allows 1 KiB for a part's headers, too little for the long names of some clients; names are cut later.
multipartparser.MAX_TOTAL_HEADER_SIZE = 32 * 1024  # type: ignore[attr-defined] # not in the stubs


class BadForm(Exception):
    """The request is refused, with this HTTP status and sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


def read_parts(request: HttpRequest, *, max_files: int = MAX_FILES) -> tuple[Any, Any]:
    """Return the fields and the files of the request; raises BadForm."""
    handlers = [_Quota(request, max_files), _InMemory(request), _OnDisk(request)]
    request.upload_handlers = handlers
    request.encoding = "utf-8"  # always, because some of Python's encodings are not text encodings
    try:
        return _read(request, handlers)
    except RequestDataTooBig as error:
        sizes = f"{MAX_FILE // MIB} MiB a file, {MAX_BODY // MIB} MiB in all, of which 1 MiB is no file"
        raise BadForm(413, f"The request is too large: at most {sizes}.") from error
    except TooManyFilesSent as error:
        raise BadForm(400, f"Send at most {max_files} files in one request.") from error
    except (MultiPartParserError, SuspiciousOperation, BadRequest, UnreadablePostError) as error:
        raise BadForm(400, "The request is not valid multipart/form-data.") from error
    except (TypeError, LookupError, ValueError) as error:  # headers of parts that Python's libraries stumble over
        raise BadForm(400, "The request is not valid multipart/form-data.") from error


def _read(request: HttpRequest, handlers: list[FileUploadHandler]) -> tuple[Any, Any]:
    try:
        return request.POST, request.FILES
    except BaseException:
        # If reading stopped early, delete the partial file now instead of at the next garbage collection.
        for handler in handlers:
            if file := getattr(handler, "file", None):
                file.close()
        raise


class _Quota(FileUploadHandler):
    """Counts the files and their decoded bytes as they arrive, and stops reading at the limits."""

    def __init__(self, request: HttpRequest, max_files: int) -> None:
        super().__init__(request)
        self._max_files = max_files
        self._files = self._of_all = self._of_this = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Count another file."""
        super().new_file(*args, **kwargs)
        self._files += 1
        self._of_this = 0
        if self._files > self._max_files:
            raise TooManyFilesSent

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002 - Django's shape
        """Count the bytes, and pass them on to the next handler."""
        self._of_this += len(raw_data)
        self._of_all += len(raw_data)
        if self._of_this > MAX_FILE or self._of_all > MAX_BODY:
            raise RequestDataTooBig
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Return nothing: the next handlers store the file."""


class _Renaming(FileUploadHandler):
    """Stores an incoming file under a fixed name: Django would build a path from the client's name."""

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        """Begin to store a file."""
        self._shown = clean_file_name(file_name)
        super().new_file(field_name, "upload", *args, **kwargs)

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        """Return the file, with the name that may be displayed."""
        if file := super().file_complete(file_size):
            file.name = self._shown
        return file


class _InMemory(_Renaming, MemoryFileUploadHandler):
    """Stores files of small requests."""


class _OnDisk(_Renaming, TemporaryFileUploadHandler):
    """Stores files of large requests."""
