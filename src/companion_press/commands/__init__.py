"""What `make` calls: the environment, the build, the addresses that must stay."""
