"""What happens, as it happens: a log that streams read from, each viewer what is theirs."""
