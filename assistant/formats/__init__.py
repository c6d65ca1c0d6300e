"""What transcript files look like, as the programs that write them write them. Pure.

Every reader takes lines or bytes and returns cues: who spoke, when, what, as the file says it.
"""
