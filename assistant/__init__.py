"""What was said, what it means, what to say next: the engine, and the edges it works through."""
