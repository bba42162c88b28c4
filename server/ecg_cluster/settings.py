"""What an operator decides of a cluster, beside what is decided of every server. Read once, by `__main__`."""

from dataclasses import dataclass, field

from ecg_server.settings import ServerSettings

APPLICATION = "ecg"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaSettings:
    """How many replicas there are, and what each has.

    Attributes:
        least: replicas at least.
        most: replicas at most; where that is more, calls and streams under way decide how many there are.
        cpus: cores for each, by which Ray places them; runs of the network side by side are as many, at least one.
        target_calls: calls and streams under way for each that autoscaling aims at.
        most_calls: calls and streams under way for each at most; more wait in the proxies.
    """

    least: int = 1
    most: int = 1
    cpus: float = 1.0
    target_calls: float = 16.0
    most_calls: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class RaySettings:
    """Which Ray the application runs on.

    Attributes:
        address: of a cluster that runs already, such as "auto" or "10.0.0.5:6379"; None: one is started on this machine
            and stopped with the process.
        cpus: cores of a Ray that is started; None: all that this process may use.
        object_store_mib: MiB of shared memory of a Ray that is started.
        has_dashboard: whether a Ray that is started has its dashboard, on the loopback address.
        temporary_folder: where a Ray that is started keeps its sockets and logs; None: a new folder that is removed
            at the end.
    """

    address: str | None = None
    cpus: int | None = None
    object_store_mib: int = 200
    has_dashboard: bool = False
    temporary_folder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSettings:
    """How the application runs.

    Attributes:
        server: how each replica serves, and where the proxies listen.
        replicas: how many there are.
        ray: what all of it runs on.
        is_environment_asked_for: whether to print what the nodes of a cluster need in their environment, and do nothing
            else.
    """

    server: ServerSettings = field(default_factory=ServerSettings)
    replicas: ReplicaSettings = field(default_factory=ReplicaSettings)
    ray: RaySettings = field(default_factory=RaySettings)
    is_environment_asked_for: bool = False
