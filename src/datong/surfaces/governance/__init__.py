"""What the room `governance` shows: pages, desk, API, words."""
