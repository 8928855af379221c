"""The only place that speaks HTTP: routers, problems, sign-in, the application factory."""
