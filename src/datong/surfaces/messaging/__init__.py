"""What the room `messaging` shows: pages, desk, API, words."""
