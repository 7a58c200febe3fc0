"""How a record is kept: compressed, with a digest that tells two readings apart."""

import threading
from collections.abc import Sequence
from hashlib import blake2b

import zstandard

_LEVEL = 1
_LOCAL = threading.local()


def pack_record(xml: bytes | memoryview) -> bytes:
    """Compress a record's XML."""
    packed: bytes = _compressor().compress(xml)
    return packed


def pack_records(xmls: Sequence[bytes]) -> list[bytes]:
    """Compress the XML of many records: as one by one, but other threads go on meanwhile."""
    if not all(xmls):  # it takes nothing that is empty
        return list(map(pack_record, xmls))
    found = _compressor().multi_compress_to_buffer(list(xmls)) if xmls else ()
    return [found[at].tobytes() for at in range(len(found))]


def _compressor() -> zstandard.ZstdCompressor:
    if not hasattr(_LOCAL, "compressor"):
        _LOCAL.compressor = zstandard.ZstdCompressor(level=_LEVEL)
    found: zstandard.ZstdCompressor = _LOCAL.compressor
    return found


def unpack_record(packed: bytes) -> bytes:
    """The XML of a packed record."""
    return zstandard.ZstdDecompressor().decompress(packed)


def digest_record(packed: bytes) -> bytes:
    """16 bytes of a packed record: equal ones mean equal XML, other ones that a closer look is due."""
    return blake2b(packed, digest_size=16).digest()
