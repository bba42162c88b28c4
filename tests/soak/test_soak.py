"""A short soak of real servers, and that a soak finds what it is there to find."""

import dataclasses
import os
import random
import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import grpc
import pytest
from soak.account import Account, Outcome
from soak.bundles import BundleFolder, Model
from soak.ledger import Ledger
from soak.load import LONG_TIMEOUT_S, Load, StreamPlan
from soak.report import Report
from soak.samples import Sample, make_samples

from ecg_client import RecordingResult, ServiceUnavailableError
from ecg_client.prediction import ClassPrediction, ModelVersion, Prediction, RecordingError

ROOT = Path(__file__).resolve().parents[2]
FLAWLESS = r"; lost 0, duplicated 0, out of order 0, wrong 0, computed after deadline 0, unforeseen 0, memory growth "


def test_a_short_soak_finds_nothing() -> None:
    """Faults were injected, recordings were answered, and the last line says that all is well."""
    command = [sys.executable, "-m", "soak", "--minutes", "0.2"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(["tests", os.environ.get("PYTHONPATH", "")])}
    finished = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)  # noqa: S603 - our own
    last = finished.stdout.splitlines()[-1]
    assert FLAWLESS in last, finished.stdout + finished.stderr
    assert finished.returncode == 0
    sent, answered = (int(number.replace(",", "")) for number in re.findall(r"(?:sent|answered once) ([\d,]+)", last))
    assert sent > answered > 0


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sample, ...]:
    """All samples."""
    return make_samples(BundleFolder(tmp_path_factory.mktemp("bundles")))


class Followed:
    """A stream of a few samples, all sent, whose results the test makes up."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self.account = Account(lambda _: None)
        self.results = [right(sample, number) for number, sample in enumerate(samples)]
        self._ledger = Ledger(iter(samples), len(samples), "", self.account)
        assert len(list(self._ledger.recordings())) == len(samples)

    def end(self, results: Sequence[RecordingResult]) -> dict[Outcome, int]:
        """Return what is counted after these results."""
        for result in results:
            self._ledger.add(result)
        self._ledger.end(Outcome.LOST)
        return {outcome: self.account[outcome] for outcome in Outcome if self.account[outcome]}


def right(sample: Sample, number: int, version: str = "7.plain") -> RecordingResult:
    """Return a right result for a sample."""
    if sample.reason:
        error = RecordingError(grpc.StatusCode.INVALID_ARGUMENT, sample.reason, "")
        return RecordingResult(str(number), number, error=error)
    classes = tuple(ClassPrediction("", "", one, 0.5, is_positive=False) for one in sample.probabilities[Model.PLAIN])
    return RecordingResult(str(number), number, prediction=Prediction("", classes, ModelVersion("", version, "")))


@pytest.fixture
def followed(samples: tuple[Sample, ...]) -> Followed:
    """A stream of three good recordings and a bad one."""
    return Followed([*samples[:3], samples[-1]])


def renumbered(results: Sequence[RecordingResult]) -> list[RecordingResult]:
    """Return results as a server numbers them, which counts what it gives."""
    return [dataclasses.replace(result, sequence_number=number) for number, result in enumerate(results)]


def test_right_results_are_no_defects(followed: Followed) -> None:
    """A bad recording's error is right too."""
    assert followed.end(followed.results) == {Outcome.ANSWERED: 3, Outcome.REFUSED: 1}
    assert followed.account.is_flawless


def test_a_recording_that_is_passed_over_is_lost(followed: Followed) -> None:
    """And no other is counted for it."""
    counts = followed.end(renumbered([followed.results[0], *followed.results[2:]]))
    assert counts == {Outcome.ANSWERED: 2, Outcome.REFUSED: 1, Outcome.LOST: 1}
    assert not followed.account.is_flawless


def test_the_last_recording_may_be_lost(followed: Followed) -> None:
    """A stream that ends without it ends too early."""
    assert followed.end(followed.results[:3]) == {Outcome.ANSWERED: 3, Outcome.LOST: 1}


def test_a_second_answer_is_a_duplicate(followed: Followed) -> None:
    """The recording has been answered once as well."""
    first, second, *others = followed.results
    counts = followed.end(renumbered([first, second, second, *others]))
    assert counts == {Outcome.ANSWERED: 3, Outcome.REFUSED: 1, Outcome.DUPLICATED: 1}
    assert not followed.account.is_flawless


def test_results_that_change_places_are_out_of_order(followed: Followed) -> None:
    """That which comes too late."""
    first, second, third, fourth = followed.results
    counts = followed.end(renumbered([first, third, second, fourth]))
    assert counts == {Outcome.ANSWERED: 2, Outcome.REFUSED: 1, Outcome.OUT_OF_ORDER: 1}
    assert not followed.account.is_flawless


def test_answers_of_another_recording_are_wrong(followed: Followed) -> None:
    """Probabilities that belong to the next one, an answer to a bad one, a refusal of a good one."""
    first, second, third, fourth = followed.results
    swapped = [
        dataclasses.replace(first, prediction=second.prediction),
        second,
        dataclasses.replace(third, prediction=None, error=fourth.error),
        dataclasses.replace(fourth, prediction=third.prediction, error=None),
    ]
    assert followed.end(swapped) == {Outcome.ANSWERED: 1, Outcome.WRONG: 3}
    assert not followed.account.is_flawless


@pytest.mark.parametrize("version", ["7.tilted", "7.broken", "7.canary", ""])
def test_an_answer_of_another_model_is_wrong(samples: tuple[Sample, ...], version: str) -> None:
    """Of the other calibration, of a bundle that was to be refused, of one that was not asked for."""
    assert Followed(samples[:1]).end([right(samples[0], 0, version)]) == {Outcome.WRONG: 1}


def test_what_is_not_accounted_for_is_a_defect() -> None:
    """A recording that was sent, of which nothing is known, is no success."""
    account = Account(lambda _: None)
    account.send(2)
    account.note(Outcome.ANSWERED)
    assert account.unaccounted == 1
    assert not account.is_flawless


@pytest.mark.parametrize(
    ("change", "is_flawless"),
    [
        ({}, True),
        ({"computed_late": 1}, False),
        ({"unforeseen": 1}, False),
        ({"growth_percent": 5.0}, False),
        ({"growth_percent": 5.0, "seconds": 20.0}, True),
    ],
)
def test_what_a_report_lets_pass(change: dict[str, float], *, is_flawless: bool) -> None:
    """Nothing computed in vain, nothing unforeseen, no growth; of a short soak growth cannot be judged."""
    account = Account(lambda _: None)
    account.send()
    account.note(Outcome.ANSWERED)
    flawless = Report(account, computed_late=0, drained=4, unforeseen=0, growth_percent=4.9, seconds=600.0)
    assert dataclasses.replace(flawless, **change).is_flawless is is_flawless


@pytest.mark.parametrize(
    ("counts", "is_flawless"),
    [
        ({Outcome.ANSWERED: 4, Outcome.REFUSED: 1, Outcome.UNREACHED: 5}, True),
        ({Outcome.ANSWERED: 4, Outcome.UNREACHED: 5}, False),
        ({Outcome.ANSWERED: 1, Outcome.BUSY: 1, Outcome.LATE: 1, Outcome.LEFT: 1}, False),
        ({Outcome.UNREACHED: 10}, False),
        ({}, False),
    ],
)
def test_a_report_lets_no_server_pass_that_hardly_answers(counts: dict[Outcome, int], *, is_flawless: bool) -> None:
    """However good the excuse is that each recording has."""
    account = Account(lambda _: None)
    for outcome, count in counts.items():
        account.send(count)
        account.note(outcome, count)
    report = Report(account, computed_late=0, drained=4, unforeseen=0, growth_percent=0.0, seconds=600.0)
    assert account.is_flawless
    assert report.is_flawless is is_flawless


@pytest.mark.parametrize(
    ("reason", "of_a_call", "of_a_stream"),
    [
        ("", Outcome.UNREACHED, Outcome.UNREACHED),
        ("SHUTTING_DOWN", Outcome.UNREACHED, Outcome.UNREACHED),
        ("MODEL_NOT_READY", Outcome.UNREACHED, Outcome.UNREACHED),
        ("UNHEALTHY", Outcome.WRONG, Outcome.LOST),
    ],
)
def test_only_a_restart_excuses_an_unavailable_server(
    samples: tuple[Sample, ...], reason: str, of_a_call: Outcome, of_a_stream: Outcome
) -> None:
    """No fault that is injected makes one unhealthy."""
    error = ServiceUnavailableError(grpc.StatusCode.UNAVAILABLE, "", reason)
    account = Account(lambda _: None)
    load = Load("", samples, account, threading.Event(), random.Random(0))  # noqa: S311 - not secret
    load.note_refusal(samples[0], error, LONG_TIMEOUT_S)
    assert account[of_a_call] == 1

    account = Account(lambda _: None)
    ledger = Ledger(iter(samples[:3]), 3, "", account)
    assert len(list(ledger.recordings())) == 3
    StreamPlan(ledger, "", 4, 0.0, None).end(error)
    assert account[of_a_stream] == 3
