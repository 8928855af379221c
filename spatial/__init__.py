"""Pure geometry: reference systems, measuring, validity of plots, drawing commands. No database, only functions of values."""
