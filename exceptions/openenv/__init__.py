"""The OpenEnv wire protocol under /openenv/, for clients of that package; docs/openenv.md is its page.

Written against openenv 0.10, of which nothing is needed at run time.
"""
