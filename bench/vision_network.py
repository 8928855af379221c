"""The demo detector: an anchor-free network of one million weights, written from the published architectures in PyTorch.

Five stages of cross-stage blocks, pooled pyramid, a path up and a path down, and two small heads at strides 8, 16 and 32.
Distances are plain (softplus), in strides. PyTorch is needed to train it and to export it, never to run it.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as f

STRIDES = (8, 16, 32)
#: Channels of the five stages, and of the box and class heads.
STAGES, BOX_WIDTH, CLASS_WIDTH = (16, 32, 48, 80, 128), 32, 48


class Convolved(nn.Module):
    def __init__(self, inputs: int, outputs: int, size: int = 1, stride: int = 1) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False)
        self.norm = nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.03)

    def forward(self, x):
        return f.silu(self.norm(self.convolution(x)))


class Residual(nn.Module):
    def __init__(self, width: int, *, add: bool) -> None:
        super().__init__()
        self.body, self.add = nn.Sequential(Convolved(width, width, 3), Convolved(width, width, 3)), add

    def forward(self, x):
        return x + self.body(x) if self.add else self.body(x)


class CrossStage(nn.Module):
    def __init__(self, inputs: int, outputs: int, *, add: bool = True) -> None:
        super().__init__()
        half = outputs // 2
        self.split, self.merge = Convolved(inputs, outputs), Convolved(3 * half, outputs)
        self.body = Residual(half, add=add)

    def forward(self, x):
        first, second = self.split(x).chunk(2, 1)
        return self.merge(torch.cat([first, second, self.body(second)], 1))


class Pooled(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.narrow, self.wide, self.pool = Convolved(width, width // 2), Convolved(width * 2, width), nn.MaxPool2d(5, 1, 2)

    def forward(self, x):
        x = self.narrow(x)
        once = self.pool(x)
        twice = self.pool(once)
        return self.wide(torch.cat([x, once, twice, self.pool(twice)], 1))


def head(inputs: int, width: int, outputs: int, bias: float) -> nn.Sequential:
    last = nn.Conv2d(width, outputs, 1)
    nn.init.constant_(last.bias, bias)
    return nn.Sequential(Convolved(inputs, width, 3), Convolved(width, width, 3), last)


class DemoDetector(nn.Module):
    def __init__(self, classes: int) -> None:
        super().__init__()
        c1, c2, c3, c4, c5 = STAGES
        self.classes = classes
        self.stem = Convolved(3, c1, 3, 2)
        self.stage2 = nn.Sequential(Convolved(c1, c2, 3, 2), CrossStage(c2, c2))
        self.stage3 = nn.Sequential(Convolved(c2, c3, 3, 2), CrossStage(c3, c3))
        self.stage4 = nn.Sequential(Convolved(c3, c4, 3, 2), CrossStage(c4, c4))
        self.stage5 = nn.Sequential(Convolved(c4, c5, 3, 2), CrossStage(c5, c5), Pooled(c5))
        self.up4, self.up3 = CrossStage(c5 + c4, c4, add=False), CrossStage(c4 + c3, c3, add=False)
        self.down4, self.low4 = Convolved(c3, c3, 3, 2), CrossStage(c3 + c4, c4, add=False)
        self.down5, self.low5 = Convolved(c4, c4, 3, 2), CrossStage(c4 + c5, c5, add=False)
        self.boxes = nn.ModuleList(head(width, BOX_WIDTH, 4, 1.0) for width in (c3, c4, c5))
        self.kinds = nn.ModuleList(head(width, CLASS_WIDTH, classes, -4.6) for width in (c3, c4, c5))

    def features(self, x):
        three = self.stage3(self.stage2(self.stem(x)))
        four = self.stage4(three)
        five = self.stage5(four)
        four = self.up4(torch.cat([f.interpolate(five, scale_factor=2.0), four], 1))
        three = self.up3(torch.cat([f.interpolate(four, scale_factor=2.0), three], 1))
        four = self.low4(torch.cat([self.down4(three), four], 1))
        return three, four, self.low5(torch.cat([self.down5(four), five], 1))

    def raw(self, x):
        """Distances (B, 4, N) before softplus and logits (B, classes, N)."""
        found = self.features(x)
        boxes = [one(feature).flatten(2) for feature, one in zip(found, self.boxes, strict=True)]
        kinds = [one(feature).flatten(2) for feature, one in zip(found, self.kinds, strict=True)]
        return torch.cat(boxes, 2), torch.cat(kinds, 2)

    def corners(self, distances, size: int):
        """Corners (B, N, 4) in input pixels."""
        points, strides = anchors(size)
        away = f.softplus(distances) * strides
        x, y = points[:, 0], points[:, 1]
        return torch.stack([x - away[:, 0], y - away[:, 1], x + away[:, 2], y + away[:, 3]], 2)

    def forward(self, x):
        """(B, 4 + classes, N): centre and size in input pixels, scores from 0 to 1."""
        distances, logits = self.raw(x)
        x1, y1, x2, y2 = self.corners(distances, x.shape[-1]).unbind(2)
        return torch.cat([torch.stack([(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1], 1), logits.sigmoid()], 1)


def anchors(size: int):
    """Cell centres (N, 2) in pixels and the stride of each cell (N,)."""
    points, strides = [], []
    for stride in STRIDES:
        cells = torch.arange(size // stride)
        y, x = torch.meshgrid(cells, cells, indexing="ij")
        points.append((torch.stack([x, y], -1).reshape(-1, 2).float() + 0.5) * stride)
        strides.append(torch.full((len(cells) ** 2,), float(stride)))
    return torch.cat(points), torch.cat(strides)
