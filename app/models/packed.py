"""How a record is kept: compressed, with a digest that tells two readings apart."""

import threading
from hashlib import blake2b

import zstandard

_LEVEL = 1
_LOCAL = threading.local()


def pack_record(xml: bytes) -> bytes:
    """Compress a record's XML."""
    if not hasattr(_LOCAL, "compressor"):
        _LOCAL.compressor = zstandard.ZstdCompressor(level=_LEVEL)
    packed: bytes = _LOCAL.compressor.compress(xml)
    return packed


def unpack_record(packed: bytes) -> bytes:
    """The XML of a packed record."""
    return zstandard.ZstdDecompressor().decompress(packed)


def digest_record(xml: bytes) -> bytes:
    """16 bytes that are equal only for equal XML."""
    return blake2b(xml, digest_size=16).digest()
