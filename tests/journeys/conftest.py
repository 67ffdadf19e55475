"""Journeys ask the same site as the tests of the surfaces."""

from tests.surfaces.conftest import site

__all__ = ["site"]
