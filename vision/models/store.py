"""Model folders: whether a file is the one its manifest was written for, and packages that people upload."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from pathlib import Path

from vision.errors import (
    ModelFileMissing,
    ModelForSyntheticCamerasOnly,
    ModelHashDiffers,
    ModelNotOnnx,
    ModelPackageUnreadable,
    ModelPackageWrong,
    ModelTooLarge,
)
from vision.models.graph import check_graph, graph_facts
from vision.models.manifest import LARGEST_MANIFEST_BYTES, MANIFEST, Manifest, ModelGrade, read_manifest

LARGEST_MODEL_BYTES = 300 * 1024 * 1024
SMALLEST_MODEL_BYTES = 64
CHUNK_BYTES = 1024 * 1024


def checked_file(folder: Path) -> tuple[Manifest, bytes]:
    """The manifest and the bytes of a model that may be loaded: the right file, of a sane size, of known parts."""
    manifest = read_manifest(folder)
    path = folder / manifest.file
    if path.is_symlink() or not path.is_file():
        raise ModelFileMissing(field="/file")
    size = path.stat().st_size
    if size > LARGEST_MODEL_BYTES:
        raise ModelTooLarge(field="/file", limit_mb=LARGEST_MODEL_BYTES // 2**20)
    if size < SMALLEST_MODEL_BYTES:
        raise ModelNotOnnx(field="/file")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != manifest.sha256:
        raise ModelHashDiffers(field="/sha256")
    check_graph(graph_facts(data))
    return manifest, data


def unpack_package(package: Path, folder: Path) -> Manifest:
    """A ZIP with ``model.json`` and the file it names, and nothing else, into a new folder. What is too much is never written."""
    folder.mkdir(parents=True, exist_ok=False)
    try:
        with zipfile.ZipFile(package) as archive:
            member = _only_model(archive)
            _extract(archive, archive.getinfo(MANIFEST), folder / MANIFEST, LARGEST_MANIFEST_BYTES)
            _extract(archive, member, folder / member.filename, LARGEST_MODEL_BYTES)
        return _named(read_manifest(folder), member.filename)
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, RuntimeError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise ModelPackageUnreadable from error
    except Exception:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _only_model(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The one member beside the manifest, with a name that leads nowhere else."""
    members = archive.infolist()
    others = [one for one in members if one.filename != MANIFEST]
    if len(members) != 2 or len(others) != 1:
        raise ModelPackageWrong
    name = others[0].filename
    if name != Path(name).name or not name.endswith(".onnx"):
        raise ModelPackageWrong(field=f"/{name[:80]}")
    return others[0]


def _named(manifest: Manifest, name: str) -> Manifest:
    if manifest.file != name:
        raise ModelPackageWrong(field="/file")
    return manifest


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, most_bytes: int) -> None:
    """Counted as it comes, because what a ZIP says of its sizes may be a lie."""
    if member.file_size > most_bytes:
        raise ModelTooLarge(field=f"/{path.name}", limit_mb=most_bytes // 2**20)
    written = 0
    with archive.open(member) as source, path.open("wb") as target:
        while chunk := source.read(CHUNK_BYTES):
            written += len(chunk)
            if written > most_bytes:
                raise ModelTooLarge(field=f"/{path.name}", limit_mb=most_bytes // 2**20)
            target.write(chunk)


def check_binding(manifest: Manifest, *, synthetic_camera: bool) -> None:
    """A model trained on drawn scenes finds things in real pictures that are not there: it is bound to synthetic cameras only."""
    if manifest.grade is ModelGrade.DEMO_SYNTHETIC and not synthetic_camera:
        raise ModelForSyntheticCamerasOnly(field="/model")
