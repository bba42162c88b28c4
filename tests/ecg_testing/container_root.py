"""What a container engine does with a container file, as far as it can be done without one, and without its base image.

Each stage is a folder that the system's own files are bound into, read-only, with an interpreter in `/usr/local` as the
images of Python have it. Instructions are carried out in it: what is run sees that folder as its root. A container has
the last stage's root, read-only, a network of its own in which there is only itself, no privileges, and no variables
but its image's.
"""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ecg_testing.container_file import Stage, is_in_context, stages_of
from ecg_testing.processes import LISTENING

_UNSHARE, _NSENTER = "/usr/bin/unshare", "/usr/bin/nsenter"
# What tells pip, here, where packages come from.
_OF_THIS_MACHINE = ("PIP_CERT", "PIP_INDEX_URL", "PIP_DEFAULT_TIMEOUT", "SSL_CERT_FILE", "HTTPS_PROXY", "https_proxy")
_PIP_CACHE = Path("~/.cache/pip").expanduser()
_SYSTEM = ("usr", "bin", "lib", "lib64", "sbin", "etc")
# ioctl SIOCSIFFLAGS: IFF_UP | IFF_RUNNING
_LOOPBACK_UP = "import fcntl,socket,struct;fcntl.ioctl(socket.socket(),0x8914,struct.pack('16sh14x',b'lo',0x41))"


@dataclass(frozen=True, slots=True)
class Image:
    """What a container file makes.

    Attributes:
        root: the folder that is its root.
        stage: the last stage of the file.
        interpreter: the folder of the Python in its `/usr/local`.
    """

    root: Path
    stage: Stage
    interpreter: Path

    @property
    def user(self) -> str:
        """Who runs in it: UID:GID."""
        return self.stage.last("USER").argument


def build(container_file: Path, context: Path, folder: Path, interpreter: Path) -> Image:
    """Carry out a container file.

    Args:
        container_file: it.
        context: what it copies from.
        folder: where the stages' roots are made.
        interpreter: the folder of a Python of the version of its base.
    """
    roots: dict[str, Path] = {}
    for number, stage in enumerate(stages_of(container_file)):
        root = roots[stage.name] = folder / f"{number}-{stage.name}"
        _lay_out(root)
        _carry_out(stage, Image(root, stage, interpreter), context, roots)
    return Image(root, stage, interpreter)


def _lay_out(root: Path) -> None:
    for name in ("dev", "proc", "tmp", "var/cache/pip", *_SYSTEM):
        system = Path("/", name)
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        if system.is_symlink():
            (root / name).symlink_to(system.readlink())
        else:
            (root / name).mkdir()


def _carry_out(stage: Stage, image: Image, context: Path, roots: Mapping[str, Path]) -> None:
    workdir = Path("/")
    for instruction in stage.instructions:
        match instruction.keyword:
            case "WORKDIR":
                workdir = Path(instruction.argument)
                _inside(image.root, workdir).mkdir(parents=True, exist_ok=True)
            case "COPY":
                *sources, target = instruction.words
                into = _inside(image.root, workdir / target)
                if instruction.flags:
                    (stage_name,) = (flag.removeprefix("--from=") for flag in instruction.flags)
                    (copied,) = (_inside(roots[stage_name], Path(source)) for source in sources)
                    shutil.copytree(copied, into, symlinks=True, copy_function=os.link)
                else:
                    _copy_from_context(sources, context, into)
            case "RUN":
                _run(image, instruction.words, workdir)


def _inside(root: Path, path: Path) -> Path:
    return root / path.relative_to("/")


def _copy_from_context(sources: Sequence[str], context: Path, into: Path) -> None:
    ignore_file = context / ".dockerignore"

    def left_out(folder: str, names: list[str]) -> list[str]:
        within = Path(folder).relative_to(context)
        return [name for name in names if not is_in_context(str(within / name), ignore_file)]

    for source in sources:
        assert is_in_context(source, ignore_file), f"{source} is copied, but .dockerignore leaves it out"
        if (context / source).is_dir():
            shutil.copytree(context / source, into, ignore=left_out, dirs_exist_ok=True)
        else:
            into.mkdir(parents=True, exist_ok=True)
            shutil.copy2(context / source, into)


def _run(image: Image, words: Sequence[str], workdir: Path) -> None:
    """Run what builds: as root, with the network, and with what pip has fetched before."""
    here = {name: os.environ[name] for name in _OF_THIS_MACHINE if name in os.environ}
    cached = {"PIP_NO_CACHE_DIR": "0", "PIP_CACHE_DIR": "/var/cache/pip", "HOME": "/root"}
    _PIP_CACHE.mkdir(parents=True, exist_ok=True)
    mounts = f"mount --bind {shlex.quote(str(_PIP_CACHE))} {shlex.quote(str(image.root))}/var/cache/pip"
    inside = ["chroot", str(image.root), *_with_environment({**image.stage.environment, **here, **cached}, workdir)]
    command = [*inside, *words]
    done = subprocess.run(  # noqa: S603 - what our own file says
        [_UNSHARE, "--mount", "sh", "-euc", f"{_mounts(image)}; {mounts}; exec {shlex.join(command)}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, f"{shlex.join(words)}\n{done.stdout}\n{done.stderr}"


def _mounts(image: Image) -> str:
    """Return the shell commands that bind what an image's base would have into its root, read-only."""
    bound = [
        (f"/{name}", name) for name in _SYSTEM if (image.root / name).is_dir() and not (image.root / name).is_symlink()
    ]
    bound = [*bound, (str(image.interpreter), "usr/local")]
    commands = []
    for source, name in bound:
        target = shlex.quote(str(image.root / name))
        commands += [f"mount --bind {shlex.quote(source)} {target}", f"mount -o remount,bind,ro {target}"]
    for name in ("dev", "proc"):
        commands.append(f"mount --rbind /{name} {shlex.quote(str(image.root / name))}")
    return "; ".join(commands)


def _with_environment(environment: Mapping[str, str], workdir: Path = Path("/")) -> list[str]:
    """Return what runs a command with these variables alone.

    The interpreter was made for another folder, where it would look for its library.
    """
    variables = {**environment, "LD_LIBRARY_PATH": "/usr/local/lib"}
    return ["/usr/bin/env", "-i", f"--chdir={workdir}", *(f"{name}={value}" for name, value in variables.items())]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended.

    Attributes:
        status: its exit status.
        output: what it printed.
    """

    status: int
    output: str


class Container:
    """A container of an image, which runs its entry point until it is left.

    Args:
        image: what it runs.
        arguments: what follows the entry point.
        variables: those it is given besides the image's.
        writable: folders that are writable, and empty, as with --tmpfs.
    """

    def __init__(
        self,
        image: Image,
        *arguments: str,
        variables: Mapping[str, str] | None = None,
        writable: Sequence[str] = (),
    ) -> None:
        self._image = image
        self._environment = {**image.stage.environment, **(variables or {})}
        root = shlex.quote(str(image.root))
        temporary = [f"mount -t tmpfs -o mode=1777 none {root}{folder}" for folder in writable]
        steps = [
            f"mount --bind {root} {root}",
            f"cd {root}",
            _mounts(image),
            f"mount -o remount,bind,ro {root}",
            *temporary,
            f"{shlex.quote(sys.executable)} -c {shlex.quote(_LOOPBACK_UP)}",
            f"exec {shlex.join(self._as_user([*image.stage.last('ENTRYPOINT').words, *arguments]))}",
        ]
        self.process = subprocess.Popen(  # noqa: S603 - likewise
            [_UNSHARE, "--mount", "--net", "sh", "-euc", "; ".join(steps)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(subprocess.TimeoutExpired):
            self.stop()
        self.process.kill()

    def wait_until_listening(self) -> str:
        """Return where it says that it listens."""
        for line in self.process.stderr or ():
            if line.startswith(LISTENING):
                return line.removeprefix(LISTENING).strip()
        raise AssertionError(f"it ended with {self.process.wait(timeout=60)}")

    def run(self, *command: str) -> Ended:
        """Run a command in it, as `docker exec` does."""
        done = subprocess.run(  # noqa: S603 - what a test says
            [_NSENTER, f"--target={self.process.pid}", "--mount", "--net", *self._as_user(command)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=60,
        )
        return Ended(done.returncode, done.stdout)

    def stop(self) -> Ended:
        """Send SIGTERM, and tell how it ended, and what it had written since it listened."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.ended()

    def ended(self) -> Ended:
        """Wait for its end, and tell of it."""
        _, errors = self.process.communicate(timeout=60)
        return Ended(self.process.returncode, errors)

    def _as_user(self, words: Sequence[str]) -> list[str]:
        """Return what runs a program as the image's user, who can become no other."""
        user = self._image.user
        change = ["chroot", f"--userspec={user}", "--groups=", str(self._image.root)]
        return [*change, "/usr/bin/setpriv", "--no-new-privs", *_with_environment(self._environment), *words]
