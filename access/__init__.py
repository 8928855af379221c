"""Who may do what and where: organisations, users, roles, sign-in, API keys and the grants that say which sites a person sees."""
