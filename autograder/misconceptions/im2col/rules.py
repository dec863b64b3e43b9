"""The rules of windows as columns that students are told when they broke them."""

ORDER = (
    "Columns go window by window, row by row of the output; for each window image by image: "
    "column (i * W' + j) * N + n."
)
ROWS = (
    "Row (c * field_height + u) * field_width + v holds entry (u, v) of every window in channel c."
)
STRIDE = "Window (i, j) starts at row i * stride and column j * stride."
PADDING = "Windows are cut from x with padding zeros on each of its four sides."
AXES = (
    "Height and width are two numbers: H, field_height, H' belong to rows, the others to columns."
)
SIZE = "There are 1 + (H + 2 * padding - field_height) // stride rows of windows; likewise columns."
ADDING = "A pixel that stands in several columns gets the sum of what they hold for it."
BACK = "Going back undoes the steps of going there, in reverse order."
CROPPING = (
    "The image starts at row and column padding of its padded self, and has H rows, W columns."
)
TRANSPOSE = (
    "Reshape keeps the order of memory: bring the axes into the order of the columns first, "
    "(F, H', W', N)."
)
WEIGHTS = (
    "Row f of w.reshape(F, -1) is filter f as (channel, row, column), in the order of the rows."
)
ARGUMENTS = "The order is field_height, field_width, padding, stride: padding stands before stride."
SUMS = "A gradient of a sum is a sum: nothing is averaged unless the forward averaged it."
BIAS = "db has the shape of b, (F,): dout summed over images, rows and columns."
PRODUCT = (
    "From out = w cols + b follow dw = dout cols.T and, for the gradient of the columns, w.T dout."
)
READ_ONLY = "A backward returns gradients and changes nothing it was given."
MAXIMUM = (
    "The whole gradient of a window goes to its first maximum, and the other entries get zero."
)
