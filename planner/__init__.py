"""planner: plan machine-learning projects — what to do, what it must achieve, what it still lacks."""

__version__ = "0.1.0"
