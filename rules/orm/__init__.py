"""The data model, whatever library declares it: how code uses it, and what its parts say of each other."""
