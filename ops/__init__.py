"""What runs the product: the private database and Redis, the supervisor, the demo city, the command line."""
