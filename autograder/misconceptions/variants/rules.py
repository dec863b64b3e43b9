"""The rules of dilated and transposed convolution that students are told when they broke them."""

CROPPING = "dx starts at pad[0] of the padded gradient and has as many entries as x: L."
TAPS = "Tap k of window i is at place i * stride + k * dilation."
TAPS_ALIKE = "Tap k of window i is at place i * stride + k * dilation, in dx and in dw alike."
SIZE = (
    "There are 1 + (left + L + right - reach) // stride windows; reach is (K - 1) * dilation + 1."
)
SIDES = "pad[0] zeros stand on the left and pad[1] on the right; they may differ."
SUMS = "A gradient of a sum is a sum: nothing is averaged unless the forward averaged it."
ADDING = "What is used several times collects its gradients: they are added up."
OVERLAP = "Where stamps overlap they are added up."
BIAS = "db has the shape of b: dout summed over every axis but the output channel's."
READ_ONLY = "A function returns results and changes nothing that it was given."
DOUBLE = "Results are float64, whatever the dtype of x: np.zeros(shape)."

STAMP = "Stamp (i, j) has its corner at row i * stride and column j * stride."
AS_IS = (
    "A stamp is x[n, c, i, j] * w[c] as it stands; only the recipe with zeros rotates the kernel."
)
CUT = "pad rows and columns are cut off the output on each side."
PUT_BACK = "What was cut off the output got no gradient: on the way back, zeros are put there."
LAYOUT = "w has the shape (C, F, HH, WW): input channel, output channel, rows, columns."
AXES = "Height and width are two numbers: H, HH, H' belong to rows, W, WW, W' to columns."
STAMP_SIZE = "A stamp is (HH - 1) * dilation + 1 rows high; its entries stand dilation apart."
SLOPE = "The slope of the activation is taken at what goes into it, z."
