"""Reports: figures, tables and one HTML page of what was measured."""
