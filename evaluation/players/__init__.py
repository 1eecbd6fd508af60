"""Players: whoever reads a conversation and answers with an action.

One protocol, four kinds (scripts, local models, API models, humans).
"""
