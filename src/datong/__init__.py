"""Datong: one platform mechanism under many storefront brands."""

__version__ = "0.1.0"
