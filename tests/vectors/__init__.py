"""The vectors and clocks of the domain reference, section by section, each through the doors of the rooms."""
