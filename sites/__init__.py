"""Projects and their sites: opening, plotting, participants, districts, devices. Everything else hangs on a site."""
