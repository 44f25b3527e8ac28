"""Reports: many subjects become one document. Nothing here knows a database."""
