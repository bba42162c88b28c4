"""GE MUSE XML as restecg.dtd lays it out: the median beat first, then the rhythm."""

import base64
import zlib
from pathlib import Path

import numpy as np

from ecg_testing.ecg_files import NAMES, RATE_HZ, EcgFile, Microvolts

# The usual resolution of such carts.
_UV_PER_STEP = 4.88


def write_muse(path: Path, microvolts: Microvolts) -> None:
    """Write steps of 4.88 microvolts."""
    path.write_text(
        f"""<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE RestingECG SYSTEM "restecg.dtd">
<RestingECG><MuseInfo><MuseVersion>8.0</MuseVersion></MuseInfo>
<PatientDemographics><PatientID>MRN7</PatientID><PatientAge>61</PatientAge><AgeUnits>YEARS</AgeUnits>
<Gender>FEMALE</Gender><PatientLastName>Doe</PatientLastName><PatientFirstName>Jane</PatientFirstName></PatientDemographics>
<Diagnosis><DiagnosisStatement><StmtText>Jane Doe is well</StmtText></DiagnosisStatement></Diagnosis>
{_waveform("Median", -microvolts[:600])}{_waveform("Rhythm", microvolts)}</RestingECG>
""",
        encoding="latin-1",
    )


def _waveform(kind: str, microvolts: Microvolts) -> str:
    leads = "".join(_lead(name, column) for name, column in zip(NAMES, microvolts.T, strict=False))
    return f"""<Waveform><WaveformType>{kind}</WaveformType><NumberofLeads>{microvolts.shape[1]}</NumberofLeads>
<SampleType>CONTINUOUS_SAMPLES</SampleType><SampleBase>{RATE_HZ}</SampleBase><SampleExponent>0</SampleExponent>{leads}
</Waveform>"""


def _lead(name: str, microvolts: Microvolts) -> str:
    content = np.rint(microvolts / _UV_PER_STEP).astype("<i2").tobytes()
    return f"""<LeadData><LeadByteCountTotal>{len(content)}</LeadByteCountTotal>
<LeadSampleCountTotal>{len(microvolts)}</LeadSampleCountTotal>
<LeadAmplitudeUnitsPerBit>{_UV_PER_STEP}</LeadAmplitudeUnitsPerBit><LeadAmplitudeUnits>MICROVOLTS</LeadAmplitudeUnits>
<LeadSampleSize>2</LeadSampleSize><LeadID>{name}</LeadID><LeadDataCRC32>{zlib.crc32(content)}</LeadDataCRC32>
<WaveFormData>{base64.encodebytes(content).decode()}</WaveFormData></LeadData>"""


FILES = (EcgFile("a-muse.xml", write_muse, "cart", "ecgdatakit", _UV_PER_STEP / 2 + 0.01, has_patient=True),)
