# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 4. Windows as columns
#
# A convolution with plain loops is easy to read and slow to run. Libraries rarely loop: they copy
# every window of the image into one column of a matrix and leave the rest to a matrix product. The
# copying is called *im2col*. Its way back, *col2im*, is half of the backward pass, and it is the
# half that goes wrong.
#
# **What you will be able to do**
#
# - write `im2col` with index arrays, for any window, stride, padding, batch and number of channels;
# - derive `col2im` as its *adjoint*, and say why it is not its inverse;
# - name the one NumPy trap of this subject, `+=` through an index array, and two ways around it;
# - do convolution and max pooling, forward and backward, as matrix products and index arrays;
# - test a fast function against a slow one that you trust.
#
# You need the chain rule, matrix products, NumPy slices and `reshape`, and what a convolution and
# max pooling compute (notebooks 2 and 3). Plan 100 minutes. There are five graded functions and one
# written question, and an optional part of 20 minutes at the end. Run the cells in order. Where a cell
# says `# YOUR CODE HERE`, replace that line and the one below it by your own.

# %%
import numpy as np
from naive_layers import (
    conv_backward_naive,
    conv_forward_naive,
    max_pool_backward_naive,
    max_pool_forward_naive,
)

from course_utils import check, pictures

# %% [markdown]
# `naive_layers` lies beside this notebook. It holds slow and right functions with plain loops: the
# solutions of notebooks 2 and 3. Here they are the **oracle**, the slow judge that your fast functions
# are compared with. You need not open the file, and should not before you have done those two.

# %% [markdown]
# ## Notation card
#
# | on paper | in code | meaning |
# |:--|:--|:--|
# | $x$ | `x (N, C, H, W)` | a batch of $N$ images with $C$ channels |
# | $\tilde x$ | `x_pad` | $x$ with its border of $p$ zeros, $(N, C, H + 2p, W + 2p)$ |
# | $k_h,\ k_w$ | `field_height`, `field_width` | rows and columns of a window (the *field*) |
# | $p,\ s$ | `padding`, `stride` | width of the border, step of the window |
# | $H',\ W'$ | `H_out`, `W_out` | rows and columns of windows: $H' = 1 + \lfloor (H + 2p - k_h)/s \rfloor$ |
# | $K$ | | entries of a window, $C\,k_h k_w$: the **rows** of the matrix |
# | $P$ | | windows of all images, $H' W' N$: the **columns** of the matrix |
# | $X$ | `cols (K, P)` | the matrix: one window in each column |
# | $w,\ b$ | `w (F, C, HH, WW)`, `b (F,)` | in Part III: $F$ filters, with $k_h$ = `HH` and $k_w$ = `WW`, and their biases |
# | $(n, c)$, $(i, j)$, $(u, v)$ | | image and channel; which window; which entry of the window |
# | $\partial L/\partial\,\mathrm{out}$ | `dout` | the upstream gradient, which is given |
# | $G = \partial L/\partial X$ | | the gradient of the matrix, of its shape; $dX$ in Part III |
#
# Everything is counted from 0. Entry $(u, v)$ of window $(i, j)$ is pixel $(i s + u,\ j s + v)$ of
# $\tilde x$.

# %% [markdown]
# # Part I. From an image to columns
#
# ## The picture
#
# The window slides as it does in a convolution. But instead of computing anything, it copies what
# it sees into the next column, row by row. Step through it.

# %% tags=["picture"]
pictures.im2col.to_columns()

# %% [markdown]
# Nothing is computed, and much is written twice: pixel 6 is in all four columns. That is the
# price. What it buys: a convolution multiplies every window with the same numbers and sums, and
# this is now *one row times a matrix*.

# %% [markdown]
# ## Rows and columns, in which order?
#
# Any order would do, as long as everybody uses the same one. This is the order of the best-known
# course, and the one that is judged here:
#
# - **Rows** are the entries of a window as $(c, u, v)$: channel by channel, in each channel row by
#   row. Entry $(c, u, v)$ stands in row $(c\,k_h + u)\,k_w + v$.
# - **Columns** are the windows as $(i, j, n)$: window by window, row by row; and for each window
#   image by image. Window $(i, j)$ of image $n$ is column $(i\,W' + j)\,N + n$.
#
# So *the same window of all images stands together*. Many expect it the other way round, image by
# image. Look at the headings of the columns:

# %% tags=["picture"]
pictures.im2col.order()

# %% [markdown]
# In one formula, which is the definition of everything in Part I:
#
# $$ X[\,(c\,k_h + u)\,k_w + v,\ \ (i\,W' + j)\,N + n\,] \;=\; \tilde x[n,\ c,\ i s + u,\ j s + v] .
#    \tag{1} $$

# %% [markdown]
# ## Predict before you code
#
# Write your answers into the next cell. You will meet each of them again.
#
# 1. `x` has shape `(2, 3, 5, 7)`, the field is 2 by 3, padding 1, stride 2. How many rows and how
#    many columns has the matrix?
# 2. The same sizes. Which image, and which window, stand in column 3?
# 3. Stride 1, a 3 by 3 field, padding 1, so that the output is as large as the image. How many
#    times as many numbers as `x` has the matrix?
# 4. Turn an image of ones into columns with the sizes of question 3, then add every entry of the
#    matrix back to the pixel it came from. What stands in a corner, and what in the middle?

# %% [markdown]
# *My predictions (double-click to edit):*
#
# 1. ...
# 2. ...
# 3. ...
# 4. ...

# %% [markdown]
# <details><summary>Answers to 1 to 3 (the fourth comes in Part II)</summary>
#
# 1. 3 times 2 times 3 is 18 rows. Windows: 1 + floor((5 + 2 - 2) / 2) = 3 rows of
#    1 + floor((7 + 2 - 3) / 2) = 4; times 2 images, that is 24 columns.
# 2. Column 3 is window 1 of image 1: 3 = 1 times 2 + 1. Window 1 is (0, 1).
# 3. Nine times as many: one row for each of the 9 places of the window.
#
# </details>

# %% [markdown]
# ## On paper
#
# One image, one channel, a 2 by 2 field, stride 1, no padding:
#
# $$ x = \begin{pmatrix} 1 & 2 & 0 \\ 0 & 1 & 3 \\ 2 & 0 & 1 \end{pmatrix} \qquad\Rightarrow\qquad
#    X = \begin{pmatrix} 1 & 2 & 0 & ? \\ 2 & 0 & 1 & ? \\ 0 & 1 & 2 & ? \\ 1 & 3 & 0 & ?
#    \end{pmatrix} $$
#
# Read the first column: 1, 2 (first row of the window), 0, 1 (second row). Fill in the last one.
#
# <details><summary>Answer</summary>
#
# The window in the lower right corner, row by row: 1, 3, 0, 1.
#
# </details>

# %% [markdown]
# ## Step 1 of 4: a row, with a loop (given)
#
# In one dimension a window is a slice. Read the function, and say what `start` is before you run
# it. `attempt` says whether a call gives what it should give.


# %%
def row_to_columns(row, width, stride):
    """All windows of a row (L,) as columns: an array (width, 1 + (L - width) // stride)."""
    count = 1 + (len(row) - width) // stride
    cols = np.zeros((width, count))
    for i in range(count):
        start = i * stride
        cols[:, i] = row[start : start + width]
    return cols


def attempt(call, expected):
    """Print what call() gives and what it should give; an unwritten function is no error."""
    try:
        got = call()
    except NotImplementedError:
        print("Not yet: write the function above, then run this cell again.")
        return
    if np.shape(got) == np.shape(expected) and np.allclose(got, expected):
        print("right:", np.asarray(got), sep="\n")
    else:
        print("not yet:", np.asarray(got), "expected:", np.array(expected), sep="\n")


row = np.array([3.0, 1.0, 4.0, 1.0, 5.0])
attempt(lambda: row_to_columns(row, 3, 1), expected=[[3, 1, 4], [1, 4, 1], [4, 1, 5]])

# %% [markdown]
# ## Step 2 of 4: a row, without a loop (one blank)
#
# NumPy can read many places at once. Index an array with an *array of places* and you get an array
# of the same shape, filled with what stands there:

# %%
row[np.array([[0, 2], [1, 3]])]

# %% [markdown]
# So all that is needed is the array of places. In row $u$ and column $i$ it must hold $i s + u$: a
# column of offsets plus a row of starts. When a column `(width, 1)` and a row `(count,)` are added,
# NumPy broadcasts them to `(width, count)`. Complete the line.


# %% nbgrader={"grade": false, "grade_id": "row_places_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def row_places(count, width, stride):
    """Where the entries of all windows stand in the row: whole numbers (width, count)."""
    offsets = np.arange(width)[:, np.newaxis]
    starts = stride * np.arange(count)
    ### BEGIN SOLUTION
    return offsets + starts
    ### END SOLUTION


# %%
attempt(lambda: row_places(3, 3, 1), expected=[[0, 1, 2], [1, 2, 3], [2, 3, 4]])
attempt(lambda: row_places(2, 3, 2), expected=[[0, 2], [1, 3], [2, 4]])
attempt(lambda: row[row_places(3, 3, 1)], expected=row_to_columns(row, 3, 1))

# %% [markdown]
# ## Step 3 of 4: an image
#
# In an image every entry has three places: a channel, a row and a column. Each of them is again an
# offset in the window plus a start of the window. Two helpers write lists of offsets:
#
# - `np.repeat(a, m)` writes each entry $m$ times: 0 0 0 1 1 1.
# - `np.tile(a, m)` writes the whole list $m$ times: 0 1 0 1 0 1.

# %%
print("repeat:", np.repeat(np.arange(2), 3))
print("tile:  ", np.tile(np.arange(2), 3))

# %% [markdown]
# Go down the rows of the matrix, in the order $(c, u, v)$, for 2 channels and a field of 2 by 3:
#
# | row of the matrix | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 |
# |:--|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
# | channel $c$ | 0 | 0 | 0 | 0 | 0 | 0 | 1 | 1 | 1 | 1 | 1 | 1 |
# | row offset $u$ | 0 | 0 | 0 | 1 | 1 | 1 | 0 | 0 | 0 | 1 | 1 | 1 |
# | column offset $v$ | 0 | 1 | 2 | 0 | 1 | 2 | 0 | 1 | 2 | 0 | 1 | 2 |
#
# Which of these lists is a repeat, which a tile, and which is a repeat that is tiled? The starts of
# the windows are given; they go through the windows row by row.


# %% nbgrader={"grade": false, "grade_id": "window_indices_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def window_indices(C, field_height, field_width, H_out, W_out, stride):
    """Where the entries of all windows of one image stand in the padded image.

    Returns three arrays of whole numbers: the channels, shape (K, 1), and the rows and the
    columns, shape (K, H_out * W_out), where K is C * field_height * field_width.
    """
    top = stride * np.repeat(np.arange(H_out), W_out)
    left = stride * np.tile(np.arange(W_out), H_out)
    ### BEGIN SOLUTION
    channel = np.repeat(np.arange(C), field_height * field_width)
    row = np.tile(np.repeat(np.arange(field_height), field_width), C)
    col = np.tile(np.arange(field_width), field_height * C)
    ### END SOLUTION
    return channel[:, np.newaxis], row[:, np.newaxis] + top, col[:, np.newaxis] + left


# %%
def first_window():
    """The channel, row and column of every entry of window (0, 0): a column for each of them."""
    channel, row, col = window_indices(2, 2, 3, 4, 2, 2)
    return np.array([channel[:, 0], row[:, 0], col[:, 0]])


attempt(
    first_window,
    expected=[
        [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1],
        [0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1],
        [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2],
    ],
)
attempt(lambda: window_indices(2, 2, 3, 4, 2, 2)[1][0], expected=[0, 0, 2, 2, 4, 4, 6, 6])
attempt(lambda: window_indices(2, 2, 3, 4, 2, 2)[2][0], expected=[0, 2, 0, 2, 0, 2, 0, 2])

# %% [markdown]
# ## Step 4 of 4: the batch, and the trap of `reshape`
#
# `x_pad[:, channel, row, col]` reads all images at once, and has the axes $(N, K, H'W')$. The
# matrix wants $(K,\ H'W' \cdot N)$, with the images innermost. **`reshape` never moves a number**:
# it cuts the same line of numbers into rows of another length. Look what happens to two images with
# three numbers each when you want an image in every *column*:

# %%
two_images = np.array([[10, 11, 12], [20, 21, 22]])
print("reshape alone:", two_images.reshape(3, 2), "transpose:", two_images.T, sep="\n")

# %% [markdown]
# So bring the axes into order first, with `transpose`, and flatten afterwards. Which order of the
# three axes $(N, K, H'W')$, numbered 0, 1, 2, do you need?

# %% [markdown]
# ## Exercise 1: `im2col_indices` (4 points)
#
# Everything is in place: pad, make the indices, read, transpose, reshape. (A loop that writes one
# column after the other is right as well. It is only slow.)


# %% nbgrader={"grade": false, "grade_id": "im2col_indices_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def im2col_indices(x, field_height, field_width, padding, stride):
    """Copy every window of every image into a column of a matrix.

    x: images, shape (N, C, H, W). The window has field_height rows and field_width columns.
    padding: rows and columns of zeros on each of the four sides, 0 or more. stride: 1 or more.

    Returns the matrix, shape (C * field_height * field_width, H_out * W_out * N), where H_out is
    1 plus the floor of (H + 2 padding - field_height) / stride, and W_out likewise.

    Rules: entry (u, v) of a window in channel c stands in row (c * field_height + u) * field_width
    + v. Window (i, j) of image n is column (i * W_out + j) * N + n. What no whole window reaches
    is left out. x is not changed.
    """
    ### BEGIN SOLUTION
    N, C, H, W = x.shape
    H_out = 1 + (H + 2 * padding - field_height) // stride
    W_out = 1 + (W + 2 * padding - field_width) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    channel, row, col = window_indices(C, field_height, field_width, H_out, W_out, stride)
    cols = x_pad[:, channel, row, col]
    return cols.transpose(1, 2, 0).reshape(C * field_height * field_width, -1)
    ### END SOLUTION


# %% [markdown]
# First the example that you worked on paper, then two images whose pixels tell where they are. Then
# the judge: ask `check` as often as you like. If you are stuck, `check(im2col_indices, hint=2)` asks
# you a question, `hint=3` shows the smallest failing case, `hint=4` names the mistake. Asking costs
# nothing.

# %%
paper_x = np.array([[[[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [2.0, 0.0, 1.0]]]])
attempt(
    lambda: im2col_indices(paper_x, 2, 2, 0, 1),
    expected=[[1, 2, 0, 1], [2, 0, 1, 3], [0, 1, 2, 0], [1, 3, 0, 1]],
)
two_rows = np.array([[[[11, 12, 13]]], [[[21, 22, 23]]]])
attempt(
    lambda: im2col_indices(two_rows, 1, 2, 0, 1),
    expected=[[11, 21, 12, 22], [12, 22, 13, 23]],
)

# %% nbgrader={"grade": true, "grade_id": "im2col_indices", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(im2col_indices)

# %% [markdown]
# # Part II. From columns back to an image
#
# ## What is asked
#
# Some later layer used the matrix $X$, and hands us $G = \partial L/\partial X$, one number for
# every entry of the matrix. We want $\partial L/\partial x$. **One pixel first.** By formula (1)
# a pixel $\tilde x[n, c, r, q]$ was *copied* into every place of the matrix where it was seen, each
# time with the factor 1. So the chain rule says
#
# $$ \frac{\partial L}{\partial \tilde x[n, c, r, q]}
#    \;=\; \sum_{\substack{\text{places } (k, m) \text{ of the matrix} \\
#                          \text{that hold this pixel}}} G[k, m] . \tag{2} $$
#
# Whatever is used more than once on the way forward is summed on the way back. That is all of
# *col2im*: **every entry of the matrix goes back to where it came from, and where several arrive,
# they are added.** The border is cut off at the end, because no entry of $x$ stands there.

# %% tags=["picture"]
pictures.im2col.to_image()

# %% [markdown]
# ## On paper
#
# Columns for the 3 by 3 image of Part I (2 by 2 field, stride 1). Each column is a window; put it
# back where it stood, and add.
#
# $$ G = \begin{pmatrix} 1 & 2 & -1 & 3 \\ -1 & -2 & 1 & -3 \\ 2 & 4 & -2 & 6 \\ 0 & 0 & 0 & 0
#    \end{pmatrix} \qquad\Rightarrow\qquad
#    \begin{pmatrix} 1 & 1 & -2 \\ ? & ? & ? \\ -2 & 6 & 0 \end{pmatrix} $$
#
# The top row: pixel (0, 1) is entry 1 of the first window and entry 0 of the second, so it gets
# $-1 + 2 = 1$. Work out the middle row. Pixel (1, 1) is in all four windows: which row of the matrix
# does each of them use for it?
#
# <details><summary>Answer</summary>
#
# 1, 8, -3. The middle pixel is the last entry of window (0, 0), entry 2 of (0, 1), entry 1 of
# (1, 0) and entry 0 of (1, 1): 0 + 4 + 1 + 3 = 8.
#
# </details>

# %% [markdown]
# ## The trap: `+=` through an array of places
#
# `im2col` *reads* through an array of places, so col2im *writes* through the same one. And here
# NumPy does something that surprises nearly everybody once. Predict the two lines before you run
# them:

# %%
counted = np.zeros(4)
counted[[0, 0, 0, 2]] += 1
print("+= through a list of places:", counted)

added = np.zeros(4)
np.add.at(added, [0, 0, 0, 2], 1)
print("np.add.at:                  ", added)

# %% [markdown]
# `a[places] += 1` means `a[places] = a[places] + 1`: all old values are read first (0, 0, 0, 0), 1
# is added to each copy, and the results (1, 1, 1, 1) are written back. Place 0 is *written* three
# times with the same 1. `np.add.at` adds one contribution after the other.
#
# There is another way: go through the entries $(u, v)$ of the window. In one such step no pixel
# occurs twice, because the windows start at different pixels, so a plain `+=` on a *slice* with step
# $s$ is safe, and it is faster.
#
# ## Step 1 of 2: a row (one blank)
#
# The way back of `row_to_columns`. `row_places` is yours, from Part I.


# %% nbgrader={"grade": false, "grade_id": "columns_to_row_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def columns_to_row(cols, length, stride):
    """Add all columns (width, count) back into a row of that length."""
    width, count = cols.shape
    row = np.zeros(length)
    places = row_places(count, width, stride)
    ### BEGIN SOLUTION
    np.add.at(row, places, cols)
    ### END SOLUTION
    return row


# %%
attempt(
    lambda: columns_to_row(np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]), length=5, stride=1),
    expected=[1, 12, 23, 30, 0],
)
attempt(
    lambda: columns_to_row(np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]), length=5, stride=2),
    expected=[1, 2, 13, 20, 30],
)

# %% [markdown]
# ## Step 2 of 2: undo the reshaping
#
# The indices expect the axes $(N, K, H'W')$. `im2col` transposed, then reshaped. **Going back
# undoes the steps in reverse order:** first reshape to $(K, H'W', N)$, then transpose. Write it for
# a matrix whose shape you know.


# %% nbgrader={"grade": false, "grade_id": "by_image_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def by_image(cols, N):
    """Columns (K, H_out * W_out * N), images innermost, as an array (N, K, H_out * W_out)."""
    ### BEGIN SOLUTION
    return cols.reshape(len(cols), -1, N).transpose(2, 0, 1)
    ### END SOLUTION


# %%
attempt(
    lambda: by_image(np.array([[11, 21, 12, 22], [12, 22, 13, 23]]), 2),
    expected=[[[11, 12], [12, 13]], [[21, 22], [22, 23]]],
)

# %% [markdown]
# ## Exercise 2: `col2im_indices` (5 points)
#
# Start from zeros with the shape of the *padded* image. In
# `np.add.at(x_pad, (slice(None), channel, row, col), ...)` the `slice(None)` stands for `:`, all
# images. Cut off the border with the rows and columns where $x$ stands: they begin at `padding`, and
# there are $H$ and $W$ of them. (`[padding:-padding]` selects *nothing* when `padding` is 0.)


# %% nbgrader={"grade": false, "grade_id": "col2im_indices_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def col2im_indices(cols, x_shape, field_height, field_width, padding, stride):
    """Add every entry of a matrix of columns back to the pixel that im2col takes it from.

    cols: a matrix in the order of im2col_indices, shape (C * field_height * field_width,
    H_out * W_out * N). x_shape: the shape (N, C, H, W) of the images. The others are those of
    im2col_indices.

    Returns images, float64, shape (N, C, H, W).

    Rules: where several entries arrive, they are added up, and nothing is divided. What falls on
    the border of zeros is dropped. A pixel that no window reaches is 0. cols is not changed.
    """
    ### BEGIN SOLUTION
    N, C, H, W = x_shape
    H_out = 1 + (H + 2 * padding - field_height) // stride
    W_out = 1 + (W + 2 * padding - field_width) // stride
    x_pad = np.zeros((N, C, H + 2 * padding, W + 2 * padding))
    channel, row, col = window_indices(C, field_height, field_width, H_out, W_out, stride)
    shares = cols.reshape(C * field_height * field_width, H_out * W_out, N).transpose(2, 0, 1)
    np.add.at(x_pad, (slice(None), channel, row, col), shares)
    return x_pad[:, :, padding : padding + H, padding : padding + W]
    ### END SOLUTION


# %%
paper_cols = np.array(
    [[1.0, 2.0, -1.0, 3.0], [-1.0, -2.0, 1.0, -3.0], [2.0, 4.0, -2.0, 6.0], [0.0, 0.0, 0.0, 0.0]]
)
attempt(
    lambda: col2im_indices(paper_cols, (1, 1, 3, 3), 2, 2, 0, 1)[0, 0],
    expected=[[1, 1, -2], [1, 8, -3], [-2, 6, 0]],
)

# %% nbgrader={"grade": true, "grade_id": "col2im_indices", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(col2im_indices)

# %% [markdown]
# ## Not the inverse
#
# The names suggest that col2im undoes im2col. It does not. Here are an image of ones and what comes
# back when your two functions are called one after the other, with the sizes of prediction 4.

# %% tags=["picture"]
pictures.im2col.round_trip(im2col_indices, col2im_indices)

# %% [markdown]
# A pixel inside was copied into 9 columns and comes back 9 times; a corner pixel is in 4 windows
# only, since the other windows around it would begin outside of the padded image. To divide by these
# counts is a popular repair, and it makes the function wrong: a gradient is a *sum* over all uses.
#
# ## What it is instead: the adjoint
#
# im2col is linear: $X$ is some huge matrix $A$ of zeros and ones, times the pixels of $x$.
# Formula (2) says that col2im multiplies with $A^\top$. And for *every* image $z$ and *all* columns
# $G$
#
# $$ \langle A z,\ G \rangle \;=\; \langle z,\ A^\top G \rangle . \tag{3} $$
#
# The brackets are inner products: multiply entry by entry, and add everything up. In code:
# `np.sum(im2col(z) * G)` equals `np.sum(z * col2im(G))`. These are two numbers. One random pair
# $z, G$ finds nearly every mistake, without a step size and without a single derivative.


# %%
def adjoint_gap():
    """How far apart the sides of (3) are, for random z and G, rounded to nine digits."""
    random = np.random.default_rng(4)
    z = random.standard_normal((2, 3, 5, 7))
    cols = im2col_indices(z, 2, 3, 1, 2)
    G = random.standard_normal(cols.shape)
    back = col2im_indices(G, z.shape, 2, 3, 1, 2)
    return round(abs(np.sum(cols * G) - np.sum(z * back)), 9)


attempt(adjoint_gap, expected=0)

# %% [markdown]
# *A question to look at, not to hand in:* a friend listed the columns image by image, in both
# functions. What does the adjoint test say? And `check`? (Two functions can be wrong and fit each
# other. `check` tells you when they do.)

# %% [markdown]
# # Part III. Convolution as one matrix product
#
# ## One entry first
#
# A convolution with $F$ filters `w (F, C, HH, WW)` is
#
# $$ \mathrm{out}[n, f, i, j] = b[f] + \sum_{c, u, v} w[f, c, u, v]\;
#    \tilde x[n, c,\ i s + u,\ j s + v] . $$
#
# Flatten filter $f$ in the order of the rows, $(c, u, v)$. That is what `w.reshape(F, -1)` does:
# call it $M$, with $F$ rows and $K$ columns. By formula (1) the pixel in the sum is
# $X[k, m]$, with $k$ the row of $(c, u, v)$ and $m$ the column of $(i, j, n)$. So
#
# $$ \mathrm{out}[n, f, i, j] = b[f] + \sum_k M[f, k]\, X[k, m] = (M X)[f, m] + b[f] . \tag{4} $$
#
# All outputs of all images are one product of an $F \times K$ with a $K \times P$ matrix.

# %% tags=["picture"]
pictures.im2col.product()

# %% [markdown]
# The product has $F$ rows, and its columns are the windows as $(i, j, n)$. The output wants
# $(N, F, H', W')$. In memory the product *is* $(F, H', W', N)$: reshape to that, then transpose.
#
# On paper: $w = \begin{pmatrix} 1 & -1 \\ 2 & 0 \end{pmatrix}$, $b = 1$ and the image of Part I give
#
# $$ \begin{pmatrix} 1 & -1 & 2 & 0 \end{pmatrix}
#    \begin{pmatrix} 1 & 2 & 0 & 1 \\ 2 & 0 & 1 & 3 \\ 0 & 1 & 2 & 0 \\ 1 & 3 & 0 & 1 \end{pmatrix}
#    + 1 = \begin{pmatrix} 0 & 5 & 4 & -1 \end{pmatrix} . $$
#
# ## Exercise 3: `conv_forward_im2col` (3 points)
#
# Use your `im2col_indices`. Mind the order of its arguments: padding comes before stride.
#
# Exercises 3 to 5 stand on your functions from Parts I and II, so mend those first. Only results are
# judged: if im2col will not come right, a convolution by any other means passes here, too.


# %% nbgrader={"grade": false, "grade_id": "conv_forward_im2col_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv_forward_im2col(x, w, b, conv_param):
    """Convolve every image with every filter by one matrix product.

    x: images, shape (N, C, H, W). w: filters, shape (F, C, HH, WW). b: biases, shape (F,).
    conv_param: a dict with "stride" (1 or more) and "pad" (0 or more).

    Returns a pair. First the output, float64, shape (N, F, H_out, W_out): the same numbers as
    conv_forward_naive. Second the cache: a tuple that begins with x (not padded), w, b and
    conv_param, in this order. You may add the columns as a fifth item, if your backward takes five.

    Rules: x, w and b are not changed; x may hold whole numbers.
    """
    ### BEGIN SOLUTION
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    cols = im2col_indices(x, HH, WW, pad, stride)
    flat = w.reshape(F, -1) @ cols + b[:, np.newaxis]
    out = flat.reshape(F, H_out, W_out, N).transpose(3, 0, 1, 2)
    cache = (x, w, b, conv_param)
    return out, cache
    ### END SOLUTION


# %%
paper_w, paper_b = np.array([[[[1.0, -1.0], [2.0, 0.0]]]]), np.array([1.0])
paper_param = {"stride": 1, "pad": 0}
attempt(
    lambda: conv_forward_im2col(paper_x, paper_w, paper_b, paper_param)[0][0, 0],
    expected=[[0, 5], [4, -1]],
)

# %% [markdown]
# And against the oracle, with sizes of which no two are equal:


# %%
def random_layer():
    """Random x, w, b and parameters of a convolution."""
    random = np.random.default_rng(5)
    x = random.standard_normal((2, 3, 8, 7))
    w = random.standard_normal((5, 3, 4, 2))
    return x, w, random.standard_normal(5), {"stride": 3, "pad": 1}


attempt(
    lambda: np.max(
        np.abs(conv_forward_im2col(*random_layer())[0] - conv_forward_naive(*random_layer())[0])
    ),
    expected=0,
)

# %% nbgrader={"grade": true, "grade_id": "conv_forward_im2col", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(conv_forward_im2col)

# %% [markdown]
# ## Backward: three products
#
# Let $D$ be `dout` in the form of the product, $F \times P$: its entry $D[f, m]$ is
# $\mathrm{dout}[n, f, i, j]$, where $m$ is the column of $(i, j, n)$. **One weight first.** $M[f, k]$
# is in the outputs $(f, m)$ for all $m$, each time with the factor $X[k, m]$. And one entry of the
# matrix, $X[k, m]$, is in the outputs $(f, m)$ for all $f$, with the factor $M[f, k]$. So
#
# $$ dM[f, k] = \sum_m D[f, m]\, X[k, m], \qquad
#    dX[k, m] = \sum_f M[f, k]\, D[f, m], \qquad
#    db[f] = \sum_m D[f, m] . $$
#
# As products:
#
# $$ dM = D\, X^\top, \qquad dX = M^\top D, \qquad db = D\,\mathbf{1} . \tag{5} $$
#
# You need not remember where the transposition goes: **the shapes decide it.** $D$ is $F \times P$,
# $X$ is $K \times P$, and $dM$ must be $F \times K$.
#
# What is left is bookkeeping: $dM$ is `dw` flattened, and $dX$ goes back to the image by `col2im`.
# To make $D$, undo the last two steps of the forward in reverse order: bring `dout` $(N, F, H', W')$
# into the order $(F, H', W', N)$, *then* reshape.
#
# **Columns: kept or made again?** The backward needs $X$. The forward can keep it in the cache, which
# saves time and costs about $HH \cdot WW / s^2$ times the memory of $x$ until the backward runs (with
# stride $s$ there are $s^2$ times fewer windows than pixels); or the backward makes it again from $x$. Both are right. Your backward gets what your forward returned.

# %% [markdown]
# ## Predict
#
# 1. In the example on paper $D = (1, 2, -1, 3)$. What is $dM = D X^\top$? What is $dX = M^\top D$?
# 2. You have seen this $dX$ before. Where?

# %% [markdown]
# *My predictions (double-click to edit):*
#
# 1. ...
# 2. ...

# %% [markdown]
# <details><summary>Answers</summary>
#
# 1. <code>dM</code> is 8, 10, 0, 10. Row k of <code>dX</code> is weight k times D: 1, 2, -1, 3; then
#    -1, -2, 1, -3; then 2, 4, -2, 6; then zeros.
# 2. It is G of "On paper" in Part II. The image that you made of it there is dx.
#
# </details>

# %% [markdown]
# ## Exercise 4: `conv_backward_im2col` (5 points)


# %% nbgrader={"grade": false, "grade_id": "conv_backward_im2col_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv_backward_im2col(dout, cache):
    """Return the gradients of a convolution with respect to its input, filters and biases.

    dout: gradient of the loss with respect to the output, shape (N, F, H_out, W_out).
    cache: the second value that conv_forward_im2col returned.

    Returns three float64 arrays: the gradients with respect to x, shape (N, C, H, W), to w,
    shape (F, C, HH, WW), and to b, shape (F,): the same numbers as conv_backward_naive.

    Rules: dout and what the cache holds are not changed, nothing is divided by N, and no
    parameter is updated here. All that is needed comes from dout and the cache.
    """
    ### BEGIN SOLUTION
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    F, C, HH, WW = w.shape
    cols = im2col_indices(x, HH, WW, pad, stride)
    flat = dout.transpose(1, 2, 3, 0).reshape(F, -1)
    db = flat.sum(axis=1)
    dw = (flat @ cols.T).reshape(w.shape)
    dcols = w.reshape(F, -1).T @ flat
    dx = col2im_indices(dcols, x.shape, HH, WW, pad, stride)
    return dx, dw, db
    ### END SOLUTION


# %%
paper_dout = np.array([[[[1.0, 2.0], [-1.0, 3.0]]]])


def paper_gradients():
    """dx and dw of the example on paper, one below the other."""
    _, kept = conv_forward_im2col(paper_x, paper_w, paper_b, paper_param)
    dx, dw, _ = conv_backward_im2col(paper_dout, kept)
    return [*dx.ravel(), *dw.ravel()]


attempt(paper_gradients, expected=[1, 1, -2, 1, 8, -3, -2, 6, 0, 8, 10, 0, 10])


def largest_difference():
    """The largest difference of all gradients from those of the oracle."""
    out, kept = conv_forward_im2col(*random_layer())
    _, naive_kept = conv_forward_naive(*random_layer())
    dout = np.random.default_rng(6).standard_normal(out.shape)
    yours, right = conv_backward_im2col(dout, kept), conv_backward_naive(dout, naive_kept)
    return max(np.max(np.abs(a - b)) for a, b in zip(yours, right, strict=True))


attempt(largest_difference, expected=0)

# %% nbgrader={"grade": true, "grade_id": "conv_backward_im2col", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(conv_backward_im2col)

# %% [markdown]
# ## What it buys
#
# Forward and backward of one layer, 2 images with 3 channels under 4 filters of 3 by 3, as the image
# grows. The cell runs both versions on *this* machine and takes a second or two. Both axes are
# logarithmic: lines that run side by side mean "so many times faster at every size".

# %% tags=["picture", "training"]
pictures.im2col.race(
    {
        "naive": (conv_forward_naive, conv_backward_naive),
        "im2col": (conv_forward_im2col, conv_backward_im2col),
    }
)

# %% [markdown]
# How far does it go? We measured the *backward* of a larger layer, 8 images with 16 channels, 32 by
# 32 pixels, 16 filters of 3 by 3, in float64 on one thread:
#
# | how it is written | time |
# |:--|--:|
# | seven nested loops | 11.7 s |
# | four loops, slices inside | 520 ms |
# | im2col, `np.add.at` for the way back | 17 ms |
# | im2col by a view of windows, slices for the way back | 5.8 ms |
# | one product for each place of the kernel | 3.9 ms |
# | PyTorch | 2.9 ms |
#
# Two things to take away. The loops cost the time, not the arithmetic, which is the same in every line:
# im2col is 31 times faster than four loops, and 690 times faster than seven. (The picture above tells
# another factor: that of a smaller layer, forward and backward together, on this machine.) And `np.add.at`, which is right, is not the end: the last steps come from *not* building
# the large matrix, or from adding slices.
#
# **And what it costs.** For 64 images of 64 channels and 56 by 56 pixels in float32, $x$ takes
# 51 MB. Its columns for a 3 by 3 kernel take 462 MB. Libraries therefore build the columns piece
# by piece, or not at all.

# %% [markdown]
# # Part IV. Max pooling by columns
#
# In pooling channels do not mix: every plane `x[n, c]` is pooled by itself. So we tell im2col that
# there are $N \cdot C$ images with *one* channel: `x.reshape(N * C, 1, H, W)`. Then every column is
# one window of one plane, and its maximum is the maximum of the column. The forward is given; read
# it, and say what shape `cols` has.


# %% nbgrader={"grade": false, "grade_id": "max_pool_forward_im2col_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
def max_pool_forward_im2col(x, pool_param):
    """Max pooling by columns.

    x: images, shape (N, C, H, W). pool_param: a dict with "pool_height", "pool_width", "stride".
    Returns the largest entry of each window, shape (N, C, H_out, W_out), and the cache, the tuple
    of x and pool_param.
    """
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    N, C, H, W = x.shape
    H_out, W_out = 1 + (H - height) // stride, 1 + (W - width) // stride
    cols = im2col_indices(x.reshape(N * C, 1, H, W), height, width, 0, stride)
    out = cols.max(axis=0).reshape(H_out, W_out, N, C).transpose(2, 3, 0, 1)
    cache = (x, pool_param)
    return out, cache


# %% [markdown]
# ## Backward: one entry of each column
#
# Moving the largest entry of a window moves the output by as much; moving any other entry does not
# move it at all. So in column $m$ of $dX$ a single entry is not zero: the one in the row of the
# maximum, $k^*(m) = \mathrm{argmax}_k X[k, m]$, and it is the entry of `dout` that belongs to the
# window:
#
# $$ dX[k, m] = \begin{cases} \mathrm{dout}[n, c, i, j] & k = k^*(m) \\ 0 & \text{else}
#    \end{cases} \qquad\text{with } m \text{ the column of window } (i, j) \text{ of plane } (n, c) . $$
#
# Then `col2im` adds. A pixel that is the maximum of several windows gets several contributions, and
# you need not think of it again.
#
# **Ties.** Among equal maxima the first in row-major order gets the gradient. `argmax` returns the
# first of equal ones, and the rows of a column *are* in row-major order.
#
# **Three questions before you write.**
#
# 1. The planes are numbered $n\,C + c$ (that is what `reshape` does). In which order must the axes
#    of `dout (N, C, H', W')` stand before it is flattened to fit the columns?
# 2. `a[rows] = d` selects whole *rows*. How do you write "entry `rows[m]` of column `m`, for every
#    `m`"?
# 3. `x` may hold whole numbers. What does `np.zeros_like(cols)` do to a `dout` of 0.5?
#
# <details><summary>Answers</summary>
#
# 1. (H', W', N, C): windows first, planes innermost, as the columns are.
# 2. With two index arrays: <code>a[rows, np.arange(rows.size)] = d</code>.
# 3. It makes a matrix of whole numbers, and 0.5 becomes 0. <code>np.zeros(cols.shape)</code> is a
#    matrix of floats.
#
# </details>

# %% [markdown]
# ## Exercise 5: `max_pool_backward_im2col` (3 points)


# %% nbgrader={"grade": false, "grade_id": "max_pool_backward_im2col_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def max_pool_backward_im2col(dout, cache):
    """Return the gradient of max pooling with respect to its input.

    dout: gradient of the loss with respect to the output, shape (N, C, H_out, W_out).
    cache: the tuple of x, shape (N, C, H, W), floats or whole numbers, and pool_param, as
    max_pool_forward_im2col returns it.

    Returns dx, float64, with the shape of x.

    Rules: the first maximum of each window (row by row) gets the whole gradient of the window;
    what several windows give to one pixel is added. dout and what the cache holds are not changed.
    """
    ### BEGIN SOLUTION
    x, pool_param = cache
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    N, C, H, W = x.shape
    cols = im2col_indices(x.reshape(N * C, 1, H, W), height, width, 0, stride)
    winners = cols.argmax(axis=0)
    dcols = np.zeros(cols.shape)
    dcols[winners, np.arange(winners.size)] = dout.transpose(2, 3, 0, 1).ravel()
    dx = col2im_indices(dcols, (N * C, 1, H, W), height, width, 0, stride)
    return dx.reshape(x.shape)
    ### END SOLUTION


# %% [markdown]
# Windows of 2 by 2 with stride 1, so that they overlap. The 9 wins three windows, the 8 one, the 11
# two:

# %%
pool_x = np.array([[[[1, 4, 2, 3], [0, 9, 5, 8], [7, 6, 11, 10]]]])
pool_dout = np.array([[[[1.0, 2.0, -3.0], [4.0, 5.0, 6.0]]]])
pool_param = {"pool_height": 2, "pool_width": 2, "stride": 1}
attempt(
    lambda: max_pool_backward_im2col(pool_dout, (pool_x, pool_param))[0, 0],
    expected=[[0, 0, 0, 0], [0, 7, 0, -3], [0, 0, 11, 0]],
)


# %%
def pooling_difference():
    """The largest difference from the oracle, for two images of three channels."""
    random = np.random.default_rng(7)
    x = random.standard_normal((2, 3, 7, 6))
    param = {"pool_height": 3, "pool_width": 2, "stride": 2}
    out, kept = max_pool_forward_naive(x, param)
    dout = random.standard_normal(out.shape)
    return np.max(
        np.abs(max_pool_backward_im2col(dout, kept) - max_pool_backward_naive(dout, kept))
    )


attempt(pooling_difference, expected=0)

# %% nbgrader={"grade": true, "grade_id": "max_pool_backward_im2col", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(max_pool_backward_im2col)

# %% [markdown]
# # What goes wrong in practice
#
# Each of these is in public code. We ran them and compared them with PyTorch:
#
# - **`+=` through the index arrays** instead of `np.add.at`. The customary mistake of this subject:
#   right where windows do not overlap, and short of contributions where they do.
# - **`dw` reshaped as (F, HH, WW, C).** One layer is right with one channel and wrong as soon as
#   there are two.
# - **Nothing transposed.** One layer multiplies `w.reshape(F, -1) @ dout` and runs only where $F$
#   happens to equal $C \cdot HH \cdot WW$.
# - **The line that scatters is commented out.** One pooling layer returns zeros.
# - **`pad = 1, stride = 1` written into the call of col2im.** Right for the most customary layer.
# - **`W_out` computed with `field_height`**, or an assertion that tests $W$ against the height of
#   the field. Square kernels hide the first and satisfy the second.
# - **An integer matrix** from `zeros_like(cols)`: gradients are cut off to whole numbers.
#
# How much does the usual test see? `x (4, 3, 5, 5)`, three by three filters, stride 1 and padding 1
# is the shape that the best-known course checks a convolution with. We tried the known mistakes of
# this notebook on it, 40 wrong versions of `conv_backward_im2col`: **11 of them pass.** Six of these
# fail as soon as the kernel is oblong, or the padding or the stride is not 1. The other five need a
# test that looks further: at the arguments afterwards, at a second call, at whole numbers, at the
# ninth digit. So choose sizes of which **no two coincide**, try more than one, and look at more than
# the values.

# %% [markdown]
# # Written question
#
# Answer in three to six sentences.
#
# (a) A colleague reports: "My `col2im(im2col(x))` returns `x` times 9, except along the border. I
# divide by the counts now, and it returns `x`." What is right about this, what is wrong, and which
# test would have told?
#
# (b) A layer has 3 by 3 kernels, stride 1, and images of 100 MB. Name one advantage and the price of
# keeping the columns in the cache, in numbers, and one situation in which you would make them again.

# %% [markdown] nbgrader={"grade": true, "grade_id": "im2col_question", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# **Your answer**
#
# ### BEGIN SOLUTION
# *Model answer.* (a) The observation is right: a pixel inside is in nine windows, so it comes back
# nine times. Dividing is wrong, because col2im has to be the adjoint of im2col (the gradient of a
# copy is the sum over all copies), not its inverse; with the division every dx inside is a ninth of
# what it should be. The adjoint test, the sum of im2col(z) * G against the sum of z * col2im(G) for
# random z and G, or a comparison of dx with a naive backward or with differences, shows it. (b) The
# backward does not have to copy the windows a second time. The price is about 900 MB (nine times the
# images) from the forward to the backward, for this one layer. Make them again when memory is short:
# many layers, large batches, or kernels of 7 by 7 (49 times).
#
# *Marking guide.*
#
# - (a), 1 point: half a point for "adjoint, not inverse" or "the gradient of a copy is a sum" with
#   the statement that the division is wrong; half a point for a test that tells (adjoint test, naive
#   oracle, or differences). "It should be the identity" gets nothing for the first half.
# - (b), 1 point: half a point for the advantage together with 900 MB (or "nine times"), half a point
#   for a sensible situation. "Keeping is always better" gets no second half.
# ### END SOLUTION

# %% [markdown]
# # Optional: an oracle test of your own
#
# This part gives bonus credit. You have compared fast functions with slow ones all along. Now write
# the comparison itself, as a function, for a layer that you have not seen:


# %% nbgrader={"grade": false, "grade_id": "corners_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
def corners_forward(x, param):
    """Of every window 0.7 times the bottom right entry minus 0.3 times the top left one.

    x: images, shape (N, C, H, W). param: a dict with "height" and "width" of the window, "stride"
    and "pad". Returns the output, shape (N, C, H_out, W_out), and the cache, the tuple of x and
    param.
    """
    height, width = param["height"], param["width"]
    stride, pad = param["stride"], param["pad"]
    N, C, H, W = x.shape
    H_out = 1 + (H + 2 * pad - height) // stride
    W_out = 1 + (W + 2 * pad - width) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = np.zeros((N, C, H_out, W_out))
    for i in range(H_out):
        for j in range(W_out):
            window = x_pad[:, :, i * stride :, j * stride :][:, :, :height, :width]
            out[:, :, i, j] = 0.7 * window[:, :, -1, -1] - 0.3 * window[:, :, 0, 0]
    return out, (x, param)


def corners_slow_backward(dout, cache):
    """The gradient with respect to x, with plain loops: the oracle."""
    x, param = cache
    height, width = param["height"], param["width"]
    stride, pad = param["stride"], param["pad"]
    N, C, H, W = x.shape
    dx_pad = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            top, left = i * stride, j * stride
            dx_pad[:, :, top + height - 1, left + width - 1] += 0.7 * dout[:, :, i, j]
            dx_pad[:, :, top, left] -= 0.3 * dout[:, :, i, j]
    return dx_pad[:, :, pad : pad + H, pad : pad + W]


# %% [markdown]
# `oracle_test(forward, slow_backward, fast_backward)` is given these two functions and *some* fast
# backward, and says `True` if the fast one agrees with the slow one, `False` if not. It makes its
# own inputs. It is tried on two right ones, in different styles, and on sixteen wrong ones. Of
# those, most are right *for some sizes*: only without padding, only with one image, only for square
# windows.
#
# The whole art is the choice of sizes. Write a short list of them and loop over it, or draw many at
# random from a generator with a fixed seed. Ask of your sizes:
#
# - Is there one with padding 0? One with a padding that is neither 0 nor 1?
# - One with stride 1 and one with a larger stride? One where rows or columns of the image are left
#   over, and not only some of its padding?
# - Do windows overlap *in the entries that this layer uses*? The last entry of one window must be
#   the first of another.
# - Are there several images and several channels? Is anything square that need not be?
#
# Then compare: shapes first, then every entry, for a random `dout`, up to rounding: a right one agrees
# to ten digits, and an error of $10^{-4}$ is an error. `nan` must fail.


# %% nbgrader={"grade": false, "grade_id": "oracle_test_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def oracle_test(forward, slow_backward, fast_backward):
    """Tell whether fast_backward agrees with slow_backward, whatever the sizes.

    forward: to be called as forward(x, param), like corners_forward; returns (out, cache). x and
    param are yours to choose: at most a hundred thousand entries with their border, no number in
    param above 64, and room for one window at least.
    slow_backward, fast_backward: to be called as backward(dout, cache); return dx, which should have
    the shape of x. A wrong fast_backward may return an array of another shape.
    Returns True if both agree for all sizes that you try, else False, the same in every call.
    """
    ### BEGIN SOLUTION
    random = np.random.default_rng(8)
    for _ in range(60):
        shape = random.integers([1, 1, 5, 5], [4, 4, 8, 8])
        height, width, stride, padded = random.integers(1, 4, size=4).tolist()
        x = random.standard_normal(shape)
        param = {"height": height, "width": width, "stride": stride, "pad": padded - 1}
        out, cache = forward(x, param)
        dout = random.standard_normal(out.shape)
        right, found = slow_backward(dout, cache), fast_backward(dout, cache)
        if np.shape(found) != np.shape(right):
            return False
        if not np.allclose(found, right):
            return False
    return True
    ### END SOLUTION


# %% [markdown]
# Try it on one that is right, and on one that you break yourself.


# %%
def broken_backward(dout, cache):
    """Right without padding only."""
    x, param = cache
    _, _, H, W = x.shape
    unpadded = (np.zeros((*x.shape[:2], H + 2 * param["pad"], W + 2 * param["pad"])), param)
    return corners_slow_backward(dout, (unpadded[0], {**param, "pad": 0}))[:, :, :H, :W]


try:
    same = oracle_test(corners_forward, corners_slow_backward, corners_slow_backward)
    broken = oracle_test(corners_forward, corners_slow_backward, broken_backward)
    print("the slow one itself:", same, "(should be True)")
    print("the broken one:", broken, "(should be False)")
except NotImplementedError:
    print("Not yet: write oracle_test above, then run this cell again.")

# %% nbgrader={"grade": true, "grade_id": "oracle_test", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"] bonus=2
check(oracle_test)

# %% [markdown]
# # Further reading
#
# - K. Chellapilla, S. Puri and P. Simard, *High performance convolutional neural networks for
#   document processing* (2006): where unrolling convolutions into matrix products was proposed.
# - S. Chetlur and others, *cuDNN: efficient primitives for deep learning* (2014), arXiv:1410.0759:
#   the same product without ever storing the whole matrix.
# - V. Dumoulin and F. Visin, *A guide to convolution arithmetic for deep learning* (2016),
#   arXiv:1603.07285: sizes, and the transposed convolution, which is this notebook's dx.
# - The PyTorch pages of `Unfold` and `Fold`: im2col and col2im with another order of columns (image
#   by image, each in a matrix of its own), and the same remark that one is not the other's inverse.
# - NumPy's pages of `numpy.ufunc.at` and of indexing with arrays, and of
#   `numpy.lib.stride_tricks.sliding_window_view`: windows without a copy.
