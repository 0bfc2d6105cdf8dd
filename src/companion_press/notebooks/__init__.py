"""The chapters as notebooks, and the ways to run them."""
