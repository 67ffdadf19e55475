"""What the audit must find: each of its identities with rows that break it."""
