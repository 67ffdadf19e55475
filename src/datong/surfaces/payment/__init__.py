"""What the room `payment` shows: pages, desk, API, words."""
