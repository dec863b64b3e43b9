"""The grading engine of *Backprop by Hand* and its command line."""
