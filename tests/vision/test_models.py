from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper

from foundation.labels import labels
from foundation.problems import Problem
from tests.vision.onnx_models import CLASSES, LAYOUTS, SIZE, THINGS, centred, manifest, model, write, write_layout, yolov8
from vision.errors import (
    ModelDoesNotLoad,
    ModelFileMissing,
    ModelForSyntheticCamerasOnly,
    ModelHasCustomOps,
    ModelHasExternalData,
    ModelHashDiffers,
    ModelManifestUnreadable,
    ModelManifestWrong,
    ModelNotOnnx,
    ModelOpsetUnsupported,
    ModelOutputBroken,
    ModelPackageUnreadable,
    ModelPackageWrong,
    ModelShapeDiffers,
    ModelTooHungry,
    ModelTooLarge,
)
from vision.models import store
from vision.models.graph import graph_facts
from vision.models.layouts import MOST_OF_A_CLASS
from vision.models.manifest import Resize, parsed_manifest, read_manifest
from vision.models.pictures import fitted, prepared
from vision.models.probing import probe
from vision.models.runtime import Detector, become_model_process
from vision.models.store import check_binding, checked_file, unpack_package

GREY = np.full((SIZE, SIZE, 3), 127, np.uint8)


@pytest.fixture(autouse=True, scope="module")
def _worker() -> None:
    # The test process stands for a worker here; that others may not is tested in one of its own.
    become_model_process()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_things(layout: str, tmp_path: Path) -> None:
    detector = Detector(write_layout(tmp_path, layout))
    detector.prove()
    found = detector.detect(GREY)
    assert [one.kind for one in found] == [CLASSES[kind]["name"] for kind, *_ in THINGS]
    for one, (_, score, *corners) in zip(found, THINGS, strict=True):
        assert one.score == pytest.approx(score, abs=0.01)
        assert [one.box.x1, one.box.y1, one.box.x2, one.box.y2] == pytest.approx(corners, abs=1.0)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_boxes_come_back_to_the_pixels_of_a_wide_picture(layout: str, tmp_path: Path) -> None:
    detector = Detector(write_layout(tmp_path, layout))
    spec = detector.manifest.input
    (first, *_) = detector.detect(np.full((360, 640, 3), 127, np.uint8))
    fit = fitted(640, 360, spec)
    x1, y1, x2, y2 = THINGS[0][2:]
    expected = fit.back(np.array([[x1, y1, x2, y2]]))[0]
    assert [first.box.x1, first.box.y1, first.box.x2, first.box.y2] == pytest.approx(list(expected), abs=1.0)


def test_a_mask_becomes_an_outline_in_the_picture(tmp_path: Path) -> None:
    (first, _) = Detector(write_layout(tmp_path, "yolov8_seg")).detect(GREY)
    xs, ys = zip(*first.outline_px, strict=True)
    assert (min(xs), min(ys)) == pytest.approx((8, 8), abs=4)
    assert (max(xs), max(ys)) == pytest.approx((24, 40), abs=4)


def test_a_class_has_its_own_threshold(tmp_path: Path) -> None:
    folder = write(tmp_path, model(yolov8()), thresholds={"per_class": {"helmet": 0.85}})
    assert [one.kind for one in Detector(folder).detect(GREY)] == ["person"]


def test_five_thousand_boxes_are_cut_to_the_best_of_each_class(tmp_path: Path) -> None:
    rows = centred(5000)
    corners = np.random.default_rng(0).uniform(0, 60, (5000, 2))
    rows[:, :2], rows[:, 2:4], rows[:, 4:] = corners, 3.0, 0
    rows[:, 4] = 0.9
    folder = write(tmp_path, model({"out": rows.T[None]}), thresholds={"nms_iou": 1.0})
    assert len(Detector(folder).detect(GREY)) == MOST_OF_A_CLASS


def test_boxes_that_cannot_be_are_left_out_when_frames_run(tmp_path: Path) -> None:
    rows = centred()
    rows[2, 2:4] = -5.0
    rows[3, :4] = np.nan
    assert [one.kind for one in Detector(write(tmp_path, model({"out": rows.T[None]}))).detect(GREY)] == ["person"]


@given(width=st.integers(16, 4000), height=st.integers(16, 4000), resize=st.sampled_from(Resize))
@settings(max_examples=60, deadline=None)
def test_a_corner_survives_the_way_to_the_model_and_back(width: int, height: int, resize: Resize) -> None:
    data = model(yolov8()).SerializeToString()
    spec = parsed_manifest(manifest(data, "yolov8", ["out"], input={"resize": resize.value, "size": [320, 416]})).input
    fit = fitted(width, height, spec)
    picture = np.array([[0.0, 0.0, float(width), float(height)], [width / 3, height / 4, width / 2, height / 2]])
    there = picture * np.array([fit.scale_x, fit.scale_y] * 2) + np.array([fit.left_px, fit.top_px] * 2)
    assert fit.back(there) == pytest.approx(picture, abs=1e-6)
    assert there.min() >= -1e-9
    assert there[:, 2].max() <= 416 + 1
    assert there[:, 3].max() <= 320 + 1


def test_a_picture_is_padded_where_the_manifest_says(tmp_path: Path) -> None:
    data = model(yolov8()).SerializeToString()
    wide = np.full((32, 64, 3), 255, np.uint8)
    for resize, rows in ((Resize.LETTERBOX, slice(16, 48)), (Resize.LETTERBOX_TOPLEFT, slice(0, 32))):
        spec = parsed_manifest(manifest(data, "yolov8", ["out"], input={"resize": resize.value})).input
        tensor, _ = prepared(wide, spec)
        assert tensor[0, 0, rows].min() == pytest.approx(1.0)
        assert np.asarray(tensor[0, 0]).mean() == pytest.approx((1 + 114 / 255) / 2, abs=0.01)


# --- hostile models: each is refused with its own sentence -------------------------------------------------------------------


def external(folder: Path) -> Path:
    made = model(yolov8())
    tensor = made.graph.initializer[1]
    raw = tensor.raw_data
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", "weights.bin"), ("offset", "0"), ("length", str(len(raw)))):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value
    folder.mkdir(exist_ok=True)
    (folder / "weights.bin").write_bytes(raw)
    return write(folder, made)


def hidden_external(folder: Path) -> Path:
    """In an attribute of a node inside a subgraph."""
    tensor = TensorProto(name="secret", dims=[1], data_type=TensorProto.FLOAT, data_location=TensorProto.EXTERNAL)
    inner = helper.make_graph([helper.make_node("Constant", [], ["c"], value=tensor)], "inner", [], [])
    node = helper.make_node("If", ["flag"], ["x"], then_branch=inner, else_branch=inner)
    return write(folder, model(yolov8(), extra=[node]))


def custom(folder: Path) -> Path:
    made = model(yolov8(), extra=[helper.make_node("Backdoor", ["images"], ["x"], domain="evil")])
    made.opset_import.append(helper.make_opsetid("evil", 1))
    return write(folder, made)


def unknown_op(folder: Path) -> Path:
    return write(folder, model(yolov8(), extra=[helper.make_node("NoSuchOperator", ["images"], ["x"])]))


def function(folder: Path) -> Path:
    made = model(yolov8())
    made.functions.append(helper.make_function("local", "Sneak", ["a"], ["b"], [helper.make_node("Abs", ["a"], ["b"])],
                                               [helper.make_opsetid("", 17)]))  # fmt: skip
    return write(folder, made)


def not_a_number(folder: Path) -> Path:
    rows = centred()
    rows[50, 5] = np.nan
    return write(folder, model({"out": rows.T[None]}))


def beyond_one(folder: Path) -> Path:
    rows = centred()
    rows[0, 4] = 7.5
    return write(folder, model({"out": rows.T[None]}))


def endless(folder: Path) -> Path:
    """A loop of ten thousand million turns."""

    def value(name: str, kind: int) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, kind, ())

    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["goes"]), helper.make_node("Add", ["state", "state"], ["next"])],
        "body",
        [value("turn", TensorProto.INT64), value("go", TensorProto.BOOL), value("state", TensorProto.FLOAT)],
        [value("goes", TensorProto.BOOL), value("next", TensorProto.FLOAT)],
    )
    made = model(yolov8())
    made.graph.initializer.append(onnx.numpy_helper.from_array(np.array(10**10, np.int64), "turns"))
    made.graph.initializer.append(onnx.numpy_helper.from_array(np.array(True), "yes"))
    loop = helper.make_node("Loop", ["turns", "yes", "mean"], ["looped"], body=body)
    made.graph.node.insert(1, loop)
    made.graph.node[2].input[0] = "looped"
    return write(folder, made)


def gluttonous(folder: Path) -> Path:
    """A few bytes that ask for sixty-four gigabytes when they run."""
    made = model(yolov8())
    shape = onnx.numpy_helper.from_array(np.array([64, 1024, 1024, 256], np.int64), "shape")
    made.graph.initializer.append(shape)
    nodes = [
        helper.make_node("Expand", ["mean", "shape"], ["vast"]),
        helper.make_node("ReduceMean", ["vast"], ["small"], keepdims=0),
    ]
    for i, node in enumerate(nodes):
        made.graph.node.insert(1 + i, node)
    made.graph.node[3].input[0] = "small"
    return write(folder, made)


HOSTILE: dict[str, tuple[Any, type[Problem]]] = {
    "weights in another file": (external, ModelHasExternalData),
    "weights in another file, hidden in a subgraph": (hidden_external, ModelHasExternalData),
    "operators of its own": (custom, ModelHasCustomOps),
    "a local function": (function, ModelHasCustomOps),
    "an operator that does not exist": (unknown_op, ModelDoesNotLoad),
    "a truncated file": (lambda folder: write(folder, model(yolov8()).SerializeToString()[:-900]), ModelNotOnnx),
    "text": (lambda folder: write(folder, b"not a model at all " * 40), ModelNotOnnx),
    "an empty file": (lambda folder: write(folder, b""), ModelNotOnnx),
    "an ancient opset": (lambda folder: write(folder, model(yolov8(), opset=5)), ModelOpsetUnsupported),
    "an opset of the future": (lambda folder: write(folder, model(yolov8(), opset=99)), ModelOpsetUnsupported),
    "fewer classes than columns": (lambda folder: write(folder, model(yolov8()), classes=CLASSES[:2]), ModelShapeDiffers),
    "another layout": (lambda folder: write(folder, model(yolov8()), "yolov5"), ModelShapeDiffers),
    "another input": (lambda folder: write(folder, model(yolov8()), input={"name": "pixels"}), ModelShapeDiffers),
    "another size": (lambda folder: write(folder, model(yolov8()), input={"size": [96, 96]}), ModelShapeDiffers),
    "another type": (lambda folder: write(folder, model(yolov8()), input={"dtype": "uint8"}), ModelShapeDiffers),
    "another output": (lambda folder: write(folder, model(yolov8()), names=["boxes"]), ModelShapeDiffers),
    "no numbers": (not_a_number, ModelOutputBroken),
    "scores beyond one": (beyond_one, ModelOutputBroken),
    "a loop without end": (endless, ModelTooHungry),
    "more memory than there is": (gluttonous, ModelTooHungry),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_model_nobody_should_load_is_refused_with_a_sentence(name: str, tmp_path: Path) -> None:
    make, expected = HOSTILE[name]
    folder = make(tmp_path / "model")
    with pytest.raises(expected) as refused:
        probe(folder, limit_s=6)
    assert refused.value.sentence().endswith(".")
    assert f"problem.{expected.slug()}.title" in labels("zh")


def test_a_good_model_is_tried_out_in_a_process_of_its_own(tmp_path: Path) -> None:
    proof = probe(write_layout(tmp_path, "yolov8"))
    assert proof.kinds == ("head", "helmet", "person")
    assert 0 < proof.ms_per_look < 1000


def test_a_file_its_manifest_was_not_written_for_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, model(yolov8()))
    with (folder / "test.onnx").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(ModelHashDiffers):
        checked_file(folder)


def test_a_link_to_somewhere_else_is_no_model(tmp_path: Path) -> None:
    folder = write(tmp_path / "model", model(yolov8()))
    (folder / "test.onnx").rename(tmp_path / "elsewhere.onnx")
    (folder / "test.onnx").symlink_to(tmp_path / "elsewhere.onnx")
    with pytest.raises(ModelFileMissing):
        checked_file(folder)


def test_a_file_that_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    folder = write(tmp_path, model(yolov8()))
    os.truncate(folder / "test.onnx", store.LARGEST_MODEL_BYTES + 1)
    with pytest.raises(ModelTooLarge):
        checked_file(folder)


def test_models_are_not_loaded_outside_of_worker_processes(tmp_path: Path) -> None:
    folder = write_layout(tmp_path, "yolov8")
    code = f"from pathlib import Path; from vision.models.runtime import Detector; Detector(Path({str(folder)!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False
    )
    assert "models are loaded in worker processes only" in done.stderr


@given(data=st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_bytes_that_are_no_model_are_told_from_one_without_a_crash(data: bytes) -> None:
    with pytest.raises(ModelNotOnnx):
        graph_facts(data + b"\xff" * 12)


# --- manifests ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"unknown": 1}, "/unknown"),
        ({"file": "../../etc/passwd"}, "/file"),
        ({"sha256": "beef"}, "/sha256"),
        ({"grade": "perfect"}, "/grade"),
        ({"input": {"size": [100000, 100000]}}, "/input/size/0"),
        ({"input": {"std": [0, 1, 1]}}, "/input"),
        ({"input": {"scale": float("inf")}}, "/input/scale"),
        ({"classes": [*CLASSES, CLASSES[0]]}, "/"),
        ({"classes": []}, "/"),
        ({"classes": [{"name": "Person!", "zh": "人"}]}, "/classes/0/name"),
        ({"thresholds": {"score": 1.5}}, "/thresholds/score"),
        ({"thresholds": {"per_class": {"sofa": 0.5}}}, "/"),
        ({"output": {"names": ["a", "b"]}}, "/"),
        ({"task": "embed"}, "/"),
    ],
)
def test_a_manifest_that_is_wrong_is_refused_at_its_field(change: dict[str, Any], place: str) -> None:
    content = manifest(b"", "yolov8", ["out"])
    for key, value in change.items():
        content[key] = content[key] | value if isinstance(content.get(key), dict) else value
    with pytest.raises(ModelManifestWrong) as refused:
        parsed_manifest(content)
    assert refused.value.members["field"] == place


@pytest.mark.parametrize("content", ["{", "[" * 100_000, "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")])
def test_a_manifest_that_is_no_json_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(content, encoding="latin-1")
    with pytest.raises(ModelManifestUnreadable):
        read_manifest(tmp_path)


def test_a_model_of_drawn_scenes_is_not_bound_to_a_real_camera() -> None:
    demo = parsed_manifest(manifest(b"", "yolov8", ["out"], grade="demo-synthetic"))
    check_binding(demo, synthetic_camera=True)
    with pytest.raises(ModelForSyntheticCamerasOnly):
        check_binding(demo, synthetic_camera=False)


# --- packages ----------------------------------------------------------------------------------------------------------------


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def contents() -> dict[str, bytes]:
    data = model(yolov8()).SerializeToString()
    return {"model.json": json.dumps(manifest(data, "yolov8", ["out"])).encode(), "test.onnx": data}


def test_a_package_is_unpacked(tmp_path: Path) -> None:
    read = unpack_package(packed(tmp_path / "p.zip", contents()), tmp_path / "model")
    assert checked_file(tmp_path / "model")[0] == read
    assert not (tmp_path / "model" / "test.onnx").stat().st_mode & stat.S_IXUSR


@pytest.mark.parametrize(
    "change",
    [
        {"../evil.onnx": b"x"},
        {"extra.txt": b"x"},
        {"run.sh": b"x"},
    ],
)
def test_a_package_with_anything_else_in_it_is_refused(change: dict[str, bytes], tmp_path: Path) -> None:
    with pytest.raises(ModelPackageWrong):
        unpack_package(packed(tmp_path / "p.zip", contents() | change), tmp_path / "model")
    assert not (tmp_path / "model").exists()
    assert not (tmp_path / "evil.onnx").exists()


def test_a_path_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    members = contents()
    members["../test.onnx"] = members.pop("test.onnx")
    with pytest.raises(ModelPackageWrong):
        unpack_package(packed(tmp_path / "p.zip", members), tmp_path / "model")
    assert not (tmp_path / "test.onnx").exists()


def test_a_zip_bomb_is_stopped_before_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "LARGEST_MODEL_BYTES", 8 * 2**20)
    bomb = packed(tmp_path / "p.zip", contents() | {"test.onnx": bytes(64 * 2**20)})
    assert bomb.stat().st_size < 100_000
    with pytest.raises(ModelTooLarge):
        unpack_package(bomb, tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_a_zip_that_lies_about_its_sizes_is_stopped_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "LARGEST_MODEL_BYTES", 8 * 2**20)
    path = packed(tmp_path / "p.zip", contents() | {"test.onnx": bytes(64 * 2**20)})
    data = path.read_bytes()
    small = (1024).to_bytes(4, "little")
    path.write_bytes(data.replace((64 * 2**20).to_bytes(4, "little"), small))
    with pytest.raises((ModelTooLarge, ModelPackageUnreadable)):
        unpack_package(path, tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_what_is_no_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.zip").write_bytes(b"PK\x03\x04 and then nothing")
    with pytest.raises(ModelPackageUnreadable):
        unpack_package(tmp_path / "p.zip", tmp_path / "model")
