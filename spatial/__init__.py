"""Pure geometry: reference systems, measuring, validity of plots, drawing commands. No database, no state, only functions of values."""
