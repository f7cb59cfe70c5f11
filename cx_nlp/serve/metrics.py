"""What is counted, for Prometheus."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
METHODS = frozenset(("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"))


class Metrics:
    """The counters of one server; routes are named by their pattern, so that there are as many series as routes."""

    def __init__(self, waiting: Callable[[], float], jobs: Callable[[], float]) -> None:
        self._registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("cx_nlp_requests", "Requests answered.", labels, registry=self._registry)
        self._seconds = Histogram(
            "cx_nlp_request_seconds",
            "Time until the answer.",
            ("route",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._comments = Counter(
            "cx_nlp_comments", "Comments tagged for /tag and /tag/batch.", registry=self._registry
        )
        queue = Gauge("cx_nlp_waiting_comments", "Comments waiting for the tagger.", registry=self._registry)
        queue.set_function(waiting)
        kept = Gauge("cx_nlp_jobs", "Jobs kept, finished ones included.", registry=self._registry)
        kept.set_function(jobs)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts a request."""
        self._requests.labels(method if method in METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def tagged(self, comments: int) -> None:
        """Counts comments."""
        self._comments.inc(comments)

    def text(self) -> bytes:
        """All of it in the text form of Prometheus."""
        found: bytes = generate_latest(self._registry)
        return found
