"""Every way in which a command can fail, as a line on stderr and an exit code. No traceback reaches a user."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator

import typer
from typer.exceptions import TyperException

DONE, NOT_DONE, UNEXPECTED, INTERRUPTED = 0, 2, 70, 130


def explain(error: Exception, *, debug: bool = False) -> int:
    """Says on stderr what went wrong and gives the exit code: 2 for what a user can cure, 70 for a bug of ours."""
    if isinstance(error, TyperException):
        return _explain_usage(error)
    lines = list(_lines(error))
    for line in lines:
        typer.echo(line, err=True)
    if lines:
        return NOT_DONE
    typer.echo(
        f"planner: something unexpected went wrong ({type(error).__name__}). Please report it; "
        "`planner --debug …` shows where it happened.",
        err=True,
    )
    if debug:
        typer.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    return UNEXPECTED


def _explain_usage(error: TyperException) -> int:
    context = getattr(error, "ctx", None)
    message = error.format_message()
    if context is not None and message == context.get_help():  # a group without a command of it
        typer.echo(message, err=True)
        return NOT_DONE
    command = context.command_path if context is not None else "planner"
    typer.echo(f"{command}: {' '.join(message.split())} (see {command} --help)", err=True)
    return NOT_DONE


def _lines(error: Exception) -> Iterator[str]:
    """What to say about an error that a user can cure; nothing for any other."""
    from pydantic import ValidationError

    from planner.domain.errors import Invalid, PlannerError
    from planner.domain.labels import shown

    if isinstance(error, ValidationError):
        error = Invalid.from_pydantic(error)
    if isinstance(error, Invalid):
        wrong = [shown(f"{item.field}: {item.message}" if item.field else item.message) for item in error.errors]
        if len(wrong) == 1:
            yield f"planner: {wrong[0]}"
        else:
            yield "planner: several things need correcting"
            yield from (f"  {line}" for line in wrong)
    elif isinstance(error, PlannerError):
        yield f"planner: {shown(str(error))}"
    elif isinstance(error, OSError) and error.filename is not None:
        yield shown(f"planner: {error.filename}: {(error.strerror or 'cannot be used').lower()}")


def flush_output() -> int | None:
    """Sends what is still buffered; an exit code when the reader of the pipe has gone (`planner list | head`)."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would flush once more at its end, and complain: let it flush into nothing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return None
