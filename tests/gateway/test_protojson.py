"""ProtoJSON becomes the message that protobuf's own library makes of it, or is refused with the field."""

import json
from typing import Any

import pytest
from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st

from ecg.v1 import ecg_service_pb2 as pb
from ecg_gateway.errors import RequestError
from ecg_gateway.protojson import message_from_json, message_to_json

# The greatest of all, as protobuf's own library writes it, that library does not read.
floats32 = st.floats(width=32, min_value=-(2.0**100), max_value=2.0**100)
leads = st.fixed_dictionaries({"name": st.integers(0, 12), "millivolts": st.lists(floats32, max_size=4)})
packed = st.fixed_dictionaries(
    {
        "lead_names": st.lists(st.integers(0, 12), max_size=3),
        "format": st.integers(0, 2),
        "microvolts_per_unit": st.floats(allow_nan=False),
        "samples": st.binary(max_size=9),
    }
)
metadata = st.fixed_dictionaries(
    {}, optional={"age_years": floats32, "sex": st.integers(0, 2), "has_pacemaker": st.booleans()}
)
recordings = st.fixed_dictionaries(
    {"recording_id": st.text(max_size=5), "sample_rate_hz": st.floats(allow_nan=False), "metadata": metadata},
    optional={"leads": st.lists(leads, max_size=3), "packed_signal": packed},
)
requests = st.fixed_dictionaries({"recording": recordings}, optional={"options": st.just({"include_windows": True})})


def read(tree: Any) -> pb.PredictRequest:
    """Read a request from the JSON of these values."""
    return message_from_json(json.dumps(tree).encode(), pb.PredictRequest)


@given(requests)
def test_what_is_written_is_read(values: dict[str, Any]) -> None:
    """By whichever of the two libraries, in whichever spelling."""
    message = pb.PredictRequest(**values)

    assert message_from_json(message_to_json(message), pb.PredictRequest) == message
    assert message_from_json(json_format.MessageToJson(message).encode(), pb.PredictRequest) == message
    assert json_format.Parse(message_to_json(message), pb.PredictRequest()) == message


@pytest.mark.parametrize(
    "tree",
    [
        {"recording": {"sample_rate_hz": "500"}},
        {"recording": {"sampleRateHz": 5e2}},
        {"recording": {"sample_rate_hz": "NaN"}},
        {"recording": {"leads": [{"millivolts": [1, "-Infinity", "2.5e-1"]}]}},
        {"recording": {"leads": [{"name": "LEAD_NAME_V6"}, {"name": 12}, {"name": 12.0}]}},
        {"recording": {"metadata": {}}},
        {"recording": {}, "options": None},
    ],
)
def test_all_spellings_of_a_value_are_read(tree: dict[str, Any]) -> None:
    """Those that ProtoJSON knows, as protobuf's own library reads them."""
    assert str(read(tree)) == str(json_format.ParseDict(tree, pb.PredictRequest()))


@pytest.mark.parametrize(
    ("tree", "field", "remedy"),
    [
        ({"record": {}}, "record", "there are recording, options"),
        ({"recording": 3}, "recording", "send an object"),
        ({"recording": [{}]}, "recording", "it is a list"),
        ({"recording": {"leads": {"name": 1}}}, "recording.leads", "send a list"),
        ({"recording": {"leads": [{}, None]}}, "recording.leads[1]", "it is null"),
        ({"recording": {"leads": [{"millivolts": [0, None]}]}}, "recording.leads[0].millivolts[1]", "it is null"),
        (
            {"recording": {"leads": [{"millivolts": [1, True]}]}},
            "recording.leads[0].millivolts[1]",
            "it is true or false",
        ),
        ({"recording": {"leads": [{"millivolts": ["1_0"]}]}}, "recording.leads[0].millivolts[0]", "send a number"),
        ({"recording": {"leads": [{"millivolts": [[1]]}]}}, "recording.leads[0].millivolts[0]", "it is a list"),
        ({"recording": {"leads": [{"millivolts": 1}]}}, "recording.leads[0].millivolts", "send a list"),
        ({"recording": {"leads": [{"name": "V7"}]}}, "recording.leads[0].name", "LEAD_NAME_V6"),
        ({"recording": {"leads": [{"name": 1.5}]}}, "recording.leads[0].name", "send one of"),
        ({"recording": {"leads": [{"name": 1 << 40}]}}, "recording.leads[0].name", "send"),
        (
            {"recording": {"packed_signal": {"lead_names": [1 << 31]}}},
            "recording.packed_signal.lead_names[0]",
            "send one",
        ),
        ({"recording": {"packed_signal": {"samples": "###"}}}, "recording.packed_signal.samples", "base64"),
        ({"recording": {"packed_signal": {"samples": "é"}}}, "recording.packed_signal.samples", "base64"),
        ({"recording": {"packed_signal": {"lead_names": [[1]]}}}, "recording.packed_signal.lead_names[0]", "send one"),
        ({"recording": {"sample_rate_hz": "fast"}}, "recording.sample_rate_hz", "send a number"),
        ({"recording": {"sampleRateHz": True}}, "recording.sampleRateHz", "send a number"),
        ({"recording": {"metadata": {"has_pacemaker": "yes"}}}, "recording.metadata.has_pacemaker", "true or false"),
        ({"recording": {"recording_id": 7}}, "recording.recording_id", "send a text"),
        ({"recording": {"sampleRateHz": 1, "sample_rate_hz": 1}}, "recording.sampleRateHz", "leave one out"),
    ],
)
def test_what_is_none_is_refused_with_field_and_remedy(tree: dict[str, Any], field: str, remedy: str) -> None:
    """Never with what was sent: it may be of a patient."""
    with pytest.raises(RequestError) as caught:
        read(tree)

    assert (caught.value.reason, caught.value.field) == ("FIELD_INVALID", field)
    assert remedy in caught.value.description


def test_a_name_that_is_none_is_not_repeated_in_full() -> None:
    """It may have any length."""
    with pytest.raises(RequestError) as caught:
        read({"x" * 1_000_000: 1})

    assert len(str(caught.value)) < 200


def test_a_list_of_what_are_no_samples_has_an_end() -> None:
    """Of leads nobody needs ten thousand."""
    with pytest.raises(RequestError, match="more than 10,000") as caught:
        read({"recording": {"packed_signal": {"lead_names": [1] * 10_001}}})

    assert caught.value.reason == "BODY_TOO_LARGE"
