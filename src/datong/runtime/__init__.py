"""How the platform runs: embedded server, supervisor, migrations, bootstrap, commands."""
