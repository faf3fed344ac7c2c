"""Files that customers and purchases come in: where they are kept, and how their rows are read (ADR 14)."""
