"""RS256 for tests: a key of 2048 bits and PKCS #1 v1.5 signatures (RFC 8017, sections 8.2 and 9.2). Slow, and no protection
against anybody who watches."""

import hashlib
import secrets

EXPONENT = 65537
# What says "SHA-256" before the digest. Source: RFC 8017, section 9.2, note 1.
SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")
SMALL = [n for n in range(3, 2000, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2))]


class Key:
    def __init__(self):
        p, q = prime(), prime()
        self.modulus, self.private = p * q, pow(EXPONENT, -1, (p - 1) * (q - 1))

    def sign(self, data):
        size = (self.modulus.bit_length() + 7) // 8
        end = SHA256 + hashlib.sha256(data).digest()
        padded = b"\x00\x01" + b"\xff" * (size - len(end) - 3) + b"\x00" + end
        return pow(int.from_bytes(padded, "big"), self.private, self.modulus).to_bytes(size, "big")


def prime(bits=1024):
    # The two highest bits, so that a product of two has all of its bits.
    while True:
        found = secrets.randbits(bits) | (3 << (bits - 2)) | 1
        if all(found % n for n in SMALL) and found % EXPONENT != 1 and is_prime(found):
            return found


def is_prime(n, rounds=20):
    """Miller and Rabin's test."""
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(rounds):
        x = pow(secrets.randbelow(n - 3) + 2, odd, n)
        if x in (1, n - 1):
            continue
        for _ in range(twos - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True
