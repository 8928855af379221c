"""What the whole city looks like: situation analyses, portraits, reports. Reads everything, writes only its own."""
