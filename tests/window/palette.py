"""Makes a picture of a page small: 256 colours are enough for text and boxes, and a palette takes a third of the bytes."""

import struct
import zlib
from collections import Counter

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def shrink(path):
    """Rewrites a PNG as Chromium makes it (8 bits, RGB or RGBA, not interlaced) with a palette."""
    width, height, pixels = read(path.read_bytes())
    colours = Counter(pixels)
    palette = [colour for colour, _ in colours.most_common(256)]
    index = {colour: at for at, colour in enumerate(palette)}
    for colour in colours:
        if colour not in index:
            index[colour] = min(range(len(palette)), key=lambda at: distance(palette[at], colour))
    rows = (bytes([0, *(index[colour] for colour in pixels[at : at + width])]) for at in range(0, len(pixels), width))
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b"")]
    path.write_bytes(SIGNATURE + b"".join(chunk(kind, data) for kind, data in chunks))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def distance(one, other):
    return sum((a - b) ** 2 for a, b in zip(one, other))


def read(png):
    """Width, height, and the pixels as three bytes each."""
    at, packed = len(SIGNATURE), b""
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        data = png[at + 8 : at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", data)
            assert depth == 8 and colour in (2, 6) and not interlaced, "not as Chromium writes it"
        elif kind == b"IDAT":
            packed += data
        at += 12 + size
    step = 4 if colour == 6 else 3
    raw, above, pixels = zlib.decompress(packed), bytes(width * step), []
    for row in range(height):
        start = row * (width * step + 1)
        above = unfilter(raw[start], raw[start + 1 : start + 1 + width * step], above, step)
        pixels += [bytes(above[at : at + 3]) for at in range(0, len(above), step)]
    return width, height, pixels


def unfilter(kind, line, above, step):
    """Source: PNG specification, "Filtering"."""
    line = bytearray(line)
    for at in range(len(line)):
        left = line[at - step] if at >= step else 0
        up = above[at]
        corner = above[at - step] if at >= step else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = up
        elif kind == 3:
            guess = (left + up) // 2
        elif kind == 4:
            guess = min((left, up, corner), key=lambda near: abs(left + up - corner - near))
        else:
            guess = 0
        line[at] = (line[at] + guess) & 255
    return bytes(line)
