"""What a media gateway does for us: ours that starts ffmpeg, or a media server beside us."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from sites.cameras.states import StreamProtocol


@dataclass(frozen=True, kw_only=True)
class Source:
    """A camera's stream as it is opened: the address holds its password and is shown to nobody."""

    camera_id: int
    protocol: StreamProtocol
    address: str
    #: The sub-stream where there is one.
    substream: bool


@dataclass(frozen=True, kw_only=True)
class Playable:
    """Where a player finds the picture."""

    kind: Literal["hls", "whep"]
    #: A playlist of ours in this folder, or the address of a media server.
    folder: Path | None = None
    url: str | None = None


class MediaGateway(Protocol):
    """Brings a camera's picture to players."""

    def live(self, source: Source) -> Playable:
        """Make sure that the picture is carried, and say where; raises a ``Problem`` that says why it is not."""

    def watched(self, camera_id: int) -> None:
        """Somebody still looks: carry it on."""

    def carrying(self) -> int:
        """How many streams are carried now."""
