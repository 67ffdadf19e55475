"""What the room `qualification` shows: pages, desk, API, words."""
