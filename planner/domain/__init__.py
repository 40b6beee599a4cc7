"""The methodology as frozen models and plain functions: no I/O, clock, randomness, settings or framework."""
