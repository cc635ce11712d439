"""What a command says while it works: on standard error, so that standard output holds the result alone."""

import sys

from pipeline.i18n import terminal_language, translate
from pipeline.jobs import JobInfo


def say(line: str) -> None:
    """One line for the person at the terminal."""
    print(line, file=sys.stderr, flush=True)


def hint(message: str) -> str:
    """What a command or an option is for, in the language of the terminal."""
    # argparse reads % as a placeholder.
    return translate(message, terminal_language()).replace("%", "%%")


class Terminal:
    """Progress as one line that rewrites itself, or as plain lines when nobody watches."""

    def __init__(self) -> None:
        self._last = ""
        self._live = sys.stderr.isatty()

    def advance(self, phase: str, done: int, total: int) -> None:
        """See pipeline.runs.progress.Progress."""
        if not phase:
            return
        share = f" {100 * done // total} %" if total > 1 else ""
        line = translate(phase, terminal_language()) + (share if self._live else "")
        if line == self._last:
            return
        self._last = line
        if self._live:
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
        else:
            say(line)

    def follow(self, job: JobInfo) -> None:
        """Show how far a job is."""
        self.advance(job.phase, job.done, job.total)

    def stop_requested(self) -> bool:
        """Ctrl-C ends a command; there is nobody else to ask."""
        return False

    def close(self) -> None:
        """End the line."""
        if self._last and self._live:
            say("")
