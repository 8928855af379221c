"""``./geowarden pyramid check``: are the counts on the map those of the incidents? ``rebuild`` counts them anew."""

from __future__ import annotations

import argparse
import sys

from foundation.database import open_database
from ops.home import OpsError, find_home
from ops.services import installed_settings
from sites.visibility import visible_sites
from tiles.pyramid.checking import find_faults, make_anew


def pyramid(options: argparse.Namespace) -> int:
    """Check or rebuild, and say how far it is."""
    if options.service not in {"check", "rebuild"}:
        raise OpsError("Say what to do: ./geowarden pyramid check, or ./geowarden pyramid rebuild.")
    loaded = installed_settings(find_home(), options.host, options.port)
    # counting a site anew may take longer than a request may
    patient = loaded.database.model_copy(update={"statement_timeout_s": 600.0})
    database = open_database(patient, visible_sites)
    try:
        if options.service == "rebuild":
            make_anew(database, _told)
        faults = find_faults(database, _told)
    finally:
        database.engine.dispose()
    for fault in faults:
        print(f"  site {fault.site_id}: {fault.cells} cells and {fault.incidents} incidents are wrong")
    if faults:
        raise OpsError(f"{len(faults)} sites are counted wrongly: run ./geowarden pyramid rebuild.")
    print("geowarden: every cell is right.")
    return 0


def _told(done: int, of: int) -> None:
    if sys.stdout.isatty() or done == of:
        print(f"\r  · {done} of {of} sites", end="\n" if done == of else "", flush=True)
