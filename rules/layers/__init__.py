"""The clean architecture, clause by clause, and layers that the user names."""
