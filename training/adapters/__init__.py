"""Adapters: what they must be, where the desk keeps them, the Hugging Face Hub, full weights, where they came from."""
