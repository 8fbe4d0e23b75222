"""What `tools/build_site.py` is made of, one module for each kind of page or check."""
