"""The rules that students are told when they broke them, and questions that several rows ask."""

READ_ONLY = "What is given is read, never written to."
FRESH = "Each call starts from what it is given; nothing is kept."
SHAPE = "A gradient has the shape of what it belongs to."
WHOLE = "Gradients are summed over the rows; nothing divides them by their number."
UPSTREAM = "By the chain rule every slope is multiplied by its own entry of dout."
FLOATS = "Gradients are float64, whatever was given."

IGNORED = "What would the result be if dout were twice as large?"
LEFT_OVER = "What is left over in memory when your function is called a second time?"
IN_X = "What is in x after your function has run?"
