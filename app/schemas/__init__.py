"""The JSON shapes of what comes in and goes out, and the rules that one record alone can break."""
