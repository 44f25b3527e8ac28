"""What the service does, apart from HTTP: records, ledger, imports, endpoints and their rules."""
