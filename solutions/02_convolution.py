# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 2 · Convolution by hand
#
# **After this notebook you will be able to**
#
# - say the shape of a convolution's output for any stride, padding and kernel, and derive why;
# - derive the gradients of a convolution with respect to input, weights and bias from one sum;
# - write `conv_forward_naive` and `conv_backward_naive` with plain loops, right for *every* shape;
# - name the mistakes that a test on square images with padding 1 and stride 1 cannot see.
#
# You need the chain rule, NumPy slices, pencil and paper, and about 90 minutes. Run the cells in
# order. Where a cell says `# YOUR CODE HERE`, replace that line and the one below it by your own.
# `check(...)` tells you at once what is right and what is not; ask it as often as you like. The
# points of an exercise stand in its heading.

# %%
import numpy as np

from course_utils import check, pictures

# %% [markdown]
# ## Notation
#
# | written | in code | what it is | shape |
# |---|---|---|---|
# | $x$ | `x` | input: $N$ images with $C$ channels | $(N, C, H, W)$ |
# | $M,\ K$ | | lengths of a row and of its kernel, where one dimension is enough | |
# | $w$ | `w` | $F$ filters, each as deep as the input | $(F, C, HH, WW)$ |
# | $b$ | `b` | one number per filter | `(F,)` |
# | $s$ | `conv_param["stride"]` | step of the window | whole number, 1 or more |
# | $p$ | `conv_param["pad"]` | rows and columns of zeros on each side | whole number, 0 or more |
# | $\tilde x$ | | $x$ with its border of zeros | $(N, C, H + 2p, W + 2p)$ |
# | $\mathrm{out}$ | `out` | output | $(N, F, H', W')$ |
# | $L$ | | the loss: one number, far downstream | |
# | $\theta$ | | any one of the numbers in $x$, $w$ and $b$ | |
# | $\mathrm{dout}$ | `dout` | $\partial L / \partial\,\mathrm{out}$, handed to us | as `out` |
# | $dx, dw, db$ | `dx`, `dw`, `db` | $\partial L/\partial x$, $\partial L/\partial w$, $\partial L/\partial b$ | as `x`, `w`, `b` |
#
# Indices: image $n$, channel $c$, filter $f$, output position $(i, j)$, position inside the kernel
# $(u, v)$, row and column of a pixel of $x$ $(r, q)$. All count from 0.
#
# "Convolution" here is what every deep-learning library calls so: the kernel is *not* flipped
# (mathematicians say cross-correlation).

# %% [markdown]
# # Part I. Forward
#
# ## The picture
#
# A small window slides over the image. Wherever it stops, it makes one number. Press *Next* and
# follow at least two steps with a pencil.

# %% tags=["picture"]
pictures.convolution.sliding_window()

# %% [markdown]
# ## One entry first
#
# Start with a row instead of an image: $x$ has length $M$, the kernel $w$ has length $K$, no
# padding, stride 1. With $K = 3$ the first two outputs are
#
# $$\mathrm{out}[0] = b + x[0]\,w[0] + x[1]\,w[1] + x[2]\,w[2]$$
#
# $$\mathrm{out}[1] = b + x[1]\,w[0] + x[2]\,w[1] + x[3]\,w[2]$$
#
# The window for output $i$ starts at $i$. With stride $s$ it starts at $i s$ instead, so
#
# $$\mathrm{out}[i] = b + \sum_{u=0}^{K-1} x[i s + u]\; w[u] .$$
#
# This line is the whole of convolution. Everything below only adds indices to it.

# %% [markdown]
# ## How many outputs are there?
#
# The last entry that window $i$ reads is $i s + K - 1$, and it must exist: $i s + K - 1 \le M - 1$.
# So $i \le (M - K)/s$, and since $i$ is a whole number that begins at 0, there are
#
# $$1 + \left\lfloor \frac{M - K}{s} \right\rfloor$$
#
# outputs. Padding makes the row $M + 2p$ long. In an image rows and columns each follow this rule
# *with their own sizes*:
#
# $$H' = 1 + \left\lfloor \frac{H + 2p - HH}{s} \right\rfloor , \qquad
#   W' = 1 + \left\lfloor \frac{W + 2p - WW}{s} \right\rfloor .$$
#
# The floor means that some rows or columns may never be reached. Step through the next picture
# and look for the row of the padded image that no window touches.

# %% tags=["picture"]
pictures.convolution.sliding_window(stride=2, pad=1)

# %% [markdown]
# ## All indices
#
# An image has channels, and so has a filter. The window goes through all of them at once:

# %% tags=["picture"]
pictures.convolution.channels()

# %% [markdown]
# One such number is made for each image $n$ and each filter $f$, at each position $(i, j)$:
#
# $$\mathrm{out}[n, f, i, j] \;=\; b[f] + \sum_{c}\;\sum_{u < HH}\;\sum_{v < WW}
#   \tilde x[n, c,\; i s + u,\; j s + v]\; w[f, c, u, v] . \tag{1}$$
#
# Read it once aloud, index by index. $n$ appears in $\tilde x$ and in $\mathrm{out}$: images do
# not mix. $c$ is summed away: channels do. $f$ appears in $w$ and $\mathrm{out}$: every filter
# reads the same image.

# %% [markdown]
# ## Predict
#
# Before you write any code: let `x` have shape `(4, 3, 7, 9)`, `w` shape `(5, 3, 3, 2)`, stride 2,
# pad 1.
#
# 1. What shape has `out`?
# 2. Is there a row or a column of the padded image that no window touches? Which?
# 3. How many multiplications make *one* entry of `out`?
#
# Write your answers into the next cell; then open the answers below it.

# %% [markdown]
# *Your prediction (double-click to edit):*
#
# 1.
# 2.
# 3.

# %% [markdown]
# <details><summary>Answers</summary>
#
# 1. <code>(4, 5, 4, 5)</code>: rows 1 + floor((7 + 2 - 3) / 2) = 4, columns
#    1 + floor((9 + 2 - 2) / 2) = 5.
# 2. The padded image has 9 rows and 11 columns. The last window covers rows 6 to 8, so every row
#    is used; it covers columns 8 and 9, so column 10, the padding on the right, is never touched.
# 3. 3 channels times 3 rows times 2 columns: 18.
#
# </details>

# %% [markdown]
# ## On paper
#
# One image, one channel, one filter, $b = 1$:
#
# $$x = \begin{pmatrix} 1 & 2 & 0 \\ 0 & 1 & 3 \\ 2 & 0 & 1 \end{pmatrix}, \qquad
#   w = \begin{pmatrix} 1 & -1 \\ 2 & 0 \end{pmatrix}.$$
#
# Stride 1, no padding, so $H' = W' = 1 + (3 - 2) = 2$:
#
# | entry | window times $w$, entry by entry | sum | plus $b$ |
# |---|---|---|---|
# | `out[0, 0]` | $1\cdot 1 + 2\cdot(-1) + 0\cdot 2 + 1\cdot 0$ | $-1$ | $0$ |
# | `out[0, 1]` | $2\cdot 1 + 0\cdot(-1) + 1\cdot 2 + 3\cdot 0$ | $4$ | $5$ |
# | `out[1, 0]` | $0\cdot 1 + 1\cdot(-1) + 2\cdot 2 + 0\cdot 0$ | $3$ | $4$ |
# | `out[1, 1]` | $1\cdot 1 + 3\cdot(-1) + 0\cdot 2 + 1\cdot 0$ | $-2$ | $-1$ |
#
# **Your turn.** The same $x$, $w$ and $b$ with stride 2 and pad 1. Draw the padded 5 by 5 image
# first, mark where the windows start, then compute.
#
# <details><summary>Answer</summary>
#
# The windows start at rows 0 and 2 and columns 0 and 2; the last row and column are not used.
# <code>out[0, 0]</code> = 1, <code>out[0, 1]</code> = 5, <code>out[1, 0]</code> = 1,
# <code>out[1, 1]</code> = -1.
#
# </details>

# %% [markdown]
# ## Step 1 of 3: a row (given)
#
# The one-dimensional sum from above as a loop. Compare it with the formula, term by term.
# `attempt` shows what a function gives for one small input beside what it should give.


# %%
def slide(x, w, b, stride):
    """Slide the kernel w (K,) over the row x (M,); b is a number."""
    taps = len(w)
    result = np.zeros(1 + (len(x) - taps) // stride)
    for i in range(len(result)):
        first = i * stride
        result[i] = x[first : first + taps] @ w + b
    return result


def attempt(call, expected):
    """Print what call() gives and what it should give; an unwritten function is no error."""
    try:
        got = np.asarray(call())
    except NotImplementedError:
        print("Not yet: write the function above, then run this cell again.")
        return
    agree = got.shape == np.shape(expected) and np.allclose(got, expected)
    print("yours:", got, "expected:", np.array(expected), sep="\n")
    print("They agree." if agree else "They differ.")


# %%
row = np.array([1.0, 2.0, 0.0, -1.0, 3.0])
kernel = np.array([1.0, 0.0, -2.0])

attempt(lambda: slide(row, kernel, 0.0, 1), expected=[1, 4, -6])
attempt(lambda: slide(row, kernel, 0.0, 2), expected=[1, -6])

# %% [markdown]
# ## Step 2 of 3: padding (one blank)
#
# `np.pad` puts zeros around an array. For each axis it takes a pair, *(before, after)*:

# %%
np.pad(np.ones((2, 3)), ((1, 1), (0, 2)))

# %% [markdown]
# Complete the next function: `wide` must be the row `x` with `pad` zeros on either side.


# %% nbgrader={"grade": false, "grade_id": "slide_padded_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def slide_padded(x, w, b, stride, pad):
    """Slide the kernel w (K,) over the row x (M,) with pad zeros on either side."""
    ### BEGIN SOLUTION
    wide = np.pad(x, (pad, pad))
    ### END SOLUTION
    return slide(wide, w, b, stride)


# %%
attempt(lambda: slide_padded(row, kernel, 0.0, 1, 1), expected=[-4, 1, 4, -6, -1])
attempt(lambda: slide_padded(row, kernel, 0.0, 2, 0), expected=[1, -6])

# %% [markdown]
# ## Step 3 of 3: images and channels
#
# Now `x` is `(N, C, M)` and `w` is `(F, C, K)`. The loops are given; the line that makes one entry
# is yours. Ask formula (1): which indices are fixed by the loops, and which are summed?


# %% nbgrader={"grade": false, "grade_id": "slide_channels_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def slide_channels(x, w, b, stride):
    """Slide F filters w (F, C, K) over N rows x (N, C, M); b is (F,)."""
    images, _, length = x.shape
    filters, _, taps = w.shape
    result = np.zeros((images, filters, 1 + (length - taps) // stride))
    for n in range(images):
        for f in range(filters):
            for i in range(result.shape[2]):
                first = i * stride
                ### BEGIN SOLUTION
                result[n, f, i] = np.sum(x[n, :, first : first + taps] * w[f]) + b[f]
                ### END SOLUTION
    return result


# %%
two_channels = np.stack([row, 2 * row])[np.newaxis]
two_filters = np.array([[[1.0, 0.0, -2.0], [0.0, 1.0, 0.0]], [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]])

attempt(
    lambda: slide_channels(two_channels, two_filters, np.array([0.0, 10.0]), 2),
    expected=[[[5, -8], [12, 13]]],
)

# %% [markdown]
# ## Exercise 1: `conv_forward_naive` (5 points)
#
# Formula (1) as plain loops: "naive" means that clarity is all that counts, speed is not asked
# for. A second spatial axis is all that is missing from step 3.


# %% nbgrader={"grade": false, "grade_id": "conv_forward_naive_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv_forward_naive(x, w, b, conv_param):
    """Convolve every image with every filter, and keep what the backward pass needs.

    x: images, shape (N, C, H, W). w: filters, shape (F, C, HH, WW). b: biases, shape (F,).
    conv_param: a dict with "stride" (1 or more) and "pad" (0 or more).

    Returns a pair. First the output, float64, shape (N, F, H_out, W_out), where H_out is
    1 plus the floor of (H + 2 pad - HH) / stride, and W_out likewise from W and WW. Second the
    cache: a tuple of x (not padded), w, b and conv_param, in this order. A cache of another
    form is right, too, as long as your conv_backward_naive needs nothing else.

    Rules: pad rows and columns of zeros go on each of the four sides. The kernel is not flipped.
    What no whole window reaches is left out. Height and width may differ, in the image and in
    the kernel. x, w and b are not changed; x may hold whole numbers.
    """
    ### BEGIN SOLUTION
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    top, left = i * stride, j * stride
                    window = x_pad[n, :, top : top + HH, left : left + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    cache = (x, w, b, conv_param)
    return out, cache
    ### END SOLUTION


# %% [markdown]
# First the example that you worked on paper, then the judge. `check` shows a card with what passed
# and what failed, the worst entry, and where it is. A function that is not written yet counts as
# *not started*, not as wrong.
#
# While anything on the card is open, a red line stands below it: `CheckFailed`, with what was found
# first. It is no crash of yours. Where "Run All" stops there, go on from the next cell.
#
# If you are stuck, ask for more in a cell of your own: `check(conv_forward_naive, hint=2)` asks you
# a question, `hint=3` shows the smallest failing case, `hint=4` names the mistake. Asking costs
# nothing.

# %%
paper_x = np.array([[[[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [2.0, 0.0, 1.0]]]])
paper_w = np.array([[[[1.0, -1.0], [2.0, 0.0]]]])
paper_b = np.array([1.0])


def paper_forward(stride, pad):
    """Return the one channel of the output for the example on paper."""
    return conv_forward_naive(paper_x, paper_w, paper_b, {"stride": stride, "pad": pad})[0][0, 0]


attempt(lambda: paper_forward(1, 0), expected=[[0, 5], [4, -1]])
attempt(lambda: paper_forward(2, 1), expected=[[1, 5], [1, -1]])

# %% nbgrader={"grade": true, "grade_id": "conv_forward_naive", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(conv_forward_naive)

# %% [markdown]
# One line of the card says *not tested yet*: whether your cache serves the backward can only be seen
# when there is a backward. You will come back to it at the end of Part II.

# %% [markdown]
# ## What a convolution sees
#
# Your function on a real photograph of 128 by 128 pixels. Each filter answers strongly where the
# image looks like the filter. Change a number, run the cell again, and see.

# %% tags=["picture"]
filters = {
    "vertical edges": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "horizontal edges": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    "blur": np.full((3, 3), 1 / 9),
}
pictures.convolution.photograph_edges(conv_forward_naive, filters)

# %% [markdown]
# *A question to look at, not to hand in:* the results have a thin line along their border that is
# not in the photograph. Which of the ingredients of formula (1) put it there?
#
# <details><summary>Answer</summary>
#
# The padding. A window at the border reads zeros, which are black, beside the photograph: the edge
# filters find an edge there, and the blur mixes black into the border.
#
# </details>

# %% [markdown]
# # Part II. Backward
#
# ## The picture
#
# Downstream, the loss $L$ was computed from `out`, and someone hands us `dout`: how much $L$
# changes per unit of each entry of `out`. Each output entry now passes its share back to the pixels
# that made it. Step through it, and compare with the first picture of Part I: which arrays have
# changed places?

# %% tags=["picture"]
pictures.convolution.backward_scatter()

# %% [markdown]
# ## What is asked
#
# By the chain rule, for any one number $\theta$ among the entries of $x$, $w$ and $b$,
#
# $$\frac{\partial L}{\partial \theta}
#   = \sum_{n, f, i, j} \mathrm{dout}[n, f, i, j]\;
#     \frac{\partial\,\mathrm{out}[n, f, i, j]}{\partial \theta} . \tag{2}$$
#
# Most of these derivatives are zero, and nobody ever writes them all down: for a single 32 by 32
# image with 3 channels and 16 filters (3 by 3, pad 1, stride 1) the table for $x$ alone would have
# $16384 \times 3072 \approx 50$ million entries. We only ask, for one $\theta$ at a time:
# **which outputs is it in, and with which factor?**

# %% [markdown]
# ## One weight
#
# Take a single weight $w[f, c, u, v]$. In formula (1) it appears in the outputs of its own filter
# $f$ only, there at *every* position $(i, j)$ of *every* image $n$, each time multiplied with
# the pixel under it, $\tilde x[n, c, i s + u, j s + v]$. Put that into (2):
#
# $$dw[f, c, u, v] = \sum_{n}\sum_{i}\sum_{j}
#   \mathrm{dout}[n, f, i, j]\;\tilde x[n, c,\; i s + u,\; j s + v] . \tag{3}$$
#
# Look at the whole slice $dw[f]$ at once, for a fixed $(n, i, j)$: it grows by the number
# $\mathrm{dout}[n, f, i, j]$ times the window of $\tilde x$ that this output was made from.
#
# ## The bias
#
# $b[f]$ is in the same outputs, with factor 1. It was broadcast over images and positions on the
# way forward, so its gradient is summed over them on the way back:
#
# $$db[f] = \sum_{n}\sum_{i}\sum_{j} \mathrm{dout}[n, f, i, j] . \tag{4}$$

# %% [markdown]
# ## One pixel
#
# The input is the interesting one. Take a row again, kernel length 3, stride 1. Which outputs is
# $x[2]$ in?

# %% tags=["picture"]
pictures.convolution.one_pixel()

# %% [markdown]
# Three outputs, three factors:
#
# $$dx[2] = \mathrm{dout}[0]\,w[2] + \mathrm{dout}[1]\,w[1] + \mathrm{dout}[2]\,w[0] .$$
#
# In general pixel $r$ is in window $i$ if $r = i s + u$ for some $0 \le u < K$, so $u = r - i s$. And
# the window must exist: with $M'$ outputs, $i$ is one of $0, \dots, M' - 1$. Together
#
# $$dx[r] = \sum_{\substack{0 \le i < M' \\ 0 \le r - i s < K}} \mathrm{dout}[i]\; w[r - i s] .$$
#
# As $i$ grows, the index of $w$ falls: this is the *gathering* form. At stride 1 it is a convolution
# of $\mathrm{dout}$, padded with $K - 1$ zeros on either side, with the flipped kernel. It is right,
# but its conditions on $i$ are tedious to program.

# %% [markdown]
# ## The same sum, in the order of the forward pass
#
# Addition does not care about order. Instead of asking each pixel for its windows, go through the
# windows in the order of the forward pass and let each give to its pixels:
#
# > for each $i$, and each $u$ in the kernel: add $\mathrm{dout}[i]\,w[u]$ to $dx[i s + u]$.
#
# Each pair of an output and a pixel that belong together is visited exactly once in both orders,
# so the result is the same. This is the *scattering* form, the one in the moving picture. With
# all indices: for each $(n, f, i, j)$
#
# $$d\tilde x[n, c,\; i s + u,\; j s + v] \;\text{ grows by }\;
#   \mathrm{dout}[n, f, i, j]\; w[f, c, u, v] \quad\text{for all } c, u, v. \tag{5}$$
#
# It *grows*: windows overlap, and every filter reads the same pixels, so one pixel receives from
# several outputs. Whatever is used more than once on the way forward is summed on the way back.

# %% [markdown]
# ## Padding
#
# Formula (5) gives the gradient of the *padded* image. Pixel $(r, q)$ of $x$ is pixel
# $(r + p, q + p)$ of $\tilde x$, so it has the same gradient. The
# border of zeros received gradient as well, but no entry of $x$ stands there. Watch the last step:

# %% tags=["picture"]
pictures.convolution.backward_scatter(stride=2, pad=1)

# %% [markdown]
# ## Predict
#
# Before you write any code. Let `x` be a single 5 by 6 image, no padding, and let `dout` and `w`
# be all ones. Then $dx$ only counts: how many windows is this pixel in?
#
# 1. 3 by 3 kernel, stride 1: which pixels receive most, which least, and how much?
# 2. 3 by 3 kernel, stride 2: do all inner pixels receive the same?
# 3. 2 by 2 kernel, stride 3: which pixels receive nothing at all?
# 4. What are the shapes of `dx`, `dw` and `db` in the Predict section of Part I?

# %% [markdown]
# *Your prediction (double-click to edit):*
#
# 1.
# 2.
# 3.
# 4.

# %% tags=["picture"]
pictures.convolution.coverage()

# %% [markdown]
# <details><summary>Answers</summary>
#
# 1. The two pixels (2, 2) and (2, 3) receive 9, the four corners receive 1.
# 2. No: 1, 2 or 4, depending on how many windows meet there. Column 5 is in no window at all.
# 3. All pixels of row 2 and of columns 2 and 5.
# 4. A gradient always has the shape of the thing it belongs to: <code>(4, 3, 7, 9)</code>,
#    <code>(5, 3, 3, 2)</code> and <code>(5,)</code>.
#
# </details>

# %% [markdown]
# ## On paper
#
# The example from Part I (stride 1, no padding) with
# $\mathrm{dout} = \begin{pmatrix} 1 & 2 \\ -1 & 3 \end{pmatrix}$.
#
# **`dw`:** each entry of `dout` times the window it came from, added up.
#
# $$dw = 1\begin{pmatrix} 1 & 2 \\ 0 & 1 \end{pmatrix}
#      + 2\begin{pmatrix} 2 & 0 \\ 1 & 3 \end{pmatrix}
#      - 1\begin{pmatrix} 0 & 1 \\ 2 & 0 \end{pmatrix}
#      + 3\begin{pmatrix} 1 & 3 \\ 0 & 1 \end{pmatrix}
#      = \begin{pmatrix} 8 & 10 \\ 0 & 10 \end{pmatrix}$$
#
# **`db`:** $1 + 2 - 1 + 3 = 5$.
#
# **`dx`:** each entry of `dout` times $w$, put where its window stood, added up.
#
# $$dx = \begin{pmatrix} 1 & -1 & \cdot \\ 2 & 0 & \cdot \\ \cdot & \cdot & \cdot \end{pmatrix}
#      + \begin{pmatrix} \cdot & 2 & -2 \\ \cdot & 4 & 0 \\ \cdot & \cdot & \cdot \end{pmatrix}
#      + \begin{pmatrix} \cdot & \cdot & \cdot \\ -1 & 1 & \cdot \\ -2 & 0 & \cdot \end{pmatrix}
#      + \begin{pmatrix} \cdot & \cdot & \cdot \\ \cdot & 3 & -3 \\ \cdot & 6 & 0 \end{pmatrix}
#      = \begin{pmatrix} 1 & 1 & -2 \\ 1 & 8 & -3 \\ -2 & 6 & 0 \end{pmatrix}$$
#
# The middle pixel is in all four windows and receives $0 + 4 + 1 + 3 = 8$.
#
# **Your turn.** The same `dout` with stride 2 and pad 1, the second example of Part I.
#
# <details><summary>Answer</summary>
#
# The four windows do not overlap. Rows of <code>dx</code>: 0, 4, 0; then 1, 3, -3; then 0, 6, 0.
# Rows of <code>dw</code>: 3, 9; then 4, 2. <code>db</code> is 5 again.
#
# </details>

# %% [markdown]
# ## Step 1 of 3: the weights of a row (given)
#
# Formula (3) for a row. To test it there is a trick: the output is a *linear* function of $w$, so
# its slope is the same everywhere and a difference with step 1 is exact. `slopes` raises one entry
# at a time by 1 and looks how much the loss $L = \sum_i \mathrm{dout}[i]\,\mathrm{out}[i]$ changes.


# %%
def weight_gradient(dout, x, w, stride):
    """Return the gradient with respect to the kernel w (K,) of a row x (M,)."""
    gradient = np.zeros(len(w))
    for i, upstream in enumerate(dout):
        first = i * stride
        gradient += upstream * x[first : first + len(w)]
    return gradient


def slopes(loss, at):
    """Return the change of loss (linear in its argument) per unit of each entry of at."""
    return [loss(at + unit) - loss(at) for unit in np.eye(len(at))]


upstream_row = np.array([2.0, -1.0])
attempt(
    lambda: weight_gradient(upstream_row, row, kernel, 2),
    expected=slopes(lambda w: upstream_row @ slide(row, w, 0.0, 2), kernel),
)

# %% [markdown]
# ## Step 2 of 3: the input of a row (one blank)
#
# The scattering form. One line is missing: what does output `i` add, and to which entries?


# %% nbgrader={"grade": false, "grade_id": "input_gradient_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def input_gradient(dout, length, w, stride):
    """Return the gradient with respect to a row of that length, for the kernel w (K,)."""
    gradient = np.zeros(length)
    for i, upstream in enumerate(dout):
        first = i * stride
        ### BEGIN SOLUTION
        gradient[first : first + len(w)] += upstream * w
        ### END SOLUTION
    return gradient


# %%
attempt(
    lambda: input_gradient(upstream_row, len(row), kernel, 2),
    expected=slopes(lambda x: upstream_row @ slide(x, kernel, 0.0, 2), row),
)

# %% [markdown]
# ## Step 3 of 3: padding
#
# `wide_gradient` is the gradient of the padded row. Return the part of it that belongs to `x`.
# Where in the padded row does `x` begin, and how many entries has it? Your answer must also hold
# for `pad = 0`.


# %% nbgrader={"grade": false, "grade_id": "input_gradient_padded_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def input_gradient_padded(dout, length, w, stride, pad):
    """Return the gradient with respect to a row of that length, padded by pad on either side."""
    wide_gradient = input_gradient(dout, length + 2 * pad, w, stride)
    ### BEGIN SOLUTION
    return wide_gradient[pad : pad + length]
    ### END SOLUTION


# %%
upstream_wide = np.array([2.0, -1.0, 3.0])
attempt(
    lambda: input_gradient_padded(upstream_wide, len(row), kernel, 2, 1),
    expected=slopes(lambda x: upstream_wide @ slide(np.pad(x, 1), kernel, 0.0, 2), row),
)
attempt(
    lambda: input_gradient_padded(upstream_row, len(row), kernel, 2, 0),
    expected=slopes(lambda x: upstream_row @ slide(x, kernel, 0.0, 2), row),
)

# %% [markdown]
# ## Images, channels, filters
#
# What remains is bookkeeping, and formulas (3) to (5) have done it: **a gradient is summed over
# every index that it does not have itself.**
#
# | gradient | its indices | summed over |
# |---|---|---|
# | `dw` | $f, c, u, v$ | images $n$, positions $i, j$ |
# | `db` | $f$ | images $n$, positions $i, j$ |
# | `dx` | $n, c, r, q$ | filters $f$, and those positions $i, j$ whose window holds the pixel |
#
# The loops are those of the forward pass. In the middle of them, where the forward pass makes one
# entry of `out`, the backward pass knows one entry of `dout`, and gives to one slice of `dw` and to
# one window of the padded `dx`.

# %% [markdown]
# ## Exercise 2: `conv_backward_naive` (10 points)


# %% nbgrader={"grade": false, "grade_id": "conv_backward_naive_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv_backward_naive(dout, cache):
    """Return the gradients of a convolution with respect to its input, filters and biases.

    dout: gradient of the loss with respect to the output, shape (N, F, H_out, W_out).
    cache: the second value that conv_forward_naive returned.

    Returns three float64 arrays: the gradients with respect to x, shape (N, C, H, W), to w,
    shape (F, C, HH, WW), and to b, shape (F,).

    Rules: any stride and any pad, 0 included. Pixels that no window reaches get gradient 0.
    dout and what the cache holds are not changed, nothing is divided by N, and no parameter is
    updated here. All that is needed comes from dout and the cache, not from the notebook.
    """
    ### BEGIN SOLUTION
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dx_pad = np.zeros(x_pad.shape)
    dw = np.zeros(w.shape)
    db = dout.sum(axis=(0, 2, 3))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    top, left = i * stride, j * stride
                    window = x_pad[n, :, top : top + HH, left : left + WW]
                    dw[f] += dout[n, f, i, j] * window
                    dx_pad[n, :, top : top + HH, left : left + WW] += dout[n, f, i, j] * w[f]
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
    ### END SOLUTION


# %%
paper_dout = np.array([[[[1.0, 2.0], [-1.0, 3.0]]]])


def paper_backward(stride, pad):
    """Return dx, dw and db for the example on paper."""
    _, kept = conv_forward_naive(paper_x, paper_w, paper_b, {"stride": stride, "pad": pad})
    return conv_backward_naive(paper_dout, kept)


attempt(lambda: paper_backward(1, 0)[0], expected=[[[[1, 1, -2], [1, 8, -3], [-2, 6, 0]]]])
attempt(lambda: paper_backward(1, 0)[1], expected=[[[[8, 10], [0, 10]]]])
attempt(lambda: paper_backward(1, 0)[2], expected=[5])

attempt(lambda: paper_backward(2, 1)[0], expected=[[[[0, 4, 0], [1, 3, -3], [0, 6, 0]]]])
attempt(lambda: paper_backward(2, 1)[1], expected=[[[[3, 9], [4, 2]]]])
attempt(lambda: paper_backward(2, 1)[2], expected=[5])

# %% nbgrader={"grade": true, "grade_id": "conv_backward_naive", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(conv_backward_naive)

# %% [markdown]
# Then run `check(conv_forward_naive)` once more: only now can it test your cache.

# %% [markdown]
# ## What the gradient is good for
#
# Someone filtered an image of noise with a hidden 3 by 3 filter and shows you only the image and
# the result. Start from a filter of zeros, compare, and follow your `dw` downhill 30 times. If the
# loss rises, check your `dw` first.

# %% tags=["training"]
random = np.random.default_rng(0)
noise = random.standard_normal((1, 1, 12, 12))
hidden = np.array([[[[1.0, 0.0, -1.0], [2.0, 0.0, -2.0], [1.0, 0.0, -1.0]]]])
guess, losses = np.zeros((1, 1, 3, 3)), []
same_size = {"stride": 1, "pad": 1}

try:
    target, _ = conv_forward_naive(noise, hidden, np.zeros(1), same_size)
    for _ in range(30):
        answer, kept = conv_forward_naive(noise, guess, np.zeros(1), same_size)
        losses.append(np.mean((answer - target) ** 2) / 2)
        downhill = conv_backward_naive((answer - target) / target.size, kept)[1]
        guess = guess - 0.8 * downhill
except (NotImplementedError, TypeError):  # not written, or dw is None so far
    losses = []

# %% tags=["picture"]
pictures.convolution.learned_filter(losses, guess[0, 0], hidden[0, 0])

# %% [markdown]
# # What goes wrong in practice
#
# We ran 91 public implementations of this exercise, from 85 repositories, against automatic
# differentiation on about 26 different shapes. Leaving out functions that are missing or were
# never filled in:
#
# | | right everywhere | right only on square inputs with pad 1 and stride 1 | wrong or crashes |
# |---|---|---|---|
# | `conv_forward_naive` (88) | 73 (83 %) | 14 (16 %) | 1 (1 %) |
# | `conv_backward_naive` (84) | **34 (40 %)** | 42 (50 %) | 8 (10 %) |
#
# The best-known course that sets this exercise has a check of its own in the notebook; it accepts
# 79 of the 84 backward passes. Before you read on: which shapes would *you* test?
#
# The sections below each begin with a question. Answer it before you go on, then look at your own
# code once more. They tell of most of the 50 backward passes that are not right everywhere; left out
# are those with a mistake that nobody shares, such as one that returns zeros.

# %% [markdown]
# ## Padding that is not there (29 of 84, 35 %)
#
# By far the most common mistake is to cut the border off by counting from the end: from `pad` to
# `-pad`. *What does each of the two lines print, and why?*

# %%
five = np.arange(5)
print("pad 1:", five[1:-1])
print("pad 0:", five[0:-0])

# %% [markdown]
# There is no negative zero: `-0` is `0`, the slice ends where it starts, and `dx` comes back empty.
# With the usual pad of 1 nobody notices. A special case for pad 0 would repair it, but it is not
# needed: you found the form that always holds in step 3.
#
# Another 6 (7 %) wrote the number 1 where the padding belongs.

# %% [markdown]
# ## The stride, forgotten on the way back (3 of 84, 4 %)
#
# *A backward pass starts every window at row $i$ and column $j$. For which strides is it right? If
# it forgets the stride only in `dw`, or only for columns, which test shows it?*
#
# It is right for stride 1, the only stride the usual check tries. The three lost it in `dx`, or
# in `dw` along one axis. So a test needs a stride other than 1, and it must look at `dx` *and* at
# `dw`, at rows *and* at columns. Compare formulas (3) and (5) with (1): the index of $\tilde x$ is
# the same in all three.

# %% [markdown]
# ## Loops over the wrong extent (2 of 84, 2 %)
#
# *Someone lets $i$ and $j$ run over the rows and columns of the input. For which kernels, paddings
# and strides is that no mistake?*
#
# Where $H' = H$ and $W' = W$: with stride 1 that is $2p = HH - 1 = WW - 1$, for example 3 by 3 with
# pad 1. Those are the sizes in most tests. The loops go over *outputs*: take their number from an
# array that has that shape.
#
# Its relatives: 2 (2 %) mix up height and width, which nothing square can show, and 1 insists on
# square images.

# %% [markdown]
# ## The shape of `db` (not counted)
#
# *`b` has shape `(F,)`. Four tempting results for `db` have the shapes `()`, `(F, 1)`, `(N, F)` and
# `(F,)` with the wrong axes summed. Which of them would `b - 0.1 * db` accept without a word?*

# %%
b_old = np.zeros(3)
for db_shape in [(), (3, 1), (2, 3), (3,)]:
    print(db_shape, "gives a new b of shape", (b_old - 0.1 * np.ones(db_shape)).shape)

# %% [markdown]
# All of them. Broadcasting hides the mistake until something much later fails, or never does.
# Formula (4) says which indices are summed and which one stays; compare shapes, not just values.

# %% [markdown]
# ## Two that only a second look finds
#
# - 3 of 84 (4 %) read variables of the notebook instead of the cache. They work as long as the
#   notebook's last forward pass happens to be the one they differentiate. *How could a test
#   notice?* It calls forward on A, then forward on B, then backward on A.
# - 1 forward pass returned the right `out` and put a scrambled `w` into the cache. *Which
#   of the two functions would you have blamed?*
#
# What all of these share is a test in which too many numbers are equal. Choose sizes of which no
# two coincide, a stride of 2 or 3, no padding once and padding once, and a random `dout`.

# %% [markdown]
# # In your own words (2 points)
#
# The forward pass *assigns* each entry of `out`; the backward pass *adds* into `dx`.
#
# Explain in at most six sentences (a) why the backward pass must add; (b) for which strides, with
# one image, one channel and **one** filter, assigning would give the same `dx`; (c) why it would
# still be wrong with **two** filters.

# %% [markdown] nbgrader={"grade": true, "grade_id": "why_gradients_add", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# **Model answer.** (a) A pixel takes part in several outputs, so by the chain rule its gradient is
# the sum over all of them; an output is made exactly once. (b) If the stride is at least the
# kernel's height and at least its width, windows do not overlap and each pixel is in one window
# at most, so nothing is overwritten. (c) Every filter reads the same windows: with two filters each
# pixel is in two outputs again, and the second filter would overwrite what the first one gave.
#
# **Marking guide.** (a) 1 point: half for "a pixel is used by more than one output", half for
# "therefore the sum, by the chain rule". (b) half a point: stride at least the kernel size; accept
# "no overlap", do not accept "stride greater than 1". (c) half a point: filters share the same
# pixels. Code is not needed and earns nothing by itself.
# ### END SOLUTION

# %% [markdown]
# # Further reading
#
# - V. Dumoulin and F. Visin, *A guide to convolution arithmetic for deep learning*
#   ([arXiv:1603.07285](https://arxiv.org/abs/1603.07285)): every combination of kernel, stride and
#   padding in pictures.
# - I. Goodfellow, Y. Bengio and A. Courville, [*Deep Learning*](https://www.deeplearningbook.org/),
#   chapter 9: why convolutions, and what they assume.
# - [Convolutional networks](https://cs231n.github.io/convolutional-networks/), notes of Stanford's
#   CS231n, from which the names and signatures used here are known.
# - PyTorch's [`Conv2d`](https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html): the
#   same conventions, with groups and dilation added.
