#!/usr/bin/env python3
"""Draws icon.png: three cards of a board on a bridge, in the connector's brand colour. Standard library only."""

import struct
import zlib
from pathlib import Path

SIZE = 192
# Each pixel is the mean of SUB x SUB samples, which smooths the curves.
SUB = 4
GROUND, CARD, BRIDGE = (0x00, 0x52, 0xCC), (0xFF, 0xFF, 0xFF), (0xB3, 0xD4, 0xFF)


def colour(x, y):
    """The colour of one point; both axes run from 0 to 1, y downwards."""
    for left, top in ((0.20, 0.24), (0.42, 0.20), (0.64, 0.28)):
        if left <= x <= left + 0.16 and top <= y <= top + 0.20:
            return CARD
    if 0.12 <= x <= 0.88 and 0.56 <= y <= 0.63:
        return CARD
    # The arch below the deck: between two circles, above the water line.
    distance = ((x - 0.5) ** 2 + (y - 0.92) ** 2) ** 0.5
    if 0.25 <= distance <= 0.32 and y <= 0.84:
        return BRIDGE
    if y > 0.60 and y <= 0.84 and (0.16 <= x <= 0.21 or 0.79 <= x <= 0.84):
        return BRIDGE
    return GROUND


def rows():
    for y in range(SIZE):
        row = bytearray([0])
        for x in range(SIZE):
            samples = [
                colour((x + (i + 0.5) / SUB) / SIZE, (y + (j + 0.5) / SUB) / SIZE)
                for i in range(SUB)
                for j in range(SUB)
            ]
            row += bytes(sum(part) // len(samples) for part in zip(*samples))
        yield bytes(row)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def main():
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)
    image = zlib.compress(b"".join(rows()), 9)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", image) + chunk(b"IEND", b"")
    Path(__file__).with_name("icon.png").write_bytes(png)


if __name__ == "__main__":
    main()
