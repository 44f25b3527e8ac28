"""Every table of the database, for migrations and for tests that look at all of them."""

from importlib import import_module
from pkgutil import iter_modules

import app.models

for _module in iter_modules(app.models.__path__):
    import_module(f"{app.models.__name__}.{_module.name}")
