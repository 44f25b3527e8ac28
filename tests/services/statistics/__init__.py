"""The statistics, held to R's figures, published figures and what must hold of any data."""
