"""Pictures of reports: a report, as the endpoints answer it -> a Vega-Lite specification.

A picture shows what its report says and reckons nothing clinical itself. Its data are inlined, and
no text in it was written by a person.
"""
