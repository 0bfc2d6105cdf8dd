"""What was made stays until what replaces it is whole, and what goes wrong with the machine is one sentence."""
