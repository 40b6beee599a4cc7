"""Playbooks as data: the loader, and the shipped ones, each a folder of YAML with one file per topic."""

from planner.playbooks.copies import copy_playbook
from planner.playbooks.library import Playbooks
from planner.playbooks.loader import PlaybookError, check_playbook, load_playbook

__all__ = ["PlaybookError", "Playbooks", "check_playbook", "copy_playbook", "load_playbook"]
