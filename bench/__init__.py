"""What is fast and what is not, measured: `python -m bench [NAME …] [--short]`."""
