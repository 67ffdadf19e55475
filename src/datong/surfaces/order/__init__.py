"""What the room `order` shows: pages, desk, API, words."""
