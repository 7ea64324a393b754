"""The queries: what every pack makes of the places where code speaks to a database."""
