"""Train the demo detector on synthetic scenes only, export it, quantise it, and score it on scenes it never saw.

``python -m bench.vision_train FOLDER [--steps N] [--bank N] [--seed N]``; needs PyTorch (``pip install torch``), which is not
in the lock. Two cores without other work take about a quarter of an hour. The schedule counts steps, not minutes: one seed gives
one network on one machine and one version of PyTorch.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.nn import functional as f

from bench.vision_network import DemoDetector, anchors
from vision.demo.catalogue import CLASSES
from vision.demo.scenes import render

SIZE, BATCH = 416, 16
#: Seeds of scenes that are never trained on: for looking in between, for calibration, for the score.
LOOKED_AT_FROM, CALIBRATION_FROM, HELD_OUT_FROM = 10_000_000, 20_000_000, 30_000_000
HIGHEST_RATE, WARM_UP_STEPS = 2.5e-3, 60
#: Cells that may be responsible for one thing.
CANDIDATES = 10


def pair_iou(a, b):
    low, high = torch.max(a[:, None, :2], b[None, :, :2]), torch.min(a[:, None, 2:], b[None, :, 2:])
    both = (high - low).clamp(0).prod(-1)
    area_a, area_b = (a[:, 2:] - a[:, :2]).prod(-1), (b[:, 2:] - b[:, :2]).prod(-1)
    return both / (area_a[:, None] + area_b[None] - both + 1e-7)


def complete_iou(a, b):
    """IoU less the distance of the centres and the difference in shape."""
    both = (torch.min(a[:, 2:], b[:, 2:]) - torch.max(a[:, :2], b[:, :2])).clamp(0).prod(-1)
    size_a, size_b = a[:, 2:] - a[:, :2], b[:, 2:] - b[:, :2]
    iou = both / (size_a.prod(-1) + size_b.prod(-1) - both + 1e-7)
    hull = (torch.max(a[:, 2:], b[:, 2:]) - torch.min(a[:, :2], b[:, :2])).pow(2).sum(1) + 1e-7
    apart = (a[:, :2] + a[:, 2:] - b[:, :2] - b[:, 2:]).pow(2).sum(1) / 4
    angle = torch.atan(size_b[:, 0] / (size_b[:, 1] + 1e-7)) - torch.atan(size_a[:, 0] / (size_a[:, 1] + 1e-7))
    shape = 4 / torch.pi**2 * angle.pow(2)
    with torch.no_grad():
        weight = shape / (1 - iou + shape + 1e-7)
    return iou - apart / hull - weight * shape


def assigned(scores, boxes, points, strides, truth):
    """Task-aligned assignment: which cells answer for which thing, and how well they must score."""
    kinds, wanted = truth[:, 0].long(), truth[:, 1:]
    slack = (strides[:, None] * 0.8 - (wanted[:, 2:] - wanted[:, :2]).min(1).values[None] / 2).clamp(0)
    inside = (points[:, None] > wanted[None, :, :2] - slack[..., None]).all(-1)
    inside &= (points[:, None] < wanted[None, :, 2:] + slack[..., None]).all(-1)
    overlap = pair_iou(boxes, wanted)
    aligned = scores[:, kinds].clamp(1e-9) ** 0.5 * overlap.clamp(1e-9) ** 6 * inside
    # cells that overlap nothing yet are still ranked, by distance
    distance = (points[:, None] - (wanted[None, :, :2] + wanted[None, :, 2:]) / 2).abs().sum(-1)
    aligned = aligned + inside * 1e-12 / (1 + distance)
    best = aligned.topk(min(CANDIDATES, len(points)), 0)
    chosen = torch.zeros_like(aligned, dtype=torch.bool).scatter_(0, best.indices, best.values > 0)
    contested = chosen.sum(1) > 1
    nearest = torch.where(chosen, overlap + 1e-6, overlap * 0).argmax(1)
    chosen[contested] = f.one_hot(nearest[contested], len(wanted)).bool()
    aligned = aligned * chosen
    target = aligned / (aligned.max(0).values + 1e-12) * (overlap * chosen).max(0).values
    return chosen.any(1), chosen.float().argmax(1), target.max(1).values


def loss_of(net, images, truths, points, strides):
    with torch.autocast("cpu", torch.bfloat16):
        distances, logits = net.raw(images)
    distances, logits = distances.float(), logits.float()
    boxes, wanted = net.corners(distances, SIZE), torch.zeros(len(images), len(points), len(CLASSES))
    chosen = []
    with torch.no_grad():
        for i, truth in enumerate(truths):
            if len(truth):
                taken, which, target = assigned(logits[i].sigmoid().T, boxes[i], points, strides, truth)
                cells = taken.nonzero()[:, 0]
                wanted[i, cells, truth[which[cells], 0].long()] = target[cells]
                chosen.append((i, cells, truth[which[cells], 1:], target[cells].clamp(0.05)))
    total = wanted.sum().clamp(1)
    by_box = sum(((1 - complete_iou(boxes[i][cells], box)) * weight).sum() for i, cells, box, weight in chosen) / total
    by_kind = f.binary_cross_entropy_with_logits(logits.permute(0, 2, 1), wanted, reduction="sum") / total
    return 0.8 * by_kind + 5 * by_box


def varied(rng, image, rows):
    """Mirrored, scaled and shifted by chance."""
    rows = rows.copy()
    if rng.random() < 0.5:
        image, rows[:, [1, 3]] = image[:, ::-1], SIZE - rows[:, [3, 1]]
    if rng.random() < 0.6:
        scale = rng.uniform(0.75, 1.35)
        shift = rng.uniform(-0.15, 0.15, 2) * SIZE + SIZE / 2 * (1 - scale)
        matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]], np.float32)
        image = cv2.warpAffine(np.ascontiguousarray(image), matrix, (SIZE, SIZE), borderValue=(114, 114, 114))
        before = (rows[:, 3] - rows[:, 1]) * (rows[:, 4] - rows[:, 2]) * scale**2
        rows[:, [1, 3]] = (rows[:, [1, 3]] * scale + shift[0]).clip(0, SIZE)
        rows[:, [2, 4]] = (rows[:, [2, 4]] * scale + shift[1]).clip(0, SIZE)
        width, height = rows[:, 3] - rows[:, 1], rows[:, 4] - rows[:, 2]
        rows = rows[(width > 5) & (height > 5) & (width * height > 0.35 * before)]
    return torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1))), torch.from_numpy(rows)


def scene(seed: int):
    cv2.setNumThreads(1)
    made = render(seed, SIZE)
    return made.image, made.boxes, made.ignored


def train(bank, steps: int, seed: int, save) -> DemoDetector:
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net, mean = DemoDetector(len(CLASSES)), DemoDetector(len(CLASSES))
    mean.load_state_dict(net.state_dict())
    net = net.to(memory_format=torch.channels_last)
    points, strides = anchors(SIZE)
    optimiser = torch.optim.AdamW(net.parameters(), lr=1.0, weight_decay=5e-4, betas=(0.9, 0.99))
    began = time.monotonic()
    for step in range(steps):
        warm = min(1.0, step / WARM_UP_STEPS)
        for group in optimiser.param_groups:
            group["lr"] = HIGHEST_RATE * warm * (0.5 * (1 + np.cos(np.pi * step / steps)) * 0.97 + 0.03)
        pairs = [varied(rng, *bank[i][:2]) for i in rng.integers(0, len(bank), BATCH)]
        brightness = torch.empty(BATCH, 3, 1, 1).uniform_(0.85, 1.15)
        images = torch.stack([image for image, _ in pairs]).float().div_(255).mul_(brightness)
        net.train()
        loss = loss_of(net, images.to(memory_format=torch.channels_last), [rows for _, rows in pairs], points, strides)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 10.0)
        optimiser.step()
        keep = min(0.998, (1 + step) / (20 + step))
        with torch.no_grad():
            for kept, now in zip(mean.state_dict().values(), net.state_dict().values(), strict=True):
                kept.mul_(keep).add_(now, alpha=1 - keep) if kept.dtype.is_floating_point else kept.copy_(now)
        if step % 50 == 49:
            per_s = (step + 1) * BATCH / (time.monotonic() - began)
            print(json.dumps({"step": step + 1, "loss": round(float(loss), 3), "images_per_s": round(per_s, 1)}), flush=True)
        if step % 400 == 399:
            save(mean)
    return mean


def export(net: DemoDetector, path: Path) -> None:
    net.eval()
    torch.onnx.export(
        net, (torch.zeros(1, 3, SIZE, SIZE),), str(path), input_names=["images"], output_names=["output0"],
        opset_version=17, dynamo=False,
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=2400)
    parser.add_argument("--bank", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    began = time.monotonic()
    with multiprocessing.Pool(min(2, os.cpu_count() or 1)) as pool:
        bank = pool.map(scene, range(given.bank), 16)
    print(json.dumps({"scenes": len(bank), "rendered_in_s": round(time.monotonic() - began, 1)}), flush=True)
    path = given.folder / "demo_site.onnx"
    net = train(bank, given.steps, given.seed, lambda mean: torch.save(mean.state_dict(), given.folder / "demo_site.pt"))
    torch.save(net.state_dict(), given.folder / "demo_site.pt")
    export(net, path)
    print(json.dumps({"trained_in_s": round(time.monotonic() - began, 1), "file": str(path), "bytes": path.stat().st_size}))


if __name__ == "__main__":
    main()
