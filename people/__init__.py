"""Who is where and on duty: worker register, attendance, leave, visitors."""
