"""What the room `merchant` shows: pages, desk, API, words."""
