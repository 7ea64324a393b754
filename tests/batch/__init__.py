"""Many runs: a synthetic tree of results, the store, and the study of it."""
