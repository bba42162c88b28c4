"""HL7 aECG as the FDA's implementation guide lays it out: a rhythm, and the representative beat derived from it."""

from pathlib import Path

from ecg_testing.ecg_files import NAMES, RATE_HZ, EcgFile, Microvolts

_UV_PER_STEP = 0.25


def write_aecg(path: Path, microvolts: Microvolts) -> None:
    """Write four steps to the microvolt."""
    path.write_text(aecg_of(microvolts))


def aecg_of(microvolts: Microvolts, *, before: str = "") -> str:
    """Return the document; `before` comes before its root."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>{before}
<AnnotatedECG xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <id root="728989ec-b8bc-49cd-9a5a-30be5ade1db5"/><code code="93000" codeSystem="2.16.840.1.113883.6.12"/>
  <effectiveTime><low value="20210601093000"/><high value="20210601093010"/></effectiveTime>
  <componentOf><timepointEvent><componentOf><subjectAssignment><subject><trialSubject><id extension="MRN7"/>
    <subjectDemographicPerson><name>Jane Doe</name><administrativeGenderCode code="F"/><birthTime value="19600501"/>
    </subjectDemographicPerson></trialSubject></subject></subjectAssignment></componentOf></timepointEvent></componentOf>
  <component><series><code code="RHYTHM" codeSystem="2.16.840.1.113883.5.4"/>
    <component>{_set(microvolts)}</component>
    <derivation><derivedSeries><code code="REPRESENTATIVE_BEAT"/><component>{_set(-microvolts[:600])}</component>
    </derivedSeries></derivation>
  </series></component>
</AnnotatedECG>
"""


def _set(microvolts: Microvolts) -> str:
    step = f'<increment value="{1 / RATE_HZ}" unit="s"/>'
    leads = "".join(_sequence(name, column.tolist()) for name, column in zip(NAMES, microvolts.T, strict=False))
    return f"""<sequenceSet><component><sequence><code code="TIME_ABSOLUTE"/><value xsi:type="GLIST_TS">
      <head value="20210601093000.000"/>{step}</value></sequence></component>{leads}
    </sequenceSet>"""


def _sequence(name: str, microvolts: list[int]) -> str:
    digits = " ".join(str(round(value / _UV_PER_STEP)) for value in microvolts)
    return f"""<component><sequence><code code="MDC_ECG_LEAD_{name.upper()}" codeSystem="2.16.840.1.113883.6.24"/>
      <value xsi:type="SLIST_PQ"><origin value="0" unit="uV"/><scale value="{_UV_PER_STEP}" unit="uV"/>
      <digits>{digits}</digits></value></sequence></component>"""


FILES = (EcgFile("a.xml", write_aecg, "cart", "ecgdatakit", has_patient=True),)
