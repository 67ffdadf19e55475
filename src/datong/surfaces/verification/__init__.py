"""What the room `verification` says: words of its states and notices; pages are those of the rooms above."""
