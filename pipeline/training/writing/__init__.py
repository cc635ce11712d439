"""Training of models that write: instruction tuning of decoders and encoder-decoders."""
