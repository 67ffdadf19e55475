"""What the room `review` shows: pages, desk, API, words."""
