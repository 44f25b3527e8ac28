"""What goes wrong with the embedded server, as a sentence."""

from pathlib import Path
from typing import Self


class EmbeddedPostgresError(Exception):
    """The embedded server cannot do what was asked; the message is a sentence for a person."""

    @classmethod
    def about(cls, data_directory: Path, error: OSError) -> Self:
        """Say what the operating system refused."""
        what = error.filename or "the system"
        return cls(f"The database in {data_directory} cannot use {what}: {error.strerror}.")
