"""What the room `catalog` shows: pages, desk, API, words."""
