"""Video for people: live pictures through a gateway, who watches them, and what sees a place."""
