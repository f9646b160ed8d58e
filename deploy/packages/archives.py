"""Archives whose bytes follow from what is in them: no time, no user, no order of a folder."""

import base64
import gzip
import hashlib
import io
import tarfile
import zipfile
from dataclasses import dataclass

# The first day that a ZIP knows.
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Entry:
    name: str
    content: bytes
    runs: bool = False

    @property
    def mode(self):
        return 0o755 if self.runs else 0o644


def tar_gz(entries):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for entry in entries:
            about = tarfile.TarInfo(entry.name)
            about.size, about.mode = len(entry.content), entry.mode
            archive.addfile(about, io.BytesIO(entry.content))
    return gzip.compress(raw.getvalue(), 9, mtime=0)


def zipped(entries):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for entry in entries:
            about = zipfile.ZipInfo(entry.name, ZIP_EPOCH)
            # Made on Unix, so that the mode counts; a regular file.
            about.create_system, about.external_attr = 3, (0o100000 | entry.mode) << 16
            about.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(about, entry.content)
    return raw.getvalue()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def record(entries, own):
    """The list of files that a wheel has of itself."""
    rows = [f"{entry.name},sha256={base64.urlsafe_b64encode(hashlib.sha256(entry.content).digest()).decode().rstrip('=')},{len(entry.content)}" for entry in entries]
    return "\n".join([*rows, f"{own},,"]) + "\n"
