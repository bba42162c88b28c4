"""What ECG carts and recorders write: SCP-ECG, HL7 aECG, GE MUSE XML, Philips Sierra XML, ISHNE; read by ecgdatakit."""

import functools
import importlib
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ecg_client.errors import UnreadableFileError
from ecg_client.formats.cart_extent import refuse_scp_extent, refuse_sierra_extent
from ecg_client.formats.channels import Channel, recording_of
from ecg_client.formats.file_format import GREATEST_FILE_BYTES, FileFormat, Stated, single
from ecg_client.formats.patients import patient_metadata
from ecg_client.recording import PatientMetadata, Recording

_GREATEST_XML_BYTES = 1 << 25
_GREATEST_SCP_BYTES = 1 << 22
_MICROSECONDS = 1e6
_ISHNE_MAGIC, _ISHNE_FAULT = b"ISHNE1.0", np.iinfo(np.int16).min
# The library tells a second lead of the same name by a number.
_REPEATED = re.compile(r"_\d+$")
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")

Check = Callable[[Path], None]


def _read(module: str, parser: str, check: Check, path: Path, _: Stated) -> Recording:
    """Reads the rhythm, its leads and what the contract wants to know of the patient."""
    check(path)
    exceptions = importlib.import_module("ecgdatakit.exceptions")
    parse = getattr(importlib.import_module(f"ecgdatakit.parsing.parsers.{module}"), parser)().parse
    # It warns of much that is of no interest here, and in words that may hold parts of the file.
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            record = parse(path)
        except exceptions.UnsupportedFormatError as error:
            problem = "a variant of its format that cannot be read; export it as another format"
            raise UnreadableFileError(path, problem) from error
    has_wrong_sum = any(issubclass(one.category, exceptions.ChecksumWarning) for one in caught)
    _refuse_short(record, path)
    return recording_of(
        [_channel(lead) for lead in record.leads],
        _sample_rate_hz(record, path),
        path,
        metadata=_metadata(record.patient),
        remarks=["its checksum is wrong: it may be damaged"] if has_wrong_sum else [],
    )


def _channel(lead: Any) -> Channel:
    name = _REPEATED.sub("", lead.label)
    samples = _digitised(lead.samples)
    if lead.is_raw:
        return Channel(name, samples, lead.resolution_unit, lead.resolution, lead.offset)
    return Channel(name, samples, lead.units)


def _digitised(samples: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    """The samples as the integers that they were in the file; NaN where a Holter notes a fault."""
    if not np.isfinite(samples).all() or (samples != np.rint(samples)).any():
        return samples
    if samples.size and abs(samples).max() < -_ISHNE_FAULT:
        return samples.astype(np.int32)
    return np.where(samples == _ISHNE_FAULT, np.nan, samples)


def _sample_rate_hz(record: Any, path: Path) -> float:
    """The rate, where the library rounds it as it stands in the file."""
    details = record.raw_metadata
    rates = {lead.sampling_rate for lead in record.leads}
    if len(rates) != 1 or len({lead.annotations.get("start_sample") for lead in record.leads}) > 1:
        raise UnreadableFileError(
            path, "its leads differ in rate or do not begin together; export it as another format"
        )
    exact = details.get("rhythm_time", {}).get("sampling_rate_exact")
    if details.get("rhythm_sample_interval_us"):
        exact = _MICROSECONDS / details["rhythm_sample_interval_us"]
    return float(exact or rates.pop())


def _refuse_short(record: Any, path: Path) -> None:
    """Holds what an ISHNE header declares, in samples of a lead or of all of them, against what there is."""
    declared, held = record.raw_metadata.get("ecg_size", 0), record.raw_metadata.get("samples_per_lead", 0)
    if declared > held and declared != held * len(record.leads):
        raise UnreadableFileError(path, f"{held} samples a lead, but its header says {declared} (a truncated copy?)")


def _metadata(patient: Any) -> PatientMetadata:
    return patient_metadata(
        age_years=None if patient.age is None else float(patient.age),
        sex=patient.sex,
        height_cm=patient.height,
        weight_kg=patient.weight,
        has_pacemaker=patient.has_pacemaker,
    )


def _trusting(_: Path) -> None:
    """The library holds what these files declare against what they have."""


def _format(
    name: str,
    suffix: str,
    recognises: Callable[[bytes, Path], bool],
    read: Callable[[Path, Stated], Recording],
    greatest_bytes: int = _GREATEST_XML_BYTES,
) -> FileFormat:
    modules = ("ecgdatakit", "defusedxml")
    return FileFormat(
        name, (suffix,), recognises, single(read), extra="cart", modules=modules, greatest_bytes=greatest_bytes
    )


def _has_element(pattern: str) -> Callable[[bytes, Path], bool]:
    element = re.compile(rf"<(?:[A-Za-z_][\w.-]*:)?{pattern}[\s>/]", re.IGNORECASE)

    def recognises(head: bytes, _: Path) -> bool:
        encoding = "utf-16" if head.startswith(_BYTE_ORDER_MARKS) else "utf-8"
        return element.search(head.decode(encoding, errors="ignore")) is not None

    return recognises


def _is_scp(head: bytes, _: Path) -> bool:
    # A sum, the size, section 0 of its own length, and in it first of all where section 0 itself begins.
    if len(head) < 32 or head[8:10] != b"\0\0":  # noqa: PLR2004 - up to the end of that pointer
        return False
    return head[22:24] == b"\0\0" and int.from_bytes(head[28:32], "little") == 7  # noqa: PLR2004 - counted from 1


def _is_ishne(head: bytes, _: Path) -> bool:
    return head.startswith(_ISHNE_MAGIC)


_read_ishne = functools.partial(_read, "ishne_holter", "ISHNEHolterParser", _trusting)
_read_scp = functools.partial(_read, "scp_ecg", "SCPECGParser", refuse_scp_extent)
_read_aecg = functools.partial(_read, "hl7_aecg", "HL7aECGParser", _trusting)
_read_muse = functools.partial(_read, "ge_muse_xml", "GEMuseXMLParser", _trusting)
_read_sierra = functools.partial(_read, "sierra_xml", "SierraXMLParser", refuse_sierra_extent)

CART_FORMATS = (
    _format("ISHNE", ".ecg", _is_ishne, _read_ishne, GREATEST_FILE_BYTES),
    _format("SCP-ECG", ".scp", _is_scp, _read_scp, _GREATEST_SCP_BYTES),
    _format("HL7 aECG", ".xml", _has_element("AnnotatedECG"), _read_aecg),
    _format("GE MUSE XML", ".xml", _has_element("RestingECG"), _read_muse),
    _format("Philips Sierra XML", ".xml", _has_element("restingecgdata"), _read_sierra),
)
