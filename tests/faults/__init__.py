"""What the service promises when something breaks."""
