"""What interceptors are given, by name.

gRPC's classes are generic only to the type checker, which need not know more here than that they are gRPC's.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import grpc

Continuation = Callable[[grpc.HandlerCallDetails], Awaitable[Any]]
Context = Any
