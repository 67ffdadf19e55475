"""What the room `favourite` shows: pages, desk, API, words."""
