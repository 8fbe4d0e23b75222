"""How networks are drawn: the graph of units, a pen that counts in pixels, and one module a kind of picture."""
