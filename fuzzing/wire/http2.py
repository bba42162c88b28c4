"""Broken HTTP/2: what a connection may be sent by somebody who never meant to call."""

import gzip
import random
import struct
from collections.abc import Callable, Iterator

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
METHOD = b"/ecg.v1.EcgService/Predict"

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, END_HEADERS = 0x1, 0x4
CANCEL = 8
MANY = 20_000
_MEGABYTE = 1 << 20

Attack = Callable[[random.Random], Iterator[bytes]]


def frame(kind: int, flags: int, stream: int, payload: bytes = b"", *, length: int | None = None) -> bytes:
    """Return a frame; its length is that of its payload, unless told to lie."""
    declared = len(payload) if length is None else length
    return struct.pack(">I", declared)[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def headers(*more: tuple[bytes, bytes]) -> bytes:
    """Return the headers of a call, in the plainest form that HPACK has."""
    usual = ((b":method", b"POST"), (b":scheme", b"http"), (b":path", METHOD), (b":authority", b"x"))
    of_grpc = ((b"te", b"trailers"), (b"content-type", b"application/grpc"))
    return b"".join(b"\0" + _string(name) + _string(value) for name, value in (*usual, *of_grpc, *more))


def _string(text: bytes) -> bytes:
    if len(text) < 127:  # noqa: PLR2004 - what fits into the first byte
        return bytes([len(text)]) + text
    rest, length = len(text) - 127, b"\x7f"
    while rest >= 128:  # noqa: PLR2004 - seven bits to the byte
        length += bytes([rest % 128 + 128])
        rest //= 128
    return length + bytes([rest]) + text


def _begun() -> bytes:
    return PREFACE + frame(SETTINGS, 0, 0)


def _streams() -> Iterator[int]:
    return iter(range(1, 2 * MANY, 2))


def garbage(source: random.Random) -> Iterator[bytes]:
    """Bytes at random, in place of the preface."""
    yield source.randbytes(source.randint(1, 5000))


def half_a_preface(source: random.Random) -> Iterator[bytes]:
    """The beginning of a preface, and nothing more."""
    yield PREFACE[: source.randint(0, len(PREFACE) - 1)]


def frames_at_random(source: random.Random) -> Iterator[bytes]:
    """Frames of all kinds, and of no kind, with payloads that mean nothing."""
    yield _begun()
    for _ in range(200):
        payload = source.randbytes(source.choice((0, 4, 5, 8, 50)))
        yield frame(source.randint(0, 12), source.randint(0, 255), source.choice((0, 1, 3, 2**31 - 1)), payload)


def frames_that_lie(source: random.Random) -> Iterator[bytes]:
    """A frame that says it is longer than allowed, or longer than what comes."""
    yield _begun() + frame(HEADERS, END_HEADERS, 1, headers())
    yield frame(DATA, 0, 1, b"x" * 100, length=source.choice((101, 1 << 14, (1 << 24) - 1)))


def messages_that_lie(source: random.Random) -> Iterator[bytes]:
    """A message that says it has four gigabytes, and sends a few bytes of them."""
    yield _begun() + frame(HEADERS, END_HEADERS, 1, headers())
    yield frame(DATA, 0, 1, struct.pack(">BI", source.choice((0, 1, 2, 255)), 0xFFFFFFFF) + source.randbytes(1000))


def wrong_headers(source: random.Random) -> Iterator[bytes]:
    """Headers that HPACK cannot unpack."""
    yield _begun()
    for stream in range(1, 100, 2):
        yield frame(HEADERS, END_HEADERS | END_STREAM, stream, source.randbytes(40))


def open_streams(_: random.Random) -> Iterator[bytes]:
    """Calls by the thousand that begin and never go on."""
    yield _begun()
    for stream in _streams():
        yield frame(HEADERS, END_HEADERS, stream, headers())


def rapid_reset(_: random.Random) -> Iterator[bytes]:
    """Calls by the thousand that are taken back at once."""
    yield _begun()
    for stream in _streams():
        yield frame(HEADERS, END_HEADERS, stream, headers()) + frame(RST_STREAM, 0, stream, struct.pack(">I", CANCEL))


def rapid_reset_of_messages(_: random.Random) -> Iterator[bytes]:
    """Calls by the thousand that bring a message and are taken back."""
    yield _begun()
    message = frame(DATA, END_STREAM, 1, struct.pack(">BI", 0, 0))
    for stream in _streams():
        sent = message[:5] + struct.pack(">I", stream) + message[9:]
        reset = frame(RST_STREAM, 0, stream, struct.pack(">I", CANCEL))
        yield frame(HEADERS, END_HEADERS, stream, headers()) + sent + reset


def endless_headers(source: random.Random) -> Iterator[bytes]:
    """Headers that are continued, and continued: some hundred megabytes of them."""
    yield _begun() + frame(HEADERS, 0, 1, headers())
    block = headers((b"x-more", source.randbytes(8000)))
    for _ in range(MANY):
        yield frame(CONTINUATION, 0, 1, block)


def empty_continuations(_: random.Random) -> Iterator[bytes]:
    """Headers that are continued by nothing, without end."""
    yield _begun() + frame(HEADERS, 0, 1, headers())
    for _turn in range(MANY):
        yield frame(CONTINUATION, 0, 1) * 10


def large_headers(source: random.Random) -> Iterator[bytes]:
    """Calls whose headers are as large as the server takes, and larger."""
    yield _begun()
    for stream in range(1, 200, 2):
        block = headers((b"x-large", b"x" * source.choice((1000, 8000, 15_000))))
        yield frame(HEADERS, END_HEADERS | END_STREAM, stream, block)


def pings(_: random.Random) -> Iterator[bytes]:
    """Pings, all of which want an answer."""
    yield _begun()
    for _turn in range(MANY):
        yield frame(PING, 0, 0, bytes(8)) * 5


def settings(_: random.Random) -> Iterator[bytes]:
    """Settings, all of which want an answer; some change how much may be sent."""
    yield _begun()
    for size in range(MANY):
        yield frame(SETTINGS, 0, 0, struct.pack(">HI", 4, size)) * 5


def windows(_: random.Random) -> Iterator[bytes]:
    """Windows that grow beyond what there is."""
    yield _begun() + frame(HEADERS, END_HEADERS, 1, headers())
    for _turn in range(10):
        yield frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 2**31 - 1)) + frame(WINDOW_UPDATE, 0, 1, bytes(4))


def empty_data(_: random.Random) -> Iterator[bytes]:
    """Pieces of a message that hold nothing."""
    yield _begun() + frame(HEADERS, END_HEADERS, 1, headers())
    for _turn in range(MANY):
        yield frame(DATA, 0, 1) * 10


def priorities(_: random.Random) -> Iterator[bytes]:
    """Priorities of streams that there are not, some of which depend on themselves."""
    yield _begun()
    for stream in _streams():
        yield frame(PRIORITY, 0, stream, struct.pack(">IB", stream, 1))


def a_bomb(_: random.Random) -> Iterator[bytes]:
    """A message of a gigabyte, compressed to one megabyte."""
    bomb = gzip.compress(bytes(_MEGABYTE), 9) * 1024
    yield _begun() + frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 1 << 30))
    yield frame(HEADERS, END_HEADERS, 1, headers((b"grpc-encoding", b"gzip")))
    content = struct.pack(">BI", 1, len(bomb)) + bomb
    for start in range(0, len(content), 16_384):
        yield frame(DATA, 0, 1, content[start : start + 16_384])


def another_protocol(source: random.Random) -> Iterator[bytes]:
    """HTTP/1.1, TLS and the like, on the port of a gRPC server."""
    yield source.choice(
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"SSH-2.0-x\r\n")
    )


ATTACKS: dict[str, Attack] = {
    attack.__name__: attack
    for attack in (
        *(garbage, half_a_preface, frames_at_random, frames_that_lie, messages_that_lie, wrong_headers, open_streams),
        *(rapid_reset, rapid_reset_of_messages, endless_headers, empty_continuations, large_headers, pings, settings),
        *(windows, empty_data, priorities, a_bomb, another_protocol),
    )
}
