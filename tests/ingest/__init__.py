"""Reading, forms, rejects and commits, attacked from what the design promises."""
