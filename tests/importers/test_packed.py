"""Records are kept packed: each of them can be read back, those of before there was a dictionary too."""

import hashlib

import zstandard
from hypothesis import given
from hypothesis import strategies as st

from app.models.packed import DICTIONARY, pack_record, pack_records, unpack_record


@given(st.lists(st.binary(max_size=3000), max_size=5))
def test_what_is_packed_comes_back(records: list[bytes]) -> None:
    packed = pack_records(records)
    assert packed == [pack_record(record) for record in records]
    assert [unpack_record(one) for one in packed] == records


def test_records_without_a_dictionary_are_read() -> None:
    assert unpack_record(zstandard.ZstdCompressor(level=1).compress(b"<iati-activity/>")) == b"<iati-activity/>"


def test_the_dictionary_is_never_changed() -> None:
    """What is kept in any installation can't be read with another one: a new one has another number and file."""
    assert (
        hashlib.sha256(DICTIONARY.read_bytes()).hexdigest()
        == "bfe976aa30e240249db68425c7f29fd284dd6c5b76135f2066e97d6db370abc9"
    )
