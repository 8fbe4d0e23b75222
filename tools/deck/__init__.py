"""What `make slides` is made of: `words` chooses what of a text is shown, `cells` makes slides of tagged cells."""
