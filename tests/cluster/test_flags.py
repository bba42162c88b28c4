"""The flags of `ecg-cluster`, on a command line and in a config file."""

import pytest

from ecg_cluster.__main__ import main
from ecg_cluster.flags import arguments_of, read_cluster_settings


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the last line with which flags are refused."""
    with pytest.raises(SystemExit) as ended:
        read_cluster_settings(arguments, {})
    assert ended.value.code == 2
    line: str = capsys.readouterr().err.splitlines()[-1]
    return line


def test_flags_of_a_server_go_beside_those_of_a_cluster() -> None:
    """Each goes where it belongs, and the environment counts for those of the server."""
    settings = read_cluster_settings(
        ["--replicas", "1-4", "--model", "reference", "--target-calls", "8"], {"ECG_LARGEST_BATCH": "4"}
    )
    assert (settings.replicas.least, settings.replicas.most, settings.replicas.target_calls) == (1, 4, 8)
    assert (settings.server.model, settings.server.batching.largest_batch) == ("reference", 4)
    assert settings.ray.address is None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--replicas", "0"], "'0' must be a number above 0, such as 2, or two, such as 1-4"),
        (["--replicas", "4-1"], "'4-1' must be a number above 0"),
        (["--replica-cpus", "many"], "'many' must be a number, 0 or above"),
        (["--workers", "2"], "workers: how many replicas there are is said by --replicas"),
        (["--keepalive-seconds", "5"], "connections: of connections only --default-deadline-seconds"),
        (["--channelz"], "channelz: Serve's proxies have no channelz"),
        (["--portt", "1"], "unrecognized arguments: --portt 1"),
    ],
)
def test_what_means_nothing_here_is_refused_with_what_does(
    capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    """In one line, in the name of this program."""
    line = refusal(capsys, *arguments)
    assert line.startswith("ecg-cluster: error: ")
    assert says in line


def test_a_config_files_arguments_are_flags() -> None:
    """Texts, numbers, switches, lists and labels."""
    args = {"model": "reference", "also": {"canary": "ensemble"}, "max-message-mib": 8, "reflection": True}
    settings = read_cluster_settings(arguments_of(args), {}).server
    assert (settings.model, settings.others) == ("reference", {"canary": "ensemble"})
    assert settings.max_message_bytes == 8 * 1024 * 1024
    assert arguments_of({"insecure": False, "tls-client-name": ["a", "b"]}) == [
        "--no-insecure",
        "--tls-client-name",
        "a",
        "b",
    ]


def test_a_model_that_cannot_be_served_is_told_before_ray_starts(capsys: pytest.CaptureFixture[str]) -> None:
    """In one line, as by `ecg-server`."""
    assert main(["--model", "nowhere", "--port", "0"]) == 1
    assert capsys.readouterr().err.startswith("ecg-cluster: nowhere: there is no such file or folder")


def test_plain_text_beyond_this_machine_is_to_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """The rule of `ecg-server`."""
    assert main(["--host", "0.0.0.0", "--port", "0"]) == 1  # noqa: S104 - that is what is refused
    assert "--insecure" in capsys.readouterr().err


def test_what_nodes_need_in_their_environment_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """As a shell takes it."""
    assert main(["--print-environment", "--max-message-mib", "8"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert """export ECG_CLUSTER_PROXY='{"host": "127.0.0.1", "tls": null}'""" in printed
    assert "export RAY_SERVE_GRPC_MAX_MESSAGE_SIZE=8388608" in printed
