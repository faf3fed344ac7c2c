"""The back office as one place: its look, its gate, its home page and the pages that ask several apps."""
