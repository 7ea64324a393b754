"""Names and attributes that code uses and that are not there."""
