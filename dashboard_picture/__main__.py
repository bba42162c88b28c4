"""`python -m dashboard_picture`: see the package."""

import argparse
import logging
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from dashboard_picture.dashboard import Panel, filled_in, read_dashboard
from dashboard_picture.drawing import Found, draw
from dashboard_picture.load import Load
from dashboard_picture.prometheus import Prometheus, Span
from dashboard_picture.stage import SCRAPE_SECONDS, Stage, running
from ecg_client import Recording
from ecg_client.formats import generate_recordings, open_recordings

DASHBOARD = Path(__file__).parents[1] / "deploy" / "grafana" / "dashboards" / "ecg-service.json"
FOLD = 9
RECORDINGS = 400
# As Grafana chooses it: four of what lies between two of Prometheus's looks.
RATE_SECONDS = 4 * SCRAPE_SECONDS
DRIFT = "1m"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run all of it, load it, and draw what Prometheus has seen."""
    options = _parser().parse_args(arguments)
    # What the clients say of each cut is no news here.
    logging.getLogger("ecg_client").setLevel(logging.ERROR)
    recordings = list(_recordings(options.data))
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as stage:
        print(f"{len(recordings)} recordings, over and over, for {options.minutes:g} minutes", flush=True)
        load = Load(stage.address, recordings)
        begins = time.time()
        load.begin()
        _disturb(load, stage, 60 * options.minutes)
        picture(stage.prometheus, Span(begins + RATE_SECONDS, time.time(), SCRAPE_SECONDS), options.output)
        load.end()
    print(options.output)


def picture(prometheus: Prometheus, span: Span, path: Path) -> None:
    """Draw the dashboard as it is for a span of time."""
    dashboard = read_dashboard(DASHBOARD)
    values = dict.fromkeys(dashboard.variables, ".*") | {"__rate_interval": f"{RATE_SECONDS}s", "drift": DRIFT}
    repeated = {name: prometheus.values_of(definition) for name, definition in dashboard.variables.items()}
    found = [_find(prometheus, panel, span) for panel in filled_in(dashboard.panels, values, repeated)]
    path.parent.mkdir(parents=True, exist_ok=True)
    draw(dashboard.title, found, span, path)


def _find(prometheus: Prometheus, panel: Panel, span: Span) -> Found:
    if panel.kind == "table":
        return Found(panel, rows=[row for query in panel.queries for row in prometheus.rows(query, span.ends)])
    return Found(panel, [one for query in panel.queries for one in prometheus.series(query, span)])


def _disturb(load: Load, stage: Stage, seconds: float) -> None:
    """Let time pass, and something happen: too many calls, models loaded anew, a server that is killed."""
    killed, renewed = stage.servers[:2]
    time.sleep(0.3 * seconds)
    load.flood(0.12 * seconds)
    time.sleep(0.15 * seconds)
    renewed.process.process.send_signal(signal.SIGHUP)
    time.sleep(0.1 * seconds)
    killed.kill()
    time.sleep(0.05 * seconds)
    killed.start_again()
    time.sleep(0.28 * seconds)


def _recordings(folder: Path | None) -> Iterator[Recording]:
    if folder is None:
        yield from generate_recordings(RECORDINGS)
        return
    readable = (one for one in open_recordings([folder], folds=[FOLD]) if isinstance(one, Recording))
    yield from islice(readable, RECORDINGS)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dashboard_picture", description=__doc__)
    parser.add_argument("--minutes", type=float, default=6.0, help="for how long servers are called (6)")
    parser.add_argument(
        "--data",
        type=Path,
        help=f"recordings to send, such as a PTB-XL folder, of which fold {FOLD} is taken; else made-up",
    )
    parser.add_argument("--output", type=Path, default=Path("docs/images/dashboard.png"), help="where the picture goes")
    return parser


if __name__ == "__main__":
    main()
