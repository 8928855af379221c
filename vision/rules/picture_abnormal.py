"""41b 画面质量异常: the picture was abnormal for an hour, with clear moments of up to a minute bridged.

No signal is *offline*, which is another matter: the hour stands still until pictures come again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from vision.quality.values import Fault
from vision.rules.parameters import check_parameters
from vision.rules.values import Algorithm, Evidence, Finding, Number, Phase, RuleState, Verdict


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Defaults of the tender."""

    abnormal_s: float = 3600.0
    #: A clear moment so short does not end an abnormal hour.
    bridged_s: float = 60.0
    #: Samples farther apart than this leave an unknown gap, in which the hour stands still.
    longest_gap_s: float = 60.0
    repeat_s: float = 600.0


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One diagnosis; ``faults`` None: there was no picture."""

    at_s: float
    faults: frozenset[Fault] | None


class PictureAbnormal:
    """One episode per camera."""

    algorithm = Algorithm.PICTURE_ABNORMAL

    def __init__(self, parameters: Parameters | None = None) -> None:
        self.parameters = parameters or Parameters()
        check_parameters(self.parameters)
        self._last_s: float | None = None
        self._began_s: float | None = None
        self._abnormal_s = self._clear_s = 0.0
        self._raised_s: float | None = None
        self._told_s = 0.0
        self._faults: Counter[Fault] = Counter()

    def update(self, sample: Sample) -> Verdict:
        """What one sample adds."""
        if self._last_s is not None and not sample.at_s > self._last_s:
            return Verdict(state=RuleState.JUDGING)
        step_s = 0.0 if self._last_s is None else sample.at_s - self._last_s
        step_s = step_s if step_s <= self.parameters.longest_gap_s else 0.0
        self._last_s = sample.at_s
        if sample.faults is None:
            return Verdict(state=RuleState.NO_SIGNAL)
        if not sample.faults:
            return self._clear(sample, step_s)
        if self._began_s is None:
            self._began_s, step_s = sample.at_s, 0.0
        self._abnormal_s, self._clear_s = self._abnormal_s + step_s + self._clear_s, 0.0
        self._faults.update(sample.faults)
        if self._raised_s is None and self._abnormal_s >= self.parameters.abnormal_s:
            self._raised_s = self._told_s = sample.at_s
            return self._said(sample, Phase.START)
        if self._raised_s is not None and sample.at_s - self._told_s >= self.parameters.repeat_s:
            self._told_s = sample.at_s
            return self._said(sample, Phase.CONTINUE)
        return Verdict(state=RuleState.JUDGING)

    def _clear(self, sample: Sample, step_s: float) -> Verdict:
        if self._began_s is None:
            return Verdict(state=RuleState.JUDGING)
        self._clear_s += step_s
        if self._clear_s <= self.parameters.bridged_s:
            return Verdict(state=RuleState.JUDGING)
        ended = self._said(sample, Phase.END) if self._raised_s is not None else Verdict(state=RuleState.JUDGING)
        self._began_s = self._raised_s = None
        self._abnormal_s = self._clear_s = 0.0
        self._faults.clear()
        return ended

    def _said(self, sample: Sample, phase: Phase) -> Verdict:
        usual = self._faults.most_common(1)[0][0]
        assert self._raised_s is not None
        finding = Finding(
            algorithm=self.algorithm,
            phase=phase,
            subject="picture",
            onset_s=self._raised_s,
            at_s=sample.at_s,
            numbers=(Number(name="abnormal_s", value=self._abnormal_s, limit=self.parameters.abnormal_s),),
            what=usual,
            evidence=Evidence.of(sample.at_s, ()),
        )
        return Verdict(state=RuleState.JUDGING, findings=(finding,))
