"""A demonstration trial: what six invented centres have to tell, and the clients that tell it.

Nothing here knows the service from inside: the clients use the published API alone, as the
integration engine of a centre would.
"""
