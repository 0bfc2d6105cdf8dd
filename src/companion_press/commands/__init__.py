"""The commands of the project, with or without make: the environment, the build, the addresses that must stay."""
