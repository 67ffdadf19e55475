"""Importers: catalogues and category trees from files into the platform."""
