"""hold: statements held against what the project declares of its data."""
