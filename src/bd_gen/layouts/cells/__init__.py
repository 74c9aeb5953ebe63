"""Plans as grids of cells, and the search among them for plans whose rooms tile."""
