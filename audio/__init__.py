"""Sound in: recorded files to blocks, frames and utterances. Knows nothing of negotiation."""
