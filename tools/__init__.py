"""The course's workshop: what reads, runs and renews notebooks, tables and requirements."""
