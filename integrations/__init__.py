"""Partners in and out: connectors, uplink, downlink, their credentials and their logs."""
