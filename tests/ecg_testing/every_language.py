"""What the client of every language does: its example program `ecg-classify`, run against real servers.

A test module of a language has a fixture `program`, which builds it, and a class that derives from `EveryLanguage`.

::

    ecg-classify [--address HOST:PORT] [--ca FILE] [--token-file FILE] FILE.hea
    ecg-classify [--address HOST:PORT] [--ca FILE] [--token-file FILE] --stream FOLDER

It prints a JSON object a line, in the order of the paths::

    {"recording": PATH without .hea, "probabilities": {CODE: NUMBER}, "findings": [CODE], "warnings": [CODE],
     "model": "NAME VERSION"}
    {"recording": PATH without .hea, "error": {"code": "INVALID_ARGUMENT", "reason": REASON, "message": TEXT,
     "field_violations": [{"field": PATH, "description": TEXT}]}}

The recording's id is the name of the record. Samples go as int16 where all leads have one gain, no baseline and no
missing sample (-32768), otherwise as float32; always packed. What the comments of the header say of the patient goes
with them: `# Age: 61`, sex, height, weight, pacemaker. A stream has 16 recordings to the message, or as many as make
4 MiB.

It ends with 0 when all were classified, with 1 when some were not (a file that cannot be read has the reason
UNREADABLE_FILE), with 2 when it was called wrongly or its output cannot be written, with 3 when there is no service or
it ended the call, and with 141, in silence, when whoever read its output has gone (or by the signal that says so).
"""

import os
import signal
from pathlib import Path
from typing import Any

import grpc
import pytest

from ecg_testing.classify_program import ClassifyProgram
from ecg_testing.fake_service import FakeService
from ecg_testing.guarded_process import GuardedServer
from ecg_testing.patient_comments import COMMENTS, write_commented_records
from ecg_testing.ports import free_port
from ecg_testing.processes import ServerProcess
from ecg_testing.python_answers import UNREADABLE, probabilities, python_answers
from ecg_testing.wfdb_folder import millivolts_of, write_record

Lines = list[dict[str, Any]]

TOLERANCE = 1e-6
MESSAGE = 16
WRONG_USAGE = 2
# Some are ended by the signal, which a shell shows as the same number.
NO_READER = (128 + signal.SIGPIPE, -signal.SIGPIPE)


class EveryLanguage:
    """The tests of a client; each language has its own."""

    def test_a_folder_is_streamed(
        self, program: ClassifyProgram, default_server: ServerProcess, wfdb_folder: Path, wfdb_answers: Lines
    ) -> None:
        """Sorted, recursively: Python's answer for each, in order; what cannot be read or is refused stops nothing."""
        outcome = program.run("--address", default_server.address, "--stream", wfdb_folder)

        assert (outcome.status, outcome.complaint) == (1, "")
        assert [line["recording"] for line in outcome.lines] == [line["recording"] for line in wfdb_answers]
        _assert_equal(outcome.lines, wfdb_answers)
        reasons = [line["error"]["reason"] for line in outcome.lines if "error" in line]
        assert reasons == [UNREADABLE, "SAMPLE_COUNT_UNSUPPORTED", UNREADABLE, "SAMPLE_NOT_FINITE"]

    def test_all_is_well(
        self, program: ClassifyProgram, default_server: ServerProcess, wfdb_folder: Path, wfdb_answers: Lines
    ) -> None:
        """The exit code is 0 when all were classified."""
        outcome = program.run("--address", default_server.address, "--stream", wfdb_folder / "plain")

        assert (outcome.status, outcome.complaint) == (0, "")
        _assert_equal(outcome.lines, wfdb_answers[: len(outcome.lines)])
        assert len(outcome.lines) == 18

    @pytest.mark.parametrize(
        "name", ["plain/00007_lr", "special/a-500-hz", "special/b-gains-and-baselines", "special/c-microvolts"]
    )
    def test_a_file_is_classified(
        self,
        program: ClassifyProgram,
        default_server: ServerProcess,
        wfdb_folder: Path,
        wfdb_answers: Lines,
        name: str,
    ) -> None:
        """By one call; gain, baseline and unit are taken as the header has them."""
        outcome = program.run("--address", default_server.address, wfdb_folder / f"{name}.hea")

        assert (outcome.status, outcome.complaint) == (0, "")
        _assert_equal(outcome.lines, [_answer_of(wfdb_folder / name, wfdb_answers)])

    def test_a_refused_recording_says_why(
        self, program: ClassifyProgram, default_server: ServerProcess, wfdb_folder: Path, wfdb_answers: Lines
    ) -> None:
        """Reason and fields come from the details of the status, and are those that a stream has in its result."""
        stem = wfdb_folder / "special/e-too-short"
        outcome = program.run("--address", default_server.address, f"{stem}.hea")

        assert (outcome.status, outcome.complaint) == (1, "")
        assert outcome.lines == [_answer_of(stem, wfdb_answers)]
        assert outcome.lines[0]["error"]["code"] == "INVALID_ARGUMENT"
        assert len(outcome.lines[0]["error"]["field_violations"]) == 1

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("d-cut-off", ("d-cut-off.dat", "20000", "24000")),
            ("f-no-header", ("f-no-header.hea", "line 1")),
            ("not-there", ("not-there.hea",)),
        ],
    )
    def test_a_file_that_cannot_be_read_says_why(
        self, program: ClassifyProgram, default_server: ServerProcess, wfdb_folder: Path, name: str, words: list[str]
    ) -> None:
        """The message names the file and what is wrong: how many bytes there are and should be, or the line."""
        stem = wfdb_folder / "special" / name
        outcome = program.run("--address", default_server.address, f"{stem}.hea")

        assert (outcome.status, outcome.complaint) == (1, "")
        (line,) = outcome.lines
        message = line["error"].pop("message")
        assert line == {
            "recording": str(stem),
            "error": {"code": "INVALID_ARGUMENT", "reason": UNREADABLE, "field_violations": []},
        }
        assert all(word in message for word in words)

    @pytest.mark.parametrize("is_stream", [False, True])
    def test_nobody_there(self, program: ClassifyProgram, wfdb_folder: Path, *, is_stream: bool) -> None:
        """One line on standard error with the address and a remedy; no line on standard output."""
        address = f"127.0.0.1:{free_port()}"
        outcome = program.run("--address", address, *_what(wfdb_folder / "plain", is_stream=is_stream))

        assert (outcome.status, outcome.lines) == (3, [])
        assert address in outcome.complaint
        assert "--address" in outcome.complaint
        assert outcome.complaint.count("\n") == 1

    @pytest.mark.parametrize("is_stream", [False, True])
    def test_a_token_over_tls(
        self,
        program: ClassifyProgram,
        guarded_server: GuardedServer,
        wfdb_folder: Path,
        wfdb_answers: Lines,
        *,
        is_stream: bool,
    ) -> None:
        """The server's certificate is checked against the authority, and the token travels with the call."""
        what = _what(wfdb_folder / "plain", is_stream=is_stream)
        address = ("--address", guarded_server.address, "--ca", guarded_server.authority)
        outcome = program.run(*address, "--token-file", guarded_server.token_file, *what)

        assert (outcome.status, outcome.complaint) == (0, "")
        _assert_equal(outcome.lines, wfdb_answers[: len(outcome.lines)])

        outcome = program.run(*address, *what)
        assert (outcome.status, outcome.lines) == (3, [])
        assert "UNAUTHENTICATED" in outcome.complaint
        assert "--token-file" in outcome.complaint

    def test_a_server_that_nobody_vouches_for(
        self, program: ClassifyProgram, guarded_server: GuardedServer, wfdb_folder: Path
    ) -> None:
        """Is not called."""
        what = _what(wfdb_folder / "plain", is_stream=False)
        outcome = program.run("--address", guarded_server.address, "--ca", guarded_server.other_authority, *what)

        assert (outcome.status, outcome.lines) == (3, [])
        assert "--ca" in outcome.complaint

    def test_a_token_is_not_sent_in_plain_text(
        self, program: ClassifyProgram, guarded_server: GuardedServer, wfdb_folder: Path
    ) -> None:
        """To another machine, that is; and it is not shown."""
        what = _what(wfdb_folder / "plain", is_stream=False)
        token = ("--token-file", guarded_server.token_file)
        outcome = program.run("--address", "ecg.example.org:443", *token, *what)

        assert (outcome.status, outcome.lines) == (2, [])
        assert "--ca" in outcome.complaint
        assert guarded_server.token_file.read_text(encoding="ascii").strip() not in outcome.complaint

    @pytest.mark.parametrize(
        "arguments",
        [
            [],
            ["a.hea", "b.hea"],
            ["--stream", "{folder}", "a.hea"],
            ["--no-such-flag", "a.hea"],
            ["--stream", "{folder}/not-there"],
            ["--stream", "{folder}/empty"],
            ["--address", "http://127.0.0.1:50051", "a.hea"],
            ["--ca", "{folder}/not-there", "a.hea"],
            ["--token-file", "{folder}/not-there", "a.hea"],
            ["--token-file", "{folder}/blank", "a.hea"],
        ],
        ids=lambda arguments: " ".join(arguments) or "none",
    )
    def test_wrong_usage(self, program: ClassifyProgram, tmp_path: Path, arguments: list[str]) -> None:
        """Is told on standard error before anything is sent."""
        (tmp_path / "empty").mkdir()
        (tmp_path / "blank").write_text("\n", encoding="ascii")
        outcome = program.run(*(argument.format(folder=tmp_path) for argument in arguments))

        assert (outcome.status, outcome.lines) == (2, [])
        assert outcome.complaint.strip()

    def test_a_folder_is_sent_in_messages(
        self, program: ClassifyProgram, fake_service: FakeService, fake_address: str, wfdb_folder: Path
    ) -> None:
        """Over one stream, sixteen recordings a message, each named after its file, int16 where that says all."""
        program.run("--address", fake_address, "--stream", wfdb_folder)

        assert fake_service.calls == 1
        sizes = [len(group) for group in fake_service.groups]
        assert sizes == [MESSAGE, MESSAGE, 42 - 2 * MESSAGE]
        sent = {one.recording_id: one for group in fake_service.groups for one in group}
        plain, uneven = sent["00000_lr"], sent["b-gains-and-baselines"]
        assert (plain.sample_rate_hz, plain.packed_signal.microvolts_per_unit) == (100, 1)
        assert len(plain.packed_signal.samples) == 24_000
        assert len(uneven.packed_signal.samples) == 48_000

    def test_what_a_header_says_of_the_patient_is_sent(
        self, program: ClassifyProgram, fake_service: FakeService, fake_address: str, tmp_path: Path
    ) -> None:
        """As the Python client reads it from the comments; what is not known, or cannot be, is not sent."""
        write_commented_records(tmp_path)
        outcome = program.run("--address", fake_address, "--stream", tmp_path)

        assert (outcome.status, outcome.complaint) == (0, "")
        sent = {one.recording_id: one.metadata for group in fake_service.groups for one in group}
        assert sent == {name: metadata for name, (_, metadata) in COMMENTS.items()}

    def test_long_recordings_fill_a_message(
        self, program: ClassifyProgram, fake_service: FakeService, fake_address: str, tmp_path: Path
    ) -> None:
        """A message is closed once it holds 4 MiB: sixteen of the longest are more than a service takes."""
        for name in ("a", "b", "c"):
            write_record(tmp_path / name, millivolts_of(0, 500, 300), "500")
        program.run("--address", fake_address, "--stream", tmp_path)

        assert [len(group) for group in fake_service.groups] == [2, 1]

    def test_a_call_is_made_again(
        self, program: ClassifyProgram, fake_service: FakeService, fake_address: str, wfdb_folder: Path
    ) -> None:
        """Where the service is unavailable for a moment."""
        fake_service.failures.extend([grpc.StatusCode.UNAVAILABLE] * 2)
        outcome = program.run("--address", fake_address, *_what(wfdb_folder / "plain", is_stream=False))

        assert (outcome.status, fake_service.calls) == (0, 3)

    def test_a_long_recording_is_sent_again_too(
        self, program: ClassifyProgram, fake_service: FakeService, fake_address: str, tmp_path: Path
    ) -> None:
        """A message may be of megabytes, in either direction."""
        write_record(tmp_path / "long", millivolts_of(0, 500, 600), "500")
        fake_service.failures.append(grpc.StatusCode.UNAVAILABLE)
        outcome = program.run("--address", fake_address, tmp_path / "long.hea")

        assert (outcome.status, fake_service.calls) == (0, 2)

    def test_an_answer_may_be_large(
        self, program: ClassifyProgram, long_winded_address: str, wfdb_folder: Path
    ) -> None:
        """By itself grpc would take no more than 4 MiB."""
        for is_stream in (False, True):
            what = _what(wfdb_folder / "plain", is_stream=is_stream)
            outcome = program.run("--address", long_winded_address, *what)
            assert (outcome.status, outcome.complaint) == (0, "")

    @pytest.mark.parametrize("code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED])
    def test_a_stream_that_is_cut(
        self,
        program: ClassifyProgram,
        fake_service: FakeService,
        fake_address: str,
        wfdb_folder: Path,
        code: grpc.StatusCode,
    ) -> None:
        """What was answered before is printed; then it is told that, and how, the call ended."""
        if code is grpc.StatusCode.UNAVAILABLE:
            fake_service.cuts.append(7)
        else:
            fake_service.failures.append(code)
        outcome = program.run("--address", fake_address, "--stream", wfdb_folder / "plain")

        assert outcome.status == 3
        assert len(outcome.lines) == (7 if code is grpc.StatusCode.UNAVAILABLE else 0)
        assert fake_address in outcome.complaint
        assert code.name in outcome.complaint

    def test_a_stream_that_ends_too_early(self, program: ClassifyProgram, fake_address: str, tmp_path: Path) -> None:
        """Well, but without all answers: that is no success."""
        for name in ("a", "b", "end", "x"):
            write_record(tmp_path / name, millivolts_of(0))
        outcome = program.run("--address", fake_address, "--stream", tmp_path)

        assert (outcome.status, len(outcome.lines)) == (3, 2)
        assert "2 of 4" in outcome.complaint

    @pytest.mark.parametrize("is_stream", [False, True])
    def test_output_that_cannot_be_written(
        self, program: ClassifyProgram, fake_address: str, wfdb_folder: Path, *, is_stream: bool
    ) -> None:
        """Is told in one line on standard error: a full disk is no success."""
        what = _what(wfdb_folder / "plain", is_stream=is_stream)
        with Path("/dev/full").open("wb") as full:
            status, complaint = program.run_into(full, "--address", fake_address, *what)

        assert status == WRONG_USAGE
        assert "output" in complaint
        assert complaint.count("\n") == 1

    def test_output_that_nobody_reads(self, program: ClassifyProgram, fake_address: str, wfdb_folder: Path) -> None:
        """Ends it as it ends others, in silence."""
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, "wb") as pipe:
            status, complaint = program.run_into(pipe, "--address", fake_address, "--stream", wfdb_folder / "plain")

        assert (status in NO_READER, complaint) == (True, "")

    def test_ptbxl(
        self, program: ClassifyProgram, default_server: ServerProcess, ptbxl_small: Path, tmp_path: Path
    ) -> None:
        """Real records, as published."""
        folder = tmp_path / "records"
        for header in sorted(ptbxl_small.glob("records100/*/*.hea"))[:40] + sorted(ptbxl_small.rglob("*_hr.hea"))[:10]:
            link = folder / header.relative_to(ptbxl_small)
            link.parent.mkdir(parents=True, exist_ok=True)
            for suffix in (".hea", ".dat"):
                link.with_suffix(suffix).write_bytes(header.with_suffix(suffix).read_bytes())
        outcome = program.run("--address", default_server.address, "--stream", folder)

        assert (outcome.status, outcome.complaint) == (0, "")
        assert len(outcome.lines) > 40
        _assert_equal(outcome.lines, python_answers(default_server.address, folder))


def _what(folder: Path, *, is_stream: bool) -> list[str | Path]:
    return ["--stream", folder] if is_stream else [folder / "00000_lr.hea"]


def _answer_of(stem: Path, answers: Lines) -> dict[str, Any]:
    return next(line for line in answers if line["recording"] == str(stem))


def _assert_equal(lines: Lines, answers: Lines) -> None:
    """All is equal but probabilities, which are so to 1e-6; of a file that cannot be read only the reason is."""
    got, expected = list(probabilities(lines)), list(probabilities(answers))
    assert [one[:2] for one in got] == [one[:2] for one in expected]
    assert [one[2] for one in got] == pytest.approx([one[2] for one in expected], abs=TOLERANCE, rel=0)
    assert [_without_numbers(line) for line in lines] == [_without_numbers(line) for line in answers]


def _without_numbers(line: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in line.items() if key != "probabilities"}
    if kept.get("error", {}).get("reason") == UNREADABLE:
        kept["error"] = {"reason": UNREADABLE}
    return kept
