"""What was said, read as signals: pure rules over turns, one family a file.

`moves` reads my turns, `replies` their answers to them, `remarks` what they say by themselves,
`dialogue` what shows only over several turns. All return findings: a kind, a confidence, the rule's
name and the words it rests on. The engine gives them times and numbers.
"""
