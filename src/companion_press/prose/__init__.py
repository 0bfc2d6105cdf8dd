"""What stands in the running text: claims, disagreements, solutions, the reference."""
