"""The pipeline: the order of steps from a source to a ticket."""
