"""What `make bench` runs: every bound is a ratio against a floor measured in the same run, or a size."""
