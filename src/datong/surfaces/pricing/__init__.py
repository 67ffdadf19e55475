"""What the room `pricing` shows: pages, desk, API, words."""
