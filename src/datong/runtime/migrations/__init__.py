"""Migrations: additive, frozen SQL texts in a line; a later one never edits an earlier one."""
