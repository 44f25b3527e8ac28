"""The application on a database that stands elsewhere: what an ASGI server imports."""

from app.config import Settings
from app.log_lines import log_to_standard_error
from app.main import create_app

settings = Settings()
log_to_standard_error(settings.log_level)
if settings.database_url is None:
    raise RuntimeError("DATABASE_URL is not set; `dayzero serve` starts a database of its own")
app = create_app(settings, settings.database_url)
