"""Pictures of reports, drawn in processes of their own and kept."""
