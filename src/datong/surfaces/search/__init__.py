"""What the room `search` shows: pages, desk, API, words."""
