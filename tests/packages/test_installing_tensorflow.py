"""The server with TensorFlow, installed where nothing else is: with --all-packages, for it takes 2 GB."""

from ecg_testing.clean_environment import CleanEnvironment, serves


def test_the_server_runs_tensorflow(environment: CleanEnvironment) -> None:
    """It starts, answers and drains."""
    environment.install("server", is_locked=False)
    assert "tensorflow" in environment.installed
    serves(environment, "--runtime", "tensorflow")
