"""What a run is, what it leaves behind and where that is written down. Loads no model."""
