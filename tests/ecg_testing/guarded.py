"""A real server of one method, which tells its callers who they are, behind a gate."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import grpc
from grpc import aio

from ecg_server.access.certificates import server_credentials
from ecg_server.access.gate import Gate
from ecg_server.access.shares import Shares
from ecg_server.call import current_call
from ecg_server.interceptor import CallInterceptor
from ecg_server.settings import AccessSettings
from ecg_testing.statuses import CallStatus, call_status

Metadata = Sequence[tuple[str, str]]


@asynccontextmanager
async def guarded_server(access: AccessSettings) -> AsyncIterator[str]:
    """Serve behind a gate; yield the address."""

    async def who_am_i(_request: bytes, _context: Any) -> bytes:
        return current_call.get().caller.encode()

    server = aio.server(interceptors=[CallInterceptor(Gate(access), Shares(0, 0))])
    methods = {"WhoAmI": grpc.unary_unary_rpc_method_handler(who_am_i)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("test.Guarded", methods),))
    if access.tls is None:
        port = server.add_insecure_port("127.0.0.1:0")
    else:
        port = server.add_secure_port("127.0.0.1:0", server_credentials(access.tls))
    await server.start()
    try:
        yield f"localhost:{port}"
    finally:
        await server.stop(0)


def connection(address: str, credentials: grpc.ChannelCredentials | None = None) -> aio.Channel:
    """Return a channel that shares its connection with no other."""
    options = [("grpc.use_local_subchannel_pool", 1)]
    if credentials is None:
        return aio.insecure_channel(address, options=options)
    return aio.secure_channel(address, credentials, options=options)


async def who_am_i(channel: aio.Channel, metadata: Metadata = ()) -> str:
    """Return what the server takes its caller for."""
    answer: bytes = await channel.unary_unary("/test.Guarded/WhoAmI")(b"", metadata=tuple(metadata), timeout=30)
    return answer.decode()


async def refusal(channel: aio.Channel, metadata: Metadata = ()) -> CallStatus:
    """Return the status with which the server, or the connection to it, refuses a call."""
    try:
        caller = await who_am_i(channel, metadata)
    except aio.AioRpcError as error:
        return call_status(error)
    raise AssertionError(f"let in as {caller!r}")
