"""Lines of the reference ``col2im_indices`` that rows change."""

CROP = "return x_pad[:, :, padding : padding + H, padding : padding + W]"
BUFFER = "np.zeros((N, C, H + 2 * padding, W + 2 * padding))"
SHAPE = "N, C, H, W = x_shape"
