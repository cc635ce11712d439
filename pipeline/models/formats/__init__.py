"""File formats that a base model may arrive in, each turned into an ordinary Hugging Face folder. Fetches nothing."""
