"""Loading: the demo town, and catalogues and category trees of others, all through the rooms' own doors."""
