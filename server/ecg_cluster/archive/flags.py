"""The flags of `ecg-archive`, and the settings they make."""

import argparse
from collections.abc import Sequence

from ecg_client.formats.file_format import Stated
from ecg_cluster.archive.job import Model
from ecg_cluster.archive.settings import ArchiveSettings
from ecg_model.bundle import shipped_bundle_names
from ecg_model.loading import Runtime

_EPILOG = """\
exit status:
  0    every recording has a prediction
  1    the table is complete; some recordings have a `reason` in it
  2    the command is wrong, the archive cannot be read, or the table not be written
  3    the cluster cannot be reached, or its workers died over and over
  130  interrupted with Ctrl-C; the same command goes on

Not a medical device.
"""


def read_settings(arguments: Sequence[str] | None) -> ArchiveSettings:
    """Return what a command line asks for; one that is wrong ends the program."""
    given = _parser().parse_args(arguments)
    return ArchiveSettings(
        archive=given.archive,
        output=given.output,
        model=Model(given.model, given.runtime and Runtime(given.runtime), given.operating_point),
        stated=Stated(given.sample_rate, given.unit),
        workers=given.workers,
        address=given.address,
        object_store_mib=given.object_store_mib,
        part_files=given.part_files,
        replace=given.replace,
        retry=given.retry,
    )


def _parser() -> argparse.ArgumentParser:
    defaults = ArchiveSettings("", "", Model(""))
    parser = argparse.ArgumentParser(
        prog="ecg-archive",
        description="Classify a folder or bucket of 12-lead ECG recordings into a Parquet data set, without a server. "
        "The same command goes on where it was broken off.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("archive", metavar="ARCHIVE", help="folder or file of this machine, or s3://, gs://, file://, ...")
    add("--output", "-o", required=True, metavar="FOLDER", help="where the data set goes: a folder, or a URI likewise")
    shipped = ", ".join(shipped_bundle_names())
    add("--model", default="ensemble", help=f"a shipped bundle ({shipped}), a bundle's folder or a .keras file")
    add("--runtime", choices=[*Runtime], help="what runs the network (default: ONNX Runtime where the model has it)")
    add("--operating-point", metavar="NAME", help="which thresholds decide (default: the model's first)")
    add("--workers", type=_whole, metavar="N", help="processes that classify, a core each (default: one a core)")
    add("--address", default="", metavar="HOST:PORT", help="a Ray cluster (default: one of this machine, for this run)")
    add("--sample-rate", type=float, metavar="HZ", help="of files that do not say it")
    add("--unit", help="of files that do not say it: mV, uV, nV or V")
    add("--retry", action="store_true", help="try again what has no prediction")
    add("--replace", action="store_true", help="do all again where the rows are another model's")
    least = f"files of recordings in a part of the data set, at most (default: {defaults.part_files})"
    add("--part-files", type=_whole, default=defaults.part_files, metavar="N", help=least)
    memory = f"memory of a cluster of this machine for what passes through it (default: {defaults.object_store_mib})"
    add("--object-store-mib", type=_whole, default=defaults.object_store_mib, metavar="MIB", help=memory)
    return parser


def _whole(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} must be a whole number above 0")
    return int(text)
