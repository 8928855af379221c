"""Quantise what ``bench.vision_train`` made, score it on scenes it never saw, and write it with its manifest into a folder.

``python -m bench.vision_demo_model TRAINED.onnx FOLDER --seed N --images N [--scenes 300]``: int8 weights and activations per
channel, calibrated on forty drawn scenes; the last convolutions of the heads stay float. ``--score FOLDER`` only scores again.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import tempfile
from dataclasses import asdict
from pathlib import Path

import numpy as np

from bench.measuring import report
from vision.demo.catalogue import CLASSES
from vision.demo.scenes import render
from vision.demo.scoring import score_detector
from vision.models.runtime import Detector, become_model_process

SIZE, CALIBRATION_FROM, CALIBRATION_SCENES = 416, 20_000_000, 40
FILE = "demo_site_int8.onnx"
CHINESE = ("人", "安全帽", "裸头", "救生衣", "电瓶车", "手推车", "大型物资", "渣土车", "搅拌车", "挖掘机", "警车", "消防车",
           "救护车", "火焰", "烟雾", "积水", "管片", "护栏")  # fmt: skip
#: For scoring every box counts; at work only the sure ones.
SCORING_FROM, WORKING_FROM = 0.02, 0.35


def quantised(trained: Path, target: Path) -> None:
    import onnx
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Scenes(CalibrationDataReader):
        def __init__(self) -> None:
            images = (render(CALIBRATION_FROM + i, SIZE).image for i in range(CALIBRATION_SCENES))
            # The network was trained on the pictures as drawn: blue, green, red.
            self.rows = iter([{"images": image.transpose(2, 0, 1)[None].astype(np.float32) / 255} for image in images])

        def get_next(self):
            return next(self.rows, None)

    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(trained), str(prepared), skip_symbolic_shape=True)
        nodes = onnx.load(str(prepared)).graph.node
        heads = [one.name for one in nodes if one.op_type == "Conv" and ("/boxes." in one.name or "/kinds." in one.name)
                 and one.name.endswith(".2/Conv")]  # fmt: skip
        quantize_static(
            str(prepared), str(target), Scenes(), quant_format=QuantFormat.QDQ, activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["Conv"], nodes_to_exclude=heads,
        )  # fmt: skip


def manifest(folder: Path, file: str, seed: int, images: int) -> dict:
    return {
        "name": "demo-synthetic",
        "version": "1",
        "task": "detect",
        "file": file,
        "sha256": hashlib.sha256((folder / file).read_bytes()).hexdigest(),
        "licence": "Apache-2.0",
        "source": "trained in this repository on drawn scenes only: bench/vision_train.py, vision/demo",
        "grade": "demo-synthetic",
        "input": {"name": "images", "size": [SIZE, SIZE], "color": "bgr"},
        "output": {"layout": "yolov8", "names": ["output0"]},
        "classes": [{"name": name, "zh": zh} for name, zh in zip(CLASSES, CHINESE, strict=True)],
        "thresholds": {"score": WORKING_FROM, "nms_iou": 0.6},
        "training": {"script": "bench/vision_train.py", "seed": seed, "images_seen": images},
    }


def score(folder: Path, scenes: int):
    """With every box counted, whatever the manifest's threshold."""
    become_model_process()
    detector = Detector(folder)
    detector._limits[:] = SCORING_FROM  # noqa: SLF001  scoring needs the low end of the curve
    return score_detector(detector.detect, scenes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trained", type=Path, nargs="?")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--images", type=int, default=0)
    parser.add_argument("--scenes", type=int, default=300)
    parser.add_argument("--date", default=datetime.date.today().isoformat())  # noqa: DTZ011
    given = parser.parse_args()
    if given.trained:
        given.folder.mkdir(parents=True, exist_ok=True)
        quantised(given.trained, given.folder / FILE)
        content = manifest(given.folder, FILE, given.seed, given.images)
        (given.folder / "model.json").write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    found = score(given.folder, given.scenes)
    if given.trained:
        name = f"vision.demo scenes, seeds {30_000_000} to {30_000_000 + given.scenes - 1}, never trained on"
        content["eval"] = {"set": name, "mAP50": found.map50, "per_class": found.per_class, "date": given.date}
        (given.folder / "model.json").write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    report("vision_demo_model", **asdict(found), bytes=(given.folder / FILE).stat().st_size)


if __name__ == "__main__":
    main()
