"""Where everything of one installation lives, and whose it is."""

from __future__ import annotations

import grp
import hashlib
import os
import pwd
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: A Unix socket's path may have 107 bytes; the longest name in the folder is PostgreSQL's.
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432.lock")
MARK = "geowarden-data"


class OpsError(Exception):
    """Something the operator can mend; the message is one sentence that says how."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """The system account the database runs as: PostgreSQL refuses root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, kw_only=True)
class Home:
    """The folders of one installation."""

    #: Virtual environment, logs, state.
    folder: Path
    #: Database clusters, Redis, base maps; reachable by the database's account.
    data: Path
    #: Unix sockets.
    sockets: Path
    account: Account

    @property
    def logs(self) -> Path:
        """One file per service."""
        return self.folder / "logs"

    @property
    def state_file(self) -> Path:
        """What the supervisor says of itself."""
        return self.folder / "supervisor.json"


def find_home() -> Home:
    """The home of this checkout: ``$GEOWARDEN_HOME``, else ``.geowarden`` beside the code."""
    folder = Path(os.environ.get("GEOWARDEN_HOME", ROOT / ".geowarden")).resolve()
    account = database_account()
    data = folder / "data"
    if not reachable(folder, account):
        data = Path("/var/lib/geowarden") / f"{folder.parent.name}-{short_hash(folder)}"
    return Home(folder=folder, data=data, sockets=socket_folder(data), account=account)


def database_account() -> Account:
    """``postgres`` when we are root, else ourselves."""
    name = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise OpsError("The account “postgres” is missing: install the Debian package postgresql-15.") from None
    return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)


def reachable(folder: Path, account: Account) -> bool:
    """May the account pass through every folder down to this one?"""
    groups = {account.gid, *(group.gr_gid for group in grp.getgrall() if account.name in group.gr_mem)}
    for part in [*reversed(folder.parents), folder]:
        if not part.exists():
            continue
        facts = part.stat()
        shift = 6 if facts.st_uid == account.uid else 3 if facts.st_gid in groups else 0
        if not facts.st_mode >> shift & 1:
            return False
    return True


def socket_folder(data: Path) -> Path:
    """A folder short enough for sockets: in the data folder, else one in /tmp named after it."""
    wanted = data / "run"
    return wanted if len(os.fsencode(wanted)) <= LONGEST_SOCKET_FOLDER else Path("/tmp") / f"geowarden-{short_hash(data)}"  # noqa: S108  ours alone: its owner and mode are checked before use


def prepare(home: Home) -> None:
    """Make the folders, and refuse any that belong to somebody else."""
    home.folder.mkdir(parents=True, exist_ok=True)
    home.logs.mkdir(exist_ok=True)
    if home.data.exists() and any(home.data.iterdir()) and not (home.data / MARK).exists():
        raise OpsError(f"The data folder {home.data} was not made by geowarden: move it away or set GEOWARDEN_HOME.")
    home.data.mkdir(parents=True, exist_ok=True)
    (home.data / MARK).touch()
    (home.data / "basemaps").mkdir(exist_ok=True)
    private_folder(home.sockets, home.account)


def private_folder(folder: Path, account: Account) -> None:
    """A folder that only the account (and root) may enter."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = folder.lstat()
    if folder.is_symlink() or facts.st_uid not in {os.geteuid(), account.uid}:
        raise OpsError(f"The folder {folder} belongs to somebody else: remove it or set GEOWARDEN_HOME.")
    os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)


def short_hash(path: Path) -> str:
    """Eight characters that stand for a path."""
    return hashlib.blake2b(os.fsencode(path), digest_size=4).hexdigest()
