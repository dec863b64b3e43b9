"""Lines of the reference convolution that rows change."""

COLS = "im2col_indices(x, HH, WW, pad, stride)"
PUT_BACK = "col2im_indices(dcols, x.shape, HH, WW, pad, stride)"
PARAM = 'stride, pad = conv_param["stride"], conv_param["pad"]'
FLAT = "flat = dout.transpose(1, 2, 3, 0).reshape(F, -1)"
DW = "dw = (flat @ cols.T).reshape(w.shape)"
DCOLS = "dcols = w.reshape(F, -1).T @ flat"
RETURN = "return dx, dw, db"
