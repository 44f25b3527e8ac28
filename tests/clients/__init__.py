"""Clients that other people's programs make of the contract, held to the service that serves it."""
