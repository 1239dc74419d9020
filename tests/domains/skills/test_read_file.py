"""Reading files of strangers: hostile ones end soon, within their memory, and the process that asked goes on."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import OxmlElement
from pypdf import PdfReader, PdfWriter

from domains.base.file_kinds import FileKind
from domains.base.sandbox_runner import SANDBOX
from domains.skills.extraction import file_text
from domains.skills.extraction.failures import SENTENCES, Failure
from domains.skills.extraction.readable import readable_kind
from domains.skills.services import read_file as reading
from domains.skills.services.read_file import FileText, read_file
from tests.resumes import RESUME, docx_of, pdf_of, zip_of
from tests.shared_data import SHARED_DATA, need_shared_data

ATTACKS = [
    file for folder in ("pdf", "docx", "archives") for file in sorted((SHARED_DATA / "attacks" / folder).glob("*"))
]
#: What a hostile reader would do, in the place of reading; what it returns is the text.
SLEEP = "import time; time.sleep(60)"
SPIN = "while True: pass"
HOARD = "return 'x' * len(bytearray(1 << 30))"
CRASH = "import os; os.kill(os.getpid(), 11)"
LEAVE = "import os; os._exit(0)"
FLOOD = "import sys; sys.stdout.buffer.write(b'x' * (8 << 20)); sys.stdout.buffer.flush(); return 'flooded'"
TALK = "return 'word ' * 100_000"
LIE = "import sys; sys.stdout.write('[]'); sys.stdout.flush(); import os; os._exit(0)"
RECURSE = "return read(kind, content)"


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., FileText]:
    """Run the reader's program, in its process and under its limits, with a body that misbehaves."""

    def run(body: str, *, before: str = "") -> FileText:
        folder = str(Path(file_text.__file__).parent)
        program = tmp_path / "reader.py"
        lines = "\n    ".join(body.splitlines())
        program.write_text(
            f"import sys; sys.path.insert(0, {folder!r})\nimport file_text\n{before}\n"
            f"def read(kind, content):\n    {lines}\nfile_text.read = read\nfrom file_text import *\n"
        )
        monkeypatch.setattr(reading, "PROGRAM", program)
        return read_file(content=b"something", kind=FileKind.ZIP)

    return run


def locked(pdf: bytes, *, user_password: str) -> bytes:
    writer, file = PdfWriter(PdfReader(io.BytesIO(pdf))), io.BytesIO()
    writer.encrypt(user_password, "the owner's", algorithm="RC4-128")
    writer.write(file)
    return file.getvalue()


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (RESUME.encode(), FileKind.TEXT),
        (RESUME.encode("utf-8-sig"), FileKind.TEXT),
        (RESUME.encode("utf-16"), FileKind.TEXT),
        (RESUME.replace("kept", "d\u00e9k\u00e9pt").encode("cp1252"), FileKind.TEXT),
        (docx_of(RESUME), FileKind.DOCX),
        (pdf_of(RESUME), FileKind.PDF),
    ],
    ids=["utf-8", "utf-8 with a mark", "utf-16", "cp1252", "docx", "pdf"],
)  # fmt: skip
def test_a_resume_is_read_line_by_line(content: bytes, kind: FileKind) -> None:
    assert readable_kind(content) == kind
    read = read_file(content=content, kind=kind)
    assert read.failure is None
    lines = [line.strip() for line in read.text.splitlines()]
    assert "Gardening, First aid, Bookkeeping" in lines
    assert lines.index("Experience") < lines.index("Skills")


def test_tables_of_a_word_document_are_read() -> None:
    document, file = Document(), io.BytesIO()
    for line in RESUME.splitlines():
        document.add_paragraph(line)
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Carpentry", "Welding"
    document.save(file)
    assert {"Carpentry", "Welding"} <= set(read_file(content=file.getvalue(), kind=FileKind.DOCX).text.split("\n"))


def test_a_hyphen_that_word_must_not_break_is_one() -> None:
    document, file = Document(), io.BytesIO()
    run = document.add_paragraph("Skills: first").runs[0]
    run._r.append(OxmlElement("w:noBreakHyphen"))
    document.paragraphs[0].add_run("aid, garden")
    document.paragraphs[0].runs[-1]._r.append(OxmlElement("w:softHyphen"))
    document.paragraphs[0].add_run("ing")
    document.save(file)
    assert "first-aid, gardening" in read_file(content=file.getvalue(), kind=FileKind.DOCX).text


def test_a_pdf_that_asks_for_a_password_is_encrypted_and_one_with_rights_only_is_read() -> None:
    pdf = pdf_of(RESUME)
    assert read_file(content=locked(pdf, user_password="secret"), kind=FileKind.PDF) == FileText(
        failure=Failure.ENCRYPTED
    )
    assert "Bookkeeping" in read_file(content=locked(pdf, user_password=""), kind=FileKind.PDF).text


@pytest.mark.parametrize(
    ("content", "kind", "failure"),
    [
        (b"%PDF-1.7 and nothing", FileKind.PDF, Failure.DAMAGED),
        (pdf_of(""), FileKind.PDF, Failure.NO_TEXT),
        (docx_of("")[:-40], FileKind.DOCX, Failure.DAMAGED),
        (docx_of(""), FileKind.DOCX, Failure.NO_TEXT),
        (b"12 34", FileKind.TEXT, Failure.NO_TEXT),
        (f"{RESUME}{'word ' * 70_000}".encode(), FileKind.TEXT, Failure.TOO_LARGE_TO_READ),
        (b"anything", None, Failure.UNSUPPORTED_TYPE),
        (zip_of({"messages.csv": "Hello"}), FileKind.ZIP, Failure.NO_SKILLS_LIST),
        (zip_of({"Skills.csv": "Title\nGardening"}), FileKind.ZIP, Failure.NO_SKILLS_LIST),
        (zip_of({"Skills.csv": "Name\n"}), FileKind.ZIP, Failure.NO_SKILLS_LIST),
        (zip_of({"Skills.csv": "Name\n" + "x" * 4_000_000}), FileKind.ZIP, Failure.TOO_LARGE_TO_READ),
        (zip_of({"Skills.csv": "Name\nGardening"})[:60], FileKind.ZIP, Failure.DAMAGED),
    ],
    # The bytes of an archive hold the time: as names of tests they would differ from one process to the next.
    ids=lambda value: str(value) if isinstance(value, Failure | FileKind | None) else "file",
)
def test_what_cannot_be_read_has_its_reason(content: bytes, kind: FileKind | None, failure: Failure) -> None:
    assert read_file(content=content, kind=kind) == FileText(failure=failure)
    assert SENTENCES[failure]


def test_of_an_export_only_the_list_of_skills_is_read() -> None:
    export = zip_of(
        {
            "messages.csv": "Name\nSecret of somebody else",
            "Basic/Skills.csv": '\ufeffName\n"Tree planting"\n\nFirst  aid\n',
        }
    )
    assert read_file(content=export, kind=FileKind.ZIP) == FileText(text="Tree planting\nFirst aid")


@pytest.mark.parametrize("path", ATTACKS or [SHARED_DATA], ids=lambda path: path.name)
def test_a_file_made_to_break_readers_breaks_nothing(path: Path) -> None:
    need_shared_data()
    before = open_descriptors()
    content = path.read_bytes()
    read = read_file(content=content, kind=readable_kind(content))
    assert open_descriptors() == before
    assert (read.failure in set(Failure)) or len(read.text) <= file_text.MAX_CHARACTERS
    assert "root:" not in read.text


@pytest.mark.parametrize(
    ("name", "failure"),
    [
        ("docx/made_docx_100MB.docx", Failure.TOO_LARGE_TO_READ),
        ("docx/made_docx_billion_laughs.docx", Failure.DAMAGED),
        ("docx/made_docx_xxe.docx", Failure.DAMAGED),
        ("archives/zip_symlink_etc_passwd.zip", Failure.NO_SKILLS_LIST),
        ("archives/made_rss_200MB.xml.gz", Failure.UNSUPPORTED_TYPE),
        ("pdf/pdfminer_issue-1113-evil-xobjects.pdf", Failure.DAMAGED),
    ],
)
def test_bombs_and_traps_are_refused_for_what_they_are(name: str, failure: Failure) -> None:
    content = (need_shared_data() / "attacks" / name).read_bytes()
    assert read_file(content=content, kind=readable_kind(content)) == FileText(failure=failure)


def test_no_attack_makes_the_reader_take_more_than_a_quarter_of_its_memory() -> None:
    need_shared_data()
    kinds = {FileKind.PDF: "pdf", FileKind.DOCX: "docx", FileKind.ZIP: "linkedin"}
    known = [(str(path), readable_kind(path.read_bytes())) for path in ATTACKS]
    files = [(path, kinds[kind]) for path, kind in known if kind]
    script = (
        "import json, resource, subprocess, sys\n"
        "for path, kind in json.load(sys.stdin):\n"
        f"    command = [sys.executable, '-I', {str(SANDBOX)!r}, {file_text.__file__!r}, kind]\n"
        "    subprocess.run(command, stdin=open(path), capture_output=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], input=json.dumps(files), capture_output=True, text=True, check=True
    )
    assert len(files) > 20
    assert 5_000 < int(ran.stdout) < file_text.MEMORY_BYTES // 1024 // 4


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        (HOARD, Failure.TOO_LARGE_TO_READ),
        (RECURSE, Failure.TOO_LARGE_TO_READ),
        (TALK, Failure.TOO_LARGE_TO_READ),
        (CRASH, Failure.TOO_LARGE_TO_READ),
        (FLOOD, Failure.DAMAGED),
        (LEAVE, Failure.DAMAGED),
        (LIE, Failure.DAMAGED),
        ("raise ValueError", Failure.DAMAGED),
        ("raise SystemExit('bye')", Failure.DAMAGED),
    ],
    ids=["hoards", "recurses", "talks", "crashes", "floods", "leaves", "lies", "raises", "exits"],
)
def test_a_reader_that_misbehaves_is_one_more_unreadable_file(
    reader: Callable[..., FileText], body: str, failure: Failure
) -> None:
    before = open_descriptors()
    assert reader(body) == FileText(failure=failure)
    assert open_descriptors() == before


def test_a_reader_that_hangs_is_ended_at_the_limit(
    reader: Callable[..., FileText], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "TIMEOUT_SECONDS", 1)
    began = time.monotonic()
    assert reader(SLEEP) == FileText(failure=Failure.TOO_LARGE_TO_READ)
    assert time.monotonic() - began >= 1


def test_a_reader_that_computes_for_ever_ends_by_itself(
    reader: Callable[..., FileText], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "TIMEOUT_SECONDS", 300)  # so that its own limit ends it, not the clock's
    assert reader(SPIN, before="file_text.CPU_SECONDS = 1") == FileText(failure=Failure.TOO_LARGE_TO_READ)


def test_what_a_reader_started_ends_with_it(reader: Callable[..., FileText]) -> None:
    fork = "import os, time\nchild = os.fork()\nif not child:\n    time.sleep(60)\nreturn str(child)"
    child = int(reader(fork).text)
    deadline = time.monotonic() + 5
    while _is_running(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _is_running(child)


def _is_running(process_id: int) -> bool:
    status = Path(f"/proc/{process_id}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize(
    "act",
    [
        "open('/etc/passwd')",
        "open('/tmp/written', 'w')",
        "import os; os.open('/', os.O_RDONLY)",
        "import os; os.pipe()",
        "import socket; socket.socket()",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')",
        "import subprocess; subprocess.run(['/bin/true'])",
    ],
)
def test_a_reader_opens_no_files_and_no_connections(reader: Callable[..., FileText], act: str) -> None:
    # `import socket` needs descriptors, too: it is there before the door is closed, as it might be by a library.
    tried = f"try:\n    {act}\nexcept OSError as error:\n    return f'refused {{error.errno}}'\nreturn 'it could'"
    before = "import os, socket, subprocess, urllib.request"
    said = reader(tried, before=before).text
    assert said in {"refused 24", "refused None"}, said


def test_a_reader_knows_nothing_of_us(reader: Callable[..., FileText], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOMETHING_SECRET", "that nobody tells")
    assert "SECRET_KEY" in os.environ
    said = reader("import os, sys\nreturn ' '.join([*os.environ, *sys.modules])").text.split()
    assert not {"SOMETHING_SECRET", "SECRET_KEY", "DATABASE_URL", "django", "domains"} & set(said)
    assert "LANG" in said
