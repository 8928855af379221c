"""What every package stands on: settings, the database, the unit of work, problems, clock, labels, log, jobs, changes, audit."""
