"""What a track is, by the scores of all its looks: one misread frame makes no fire engine of a lorry."""

from __future__ import annotations

from dataclasses import dataclass, field

from vision.looks import Place, Thing


@dataclass
class Ballot:
    """The votes of one track."""

    looks: int = 0
    scores: dict[str, float] = field(default_factory=dict)
    place: Place | None = None
    seen_s: float = 0.0
    #: It was told about, and as what.
    told: str = ""

    def vote(self, thing: Thing, running_s: float) -> None:
        """One more look."""
        self.looks, self.place, self.seen_s = self.looks + 1, thing.place, running_s
        self.scores[thing.kind] = self.scores.get(thing.kind, 0.0) + thing.score

    def enough(self, fewest: int, torn: int) -> bool:
        """Looks enough to say something: more of them when they disagree."""
        return self.looks >= (torn if len(self.scores) > 1 else fewest)

    @property
    def winner(self) -> str:
        """The kind with the highest sum of scores."""
        return max(sorted(self.scores), key=lambda kind: self.scores[kind])

    @property
    def mean_score(self) -> float:
        """The winner's score over all looks, those that said something else included."""
        return self.scores[self.winner] / max(self.looks, 1)

    @property
    def margin(self) -> float:
        """How far the winner leads, as a share of all scores."""
        total = sum(self.scores.values())
        ordered = sorted(self.scores.values(), reverse=True)
        return (ordered[0] - (ordered[1] if len(ordered) > 1 else 0.0)) / max(total, 1e-9)
