"""What can be wrong with what vision is given: parameters of rules, and models."""

from __future__ import annotations

from foundation.problems import Conflict, Invalid, Unavailable


class RuleParameterWrong(Invalid):
    """A parameter of the algorithm is out of bounds."""

    detail = "{value} is not between {lowest} and {highest}."


class ModelManifestUnreadable(Invalid):
    """The model's manifest is not readable JSON."""


class ModelManifestWrong(Invalid):
    """The model's manifest is not valid."""

    detail = "{place}: {reason}"


class ModelFileMissing(Invalid):
    """The model's file is not beside its manifest."""


class ModelHashDiffers(Invalid):
    """The model's file is not the one its manifest was written for."""


class ModelTooLarge(Invalid):
    """The model is too large."""

    detail = "At most {limit_mb} MB."


class ModelNotOnnx(Invalid):
    """The model's file is not a complete ONNX model."""


class ModelOpsetUnsupported(Invalid):
    """The model was written for a version of ONNX that is not supported."""

    detail = "Version {version}; from {lowest} to {highest}."


class ModelHasExternalData(Invalid):
    """The model keeps weights in other files, which is not allowed."""


class ModelHasCustomOps(Invalid):
    """The model uses operators that are not part of ONNX."""

    detail = "Operators: {names}."


class ModelDoesNotLoad(Invalid):
    """The model cannot be loaded."""


class ModelShapeDiffers(Invalid):
    """The model's inputs or outputs are not those its manifest describes."""

    detail = "{name}: {shape} instead of {expected}."


class ModelOutputBroken(Invalid):
    """The model gives values that are no numbers, or boxes that cannot be."""


class ModelTooHungry(Invalid):
    """The model takes too much time or memory."""

    detail = "At most {limit_s} s and {limit_mb} MB."


class ModelPackageWrong(Invalid):
    """The package must hold exactly a manifest, model.json, and the file it names."""


class ModelPackageUnreadable(Invalid):
    """The package is no ZIP file, or is damaged."""


class ModelForSyntheticCamerasOnly(Conflict):
    """The model was trained on synthetic scenes and serves synthetic cameras only."""


class ModelProcessGone(Unavailable):
    """The process that tries models out could not be started."""
