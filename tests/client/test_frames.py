"""DataFrames in and out, blocking and asynchronous."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ecg.v1 import recording_pb2
from ecg_client import AsyncEcgClient, EcgClient, InfarctionStage, InvalidFrameError, ServiceError, Sex
from ecg_client.tables.rows import columns
from ecg_testing.ecg_files import made_up_microvolts
from ecg_testing.ecg_files.dicom import FILES as DICOM_FILES
from ecg_testing.ecg_files.tables import write_csv
from ecg_testing.fake_service import CLASS_CODES, FakeService

PredictFrame = Callable[..., pd.DataFrame]


@pytest.fixture(params=["blocking", "asynchronous"])
def predict_frame(request: pytest.FixtureRequest, address: str) -> PredictFrame:
    """`predict_frame` of either client."""
    if request.param == "blocking":
        return _predict_blocking(address)

    async def predict(*arguments: Any, **options: Any) -> pd.DataFrame:
        async with AsyncEcgClient(address) as client:
            return await client.predict_frame(*arguments, **options)

    return lambda *arguments, **options: asyncio.run(predict(*arguments, **options))


def _predict_blocking(address: str) -> PredictFrame:
    def predict(*arguments: Any, **options: Any) -> pd.DataFrame:
        with EcgClient(address) as client:
            return client.predict_frame(*arguments, **options)

    return predict


def _signal(*first: float, leads: int = 12) -> np.ndarray:
    signal = np.zeros((1000, leads))
    signal[0, : len(first)] = first
    return signal


def _sent(service: FakeService) -> list[recording_pb2.Recording]:
    return [recording for group in service.groups for recording in group]


def test_signals_are_classified(predict_frame: PredictFrame) -> None:
    """The index is that of the frame; the columns are those of every table, whatever happened."""
    frame = pd.DataFrame(
        {"signal": [_signal(0.9), _signal(0.25, 0.75)], "sample_rate_hz": [100, 100], "ward": ["7", "8"]},
        index=pd.Index(["a", "b"], name="visit"),
    )
    predictions = predict_frame(frame)
    assert predictions.index.equals(frame.index)
    assert list(predictions.columns) == list(columns(CLASS_CODES))
    assert predictions["NORM_probability"].tolist() == [0.9, 0.25]
    assert predictions["findings"].tolist() == ["NORM", "MI"]
    assert predictions["reason"].isna().all()
    assert predictions["MI_is_positive"].tolist() == [False, True]
    assert predict_frame(frame.iloc[:0]).dtypes.equals(predictions.dtypes)


def test_what_is_known_of_the_patient_is_sent(predict_frame: PredictFrame, service: FakeService) -> None:
    """What is missing is unknown, however that is written; other columns are left alone."""
    frame = pd.DataFrame({"signal": [_signal(0.9)] * 3, "name": "Jane Doe"})
    frame["age_years"] = [61, None, 0]
    frame["sex"] = ["Female", pd.NA, Sex.MALE]
    frame["height_cm"] = [171.5, np.nan, None]
    frame["weight_kg"] = ["80", "", "70.5"]
    frame["weight_kg"] = frame["weight_kg"].replace("", None)
    frame["has_pacemaker"] = [True, None, 0]
    frame["first_infarction_stage"] = ["II-III", None, InfarctionStage.UNKNOWN]
    frame["recording_id"] = ["x", None, 7]
    predictions = predict_frame(frame, sample_rate_hz=100)
    assert predictions["reason"].isna().all()
    first, second, third = _sent(service)
    told = first.metadata
    assert (told.age_years, told.sex, told.height_cm, told.weight_kg) == (61, recording_pb2.SEX_FEMALE, 171.5, 80)
    assert (told.has_pacemaker, told.first_infarction_stage) == (True, recording_pb2.INFARCTION_STAGE_II_III)
    assert second.metadata == recording_pb2.PatientMetadata()
    assert (third.metadata.age_years, third.metadata.HasField("age_years")) == (0, True)
    assert [one.recording_id for one in (first, second, third)] == ["x", "", "7"]
    assert b"Jane" not in b"".join(one.SerializeToString() for one in _sent(service))


def test_what_cannot_be_classified_is_a_row_with_its_reason(predict_frame: PredictFrame) -> None:
    """Of files, of the frame and of the service alike; those around it are answered."""
    usual, few = _signal(0.9), _signal(0.9, leads=5)
    frame = pd.DataFrame(
        {
            "signal": [None, usual, usual, usual, few, usual, usual],
            "sample_rate_hz": [100, None, 100, 100, 100, 0, 100],
            "sex": [None, None, 1, None, None, None, None],
            "age_years": [None, None, None, "Jane Doe", None, None, None],
        }
    )
    predictions = predict_frame(frame)
    assert predictions["reason"].tolist()[:6] == [*["INVALID_RECORDING"] * 5, "SAMPLE_RATE_NOT_POSITIVE"]
    assert predictions["reason"].isna()[6]
    for number, words in enumerate(
        (
            "signal is missing",
            "sample_rate_hz is missing",
            "sex is none of m, male",
            "age_years is no number",
            "12 leads",
        )
    ):
        assert words in predictions["message"][number]
    assert not predictions["message"].str.contains("Jane").any()
    assert predictions["NORM_probability"].isna().tolist() == [True] * 6 + [False]


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("signal", [[1.0, 2.0], [3.0]], "signal is no array [sample, lead]"),
        ("signal", "Jane Doe", "signal has shape ()"),
        ("lead_names", 5, "lead_names is no list of leads"),
        ("lead_names", [["I"]] * 12, "lead_names has ['I'], which is none of I, II"),
        ("has_pacemaker", np.zeros(2), "has_pacemaker is neither true nor false"),
        ("has_pacemaker", [True], "has_pacemaker is neither true nor false"),
        ("sample_rate_hz", np.zeros(2), "sample_rate_hz is no number"),
        pytest.param("age_years", 10**400, "age_years is no number", id="beyond any float"),
        ("sex", np.zeros(2), "sex is none of m, male"),
        ("first_infarction_stage", ["I"], "first_infarction_stage is none of"),
    ],
)
def test_a_cell_of_any_kind_ends_nothing(predict_frame: PredictFrame, column: str, cell: Any, words: str) -> None:
    """Its row says what is wrong with it; the one after it is answered."""
    frame = pd.DataFrame({"signal": [_signal(0.9)] * 2, "sample_rate_hz": [100, 100]}, dtype=object)
    frame[column] = pd.Series([cell, frame[column][1] if column in frame else None], dtype=object)
    predictions = predict_frame(frame)
    assert predictions["reason"].isna().tolist() == [False, True]
    assert (predictions["reason"][0], words in predictions["message"][0]) == ("INVALID_RECORDING", True)
    assert predictions["NORM_probability"][1] == 0.9


@pytest.mark.parametrize(
    ("cell", "reason", "words"),
    [
        (5, "INVALID_RECORDING", "path is no text"),
        (["a.csv"], "INVALID_RECORDING", "path is no text"),
        (b"a.csv", "INVALID_RECORDING", "path is no text"),
        ("a\0b", "UNREADABLE_FILE", "no such file"),
        pytest.param("a" * 5000, "UNREADABLE_FILE", "File name too long", id="too long"),
    ],
)
def test_a_path_of_any_kind_ends_nothing(
    predict_frame: PredictFrame, tmp_path: Path, cell: Any, reason: str, words: str
) -> None:
    """Nor does one that no file can have."""
    write_csv(tmp_path / "a.csv", made_up_microvolts())
    predictions = predict_frame(pd.DataFrame({"path": [cell, tmp_path / "a.csv"]}))
    assert (predictions["reason"][0], words in predictions["message"][0]) == (reason, True)
    assert pd.isna(predictions["reason"][1])


def test_a_file_that_cannot_be_opened_says_why(predict_frame: PredictFrame, tmp_path: Path) -> None:
    """Whichever of its recordings is wanted."""
    (tmp_path / "a.npz").write_bytes(b"nothing of the kind")
    predictions = predict_frame(pd.DataFrame({"path": [tmp_path / "a.npz"], "number": [3]}))
    assert "not an .npz file" in predictions["message"][0]


def test_files_are_read(predict_frame: PredictFrame, service: FakeService, tmp_path: Path) -> None:
    """Of any format; what the frame knows of the patient goes before what a file says."""
    write_csv(tmp_path / "a.csv", made_up_microvolts())
    DICOM_FILES[0].write(tmp_path / "b.dcm", made_up_microvolts())
    np.savez(tmp_path / "c.npz", X_test=np.zeros((3, 7)), Y_test=np.stack([_signal(0.1 * one) for one in range(3)]))
    names = ["a.csv", "b.dcm", "c.npz", "c.npz", "c.npz", "gone.hea"]
    frame = pd.DataFrame({"path": [tmp_path / name for name in names], "number": [None, None, 2, 3, None, None]})
    frame["age_years"] = [None, 30, None, None, None, None]
    predictions = predict_frame(frame)
    assert [one.metadata.age_years for one in _sent(service)] == [0, 30, 0]
    assert [one.recording_id for one in _sent(service)] == ["a", "b", "2"]
    assert predictions["NORM_probability"][2] == 0.2
    assert predictions["path"].tolist()[:3] == [str(tmp_path / name) for name in names[:3]]
    assert predictions["reason"].isna().tolist() == [True] * 3 + [False] * 3
    assert "number is 3, but it holds 3 recording(s)" in predictions["message"][3]
    assert "it holds 3 recordings; a column `number` says which" in predictions["message"][4]
    assert predictions["message"][5] == "there is no such file"


def test_leads_and_integers_of_any_kind(predict_frame: PredictFrame, service: FakeService) -> None:
    """Eight leads are the independent ones; others are named; integers say their unit."""
    eight = _signal(0.9, leads=8)
    frame = pd.DataFrame({"signal": [eight, eight, (1000 * eight).astype(np.int16)]})
    frame["lead_names"] = [None, ["II", "I", "V1", "V2", "V3", "V4", "V5", "V6"], None]
    frame["microvolts_per_unit"] = [None, None, 1.0]
    predictions = predict_frame(frame, sample_rate_hz=100)
    assert predictions["reason"].isna().all()
    assert [list(one.packed_signal.lead_names)[:3] for one in _sent(service)] == [[1, 2, 7], [2, 1, 7], [1, 2, 7]]
    assert predictions["NORM_probability"].tolist() == [0.9, 0.9, 0.9]


@pytest.mark.parametrize(
    ("frame", "remedy"),
    [
        (pd.DataFrame({"file": ["a"]}), "needs a column `path`"),
        (pd.DataFrame({"path": ["a"], "signal": ["b"]}), "give one of them"),
        (pd.DataFrame([["a", "b"]], columns=["path", "path"]), "has 2 columns called path"),
        ([{"path": "a"}], "takes a pandas DataFrame, not a list"),
    ],
)
def test_a_frame_that_says_nothing_is_refused(
    predict_frame: PredictFrame, service: FakeService, frame: pd.DataFrame, remedy: str
) -> None:
    """Before anything is sent, with the remedy."""
    with pytest.raises(InvalidFrameError, match=remedy):
        predict_frame(frame)
    assert service.calls == 0


def test_a_service_that_ends_the_stream_is_an_error(predict_frame: PredictFrame, service: FakeService) -> None:
    """A frame with half of the answers would look like a whole one."""
    service.token = "another"  # noqa: S105 - nobody's
    with pytest.raises(ServiceError):
        predict_frame(pd.DataFrame({"signal": [_signal(0.9)], "sample_rate_hz": 100}))
