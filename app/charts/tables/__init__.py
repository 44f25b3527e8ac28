"""What each picture shows, as rows: the data behind it, made without anything that draws."""
