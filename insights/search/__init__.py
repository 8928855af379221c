"""One box over sites, devices, incidents and organisations: tokens, entries kept in step, one port for two engines."""
