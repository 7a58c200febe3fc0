"""How a record is kept: compressed, with a digest that tells two readings apart.

Records are small and much alike, so they are compressed with a dictionary of what most of them say (scripts/
train_dictionary.py): two thirds of the size without it, in two thirds of the time. A packed record names the dictionary
that it needs by its number, so none of them may ever change or go; those of before have none.
"""

import threading
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path

import zstandard

DICTIONARY = Path(__file__).with_name("records-1.zdict")
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


def unpack_record(packed: bytes) -> bytes:
    """The XML of a packed record."""
    has_dictionary = zstandard.get_frame_parameters(packed).dict_id != 0
    xml: bytes = _decompressor(has_dictionary).decompress(packed)
    return xml


def digest_record(packed: bytes) -> bytes:
    """16 bytes of a packed record: equal ones mean equal XML, other ones that a closer look is due."""
    return blake2b(packed, digest_size=16).digest()


@cache
def _dictionary() -> zstandard.ZstdCompressionDict:
    found = zstandard.ZstdCompressionDict(DICTIONARY.read_bytes(), dict_type=zstandard.DICT_TYPE_FULLDICT)
    found.precompute_compress(level=_LEVEL)
    return found


def _compressor() -> zstandard.ZstdCompressor:
    if not hasattr(_LOCAL, "compressor"):
        _LOCAL.compressor = zstandard.ZstdCompressor(level=_LEVEL, dict_data=_dictionary())
    found: zstandard.ZstdCompressor = _LOCAL.compressor
    return found


def _decompressor(has_dictionary: bool) -> zstandard.ZstdDecompressor:
    if not hasattr(_LOCAL, "decompressors"):
        _LOCAL.decompressors = zstandard.ZstdDecompressor(), zstandard.ZstdDecompressor(dict_data=_dictionary())
    found: zstandard.ZstdDecompressor = _LOCAL.decompressors[has_dictionary]
    return found
