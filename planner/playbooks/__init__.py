"""Playbooks as data: the loader, and the shipped ones, each a folder of YAML with one file per topic."""

from planner.playbooks.loader import PlaybookError, Playbooks, load_playbook

__all__ = ["PlaybookError", "Playbooks", "load_playbook"]
