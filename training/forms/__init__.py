"""What a training run is launched with."""
