"""Keep a file under the SHA-256 of its bytes: once, however often and under whatever name it comes."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from app.errors import Refused
from app.models.worded import worded
from app.settings import settings

NAME_SHOWN = 120
_CHUNK = 1 << 20
_INCOMING = ".incoming-"
_LEFT_OVER = 24 * 3600  # seconds after which nobody is still sending a file


class UploadTooLarge(Refused):
    code = "upload-too-large"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file of an import: where its bytes are kept, and the name that its owner knows it by."""

    path: Path
    name: str
    size: int
    sha256: str


def keep_file(stream: BinaryIO, name: str, limit: int | None = None) -> KeptFile:
    """Copy what `stream` still has to the disk, in steps; nothing of it stays if there is more than `limit` bytes.

    Raises UploadTooLarge.
    """
    folder = settings().data_dir / "files"
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = sha256(), 0
    with NamedTemporaryFile(dir=folder, prefix=_INCOMING, delete=False) as out:
        try:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if limit is not None and size > limit:
                    raise UploadTooLarge(
                        worded(
                            "“%(name)s” is larger than %(count)s MB: use `tessera import`.",
                            name=name,
                            count=limit // 10**6,
                        )
                    )
                digest.update(chunk)
                out.write(chunk)
            path = kept_path(digest.hexdigest())
            out.flush()
            Path(out.name).replace(path)
        except BaseException:
            Path(out.name).unlink(missing_ok=True)
            raise
    return KeptFile(path, shown_name(name), size, digest.hexdigest())


def sweep_incoming(now: float) -> None:
    """Delete what is left of uploads that a killed server was receiving more than a day ago."""
    for path in (settings().data_dir / "files").glob(f"{_INCOMING}*"):
        with suppress(FileNotFoundError):
            if now - path.stat().st_mtime > _LEFT_OVER:
                path.unlink()


def keep_path(path: Path, name: str) -> KeptFile:
    """Keep a copy of a file of this machine."""
    with path.open("rb") as stream:
        return keep_file(stream, name)


def kept_path(digest: str) -> Path:
    """Where the bytes with this SHA-256 are, if they are kept."""
    return settings().data_dir / "files" / digest


def shown_name(name: str) -> str:
    """A file's own name, without the folders that some browsers send: it is shown, never used as a path."""
    return PurePosixPath(name.replace("\\", "/").replace("\x00", "")).name[:NAME_SHOWN] or "upload"


def digest_files(files: Sequence[KeptFile]) -> str:
    """The same for the same files in any order; '' for none."""
    return sha256("\n".join(sorted(file.sha256 for file in files)).encode()).hexdigest() if files else ""
