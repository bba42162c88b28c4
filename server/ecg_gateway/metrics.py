"""What Prometheus is told of the gateway: counts and times, nothing of a patient."""

from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server

# Seconds: from what a model summary takes to the longest that a call may.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The metrics of one gateway."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "ecg_gateway_requests", "Requests answered.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "ecg_gateway_request_seconds",
            "Time from a request's headers to the end of its response.",
            ("route",),
            buckets=BUCKETS,
            registry=self._registry,
        )

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request.

        Args:
            method: the HTTP method.
            route: which of the known paths it was for.
            status: the HTTP status; 0 where there was none.
            seconds: how long it took.
        """
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def serve(self, host: str, port: int) -> int:
        """Tell them to whoever asks at an address, over HTTP in a thread, and return the port.

        Raises:
            OSError: nobody can listen there.
        """
        server, _ = start_http_server(port, host, self._registry)
        return int(server.server_port)
