"""What the room `storefront` shows: its stylesheets, desk, API, words."""
