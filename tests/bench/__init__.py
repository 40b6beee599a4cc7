"""`make bench`: how far the service is from the limit of this machine, side by side in one run.

Not a test: figures drift with the machine, ratios hold. docs/performance.md keeps the first ones.
"""
