"""The endpoints of the trial as a caller gets them: records in over HTTP, answers out over HTTP."""
