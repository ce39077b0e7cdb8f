"""What is drawn: the strokes of digits and signs, displays, and what stands around digits."""
