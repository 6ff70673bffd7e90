"""What compare, soak and idle share. Python 3.9 or newer, standard library only."""
