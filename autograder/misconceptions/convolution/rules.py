"""The rules of a convolution that students are told when they broke them."""

CROPPING = "dx is the part of the padded gradient where x stood: it starts at pad and has x's size."
STRIDE = "Window (i, j) starts at row i * stride and column j * stride, in dx and in dw alike."
SUMS = "A gradient of a sum is a sum: nothing is averaged unless the forward averaged it."
ADDING = "What is used several times collects its gradients: they are added up."
SCATTER = (
    "The scatter form adds dout[n, f, i, j] * w[f] as it stands; only the form that "
    "convolves dout needs the kernel rotated by 180 degrees."
)
BIAS = "db has the shape of b, (F,): dout summed over images, rows and columns."
AXES = "Height and width are two numbers: H, HH, H' belong to rows, W, WW, W' to columns."
READ_ONLY = "A backward returns gradients and changes nothing it was given."
