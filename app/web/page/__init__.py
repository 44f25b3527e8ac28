"""The page at `/`: one document, plain modules, plain style."""
