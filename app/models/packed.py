"""How a record is kept: compressed, with a digest that tells two readings apart."""

import threading
from hashlib import blake2b

import zstandard

_LEVEL = 1
_LOCAL = threading.local()


def pack_record(xml: bytes | memoryview) -> bytes:
    """Compress a record's XML."""
    if not hasattr(_LOCAL, "compressor"):
        _LOCAL.compressor = zstandard.ZstdCompressor(level=_LEVEL)
    packed: bytes = _LOCAL.compressor.compress(xml)
    return packed


def unpack_record(packed: bytes) -> bytes:
    """The XML of a packed record."""
    return zstandard.ZstdDecompressor().decompress(packed)


def digest_record(packed: bytes) -> bytes:
    """16 bytes of a packed record: equal ones mean equal XML, other ones that a closer look is due."""
    return blake2b(packed, digest_size=16).digest()
