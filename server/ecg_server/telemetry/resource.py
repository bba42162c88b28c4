"""Who sends: what OpenTelemetry calls a resource."""

import uuid
from importlib.metadata import version

from opentelemetry.sdk.resources import OTELResourceDetector, Resource

_INSTANCE = str(uuid.uuid4())


def resource() -> Resource:
    """Return what this process is; the variables OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES go first."""
    own = {
        "service.name": "ecg-server",
        "service.version": version("ecg-classifier"),
        "service.instance.id": _INSTANCE,
    }
    return Resource.create(own).merge(OTELResourceDetector().detect())
