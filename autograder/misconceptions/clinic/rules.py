"""The rules that students are told when they broke them, and statements that changes replace."""

UPSTREAM = "By the chain rule every slope is multiplied by its own entry of dout."
READ_ONLY = "A backward returns gradients and changes nothing it was given."
FRESH = "Each call starts with zeros of its own."
SHAPE = "A gradient has the shape of what it belongs to."
WHOLE = "Gradients are summed over a batch; nothing divides them by its size."

IGNORED = "What would the gradient be if dout were twice as large?"
IN_DOUT = "What is in dout after your function has run?"
LEFT_OVER = "What is left over in memory when your function is called a second time?"
