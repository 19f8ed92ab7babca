"""Plain, gzip or zstd, told by content; what precedes damage is kept to the last byte."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import chain
from typing import Final

import zstandard

GZIP: Final = b"\x1f\x8b"
ZSTD: Final = b"\x28\xb5\x2f\xfd"
_SKIPPABLE: Final = tuple(bytes([0x50 + kind]) + b"\x2a\x4d\x18" for kind in range(16))
"""How a zstd frame without content begins; files that were packed in parallel begin with one."""
_FEED: Final = 1 << 16
_OUT: Final = 1 << 22
_WINDOW: Final = 1 << 27
"""Largest memory a zstd frame may ask for (`zstd --long=27`)."""


class CorruptCompression(Exception):
    """The compressed stream ends early or does not decode; what came before it is good."""


def decompressed(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the bytes in a stream of blocks; members and frames that follow each other are one.

    Raises:
        CorruptCompression: after everything that could be decoded.
    """
    head = b""
    for block in blocks:
        head += block
        if len(head) >= 4:
            break
    everything = chain([head], blocks)
    if head.startswith(GZIP):
        yield from _gunzip(everything)
    elif head.startswith((ZSTD, *_SKIPPABLE)):
        yield from _unzstd(everything)
    else:
        yield from everything


def _gunzip(blocks: Iterator[bytes]) -> Iterator[bytes]:
    decoder = zlib.decompressobj(wbits=31)
    is_fresh = True
    for block in blocks:
        data = block
        while data:
            if decoder.eof:
                data = data.lstrip(b"\0") if is_fresh else data  # padding after a member
                if not data:
                    break
                decoder = zlib.decompressobj(wbits=31)
            is_fresh = False
            saved, fed = decoder.copy(), data[:_FEED]
            try:
                made = decoder.decompress(fed, _OUT)
            except zlib.error as exc:
                yield from _last_bytes(saved, fed)
                raise CorruptCompression(f"the gzip stream is damaged: {exc}") from None
            if made:
                yield made
            left = decoder.unconsumed_tail or decoder.unused_data
            data = left + data[_FEED:]
            is_fresh = decoder.eof
    if not decoder.eof:
        raise CorruptCompression("the gzip stream ends early")


def _last_bytes(decoder: zlib._Decompress, fed: bytes) -> Iterator[bytes]:
    """Yield what can be decoded before the fault, one byte of input at a time."""
    for index in range(len(fed)):
        try:
            made = decoder.decompress(fed[index : index + 1])
        except zlib.error:
            return
        if made:
            yield made


def _unzstd(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Small bites: the decoder drops what a call has decoded when the same call meets damage."""
    bite = 256
    new = zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj
    decoder = new()
    is_whole = True
    for block in blocks:
        at = 0
        while at < len(block):
            data = block[at : at + bite]
            at += len(data)
            while data:
                if decoder.eof:
                    decoder = new()
                try:
                    made = decoder.decompress(data)
                except zstandard.ZstdError as exc:
                    raise CorruptCompression(f"the zstd stream is damaged: {exc}") from None
                if made:
                    yield made
                data = decoder.unused_data if decoder.eof else b""
            is_whole = decoder.eof
    if not is_whole:
        raise CorruptCompression("the zstd stream ends early")
