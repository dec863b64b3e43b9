# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 3. Pooling: who gets the gradient?
#
# A pooling layer shrinks an image: it replaces each small window by one number, the largest of
# its entries (*max pooling*) or their mean (*average pooling*). It has no weights to learn. What
# it does have is a backward pass, and that is where most public implementations go wrong.
#
# **What you will be able to do**
#
# - derive the backward pass of max and of average pooling, for one entry first and then for all;
# - predict, before any code, which pixels receive gradient and how much;
# - write both passes in NumPy for any window, stride and shape, overlapping windows included;
# - say what happens at a tie, in rows that no window reaches, and with integer images.
#
# You need loops, slices and the chain rule. Plan 90 minutes, and about 20 more for the optional
# part on padding at the end. There are four graded functions and one written question; their points
# stand in the headings.
#
# Run the cells in order. Where a cell says `# YOUR CODE HERE`, replace that line and the one below
# it by your own. `check(...)` shows a card with what is right, what is not, and where; ask it as
# often as you like. `check(max_pool_backward_naive, hint=2)` in a cell of your own asks you a question
# about what failed, `hint=3` shows the smallest failing case, `hint=4` names the mistake. Asking costs
# nothing. While anything on a card is open, a red line `CheckFailed` stands below it. It is no crash
# of yours; where "Run All" stops there, go on from the next cell.

# %% [markdown]
# ## Notation card
#
# | on paper | in code | meaning |
# |:--|:--|:--|
# | $x$ | `x (N, C, H, W)` | a batch of $N$ images with $C$ channels, $H$ rows, $W$ columns |
# | $k_h,\ k_w$ | `pool_height`, `pool_width` | rows and columns of a window |
# | $s$ | `stride` | step from one window to the next, the same on both axes |
# | $y$ | `out (N, C, H', W')` | the pooled images |
# | $L$ | | the loss: one number, computed by later layers, never seen here |
# | $g = \partial L/\partial y$ | `dout`, shape of `out` | the upstream gradient, which is given |
# | $\partial L/\partial x$ | `dx`, shape of `x` | what the backward pass returns |
# | $i,\ j$ | `i`, `j` | which window: its row and column in `out` |
# | $u,\ v$ | `row`, `col` | a place inside a window, counted from its top left corner |
# | $p$ | `pad` | rows and columns put around every image, in the optional part only |
# | $a,\ b$ | | a place in the whole image |
# | $[\,\text{statement}\,]$ | | 1 if the statement is true, 0 if not |
#
# Everything is counted from 0. Place $(u, v)$ of window $(i, j)$ is pixel
# $(a, b) = (is + u,\ js + v)$.

# %%
import numpy as np

from course_utils import check, pictures

# %% [markdown]
# ## The picture
#
# Forward, each window sends its largest entry on. The ring marks it: we call it the **winner** of
# the window. The letters name the windows row by row.

# %% tags=["picture"]
pictures.pooling.routes("forward")

# %% [markdown]
# Backward, the same roads are used in the other direction. `dout` says how much the loss would
# grow if an entry of `out` grew. As long as entries move only a little, only the winner can make
# that entry grow, so only the winner is held responsible.

# %% tags=["picture"]
pictures.pooling.routes("backward")

# %% [markdown]
# ## Max pooling, forward
#
# Take one channel of one image. Window $(i, j)$ has its top left corner at pixel $(is, js)$, and
#
# $$ y_{ij} = \max_{0 \le u < k_h,\ 0 \le v < k_w} x_{is+u,\ js+v}. $$
#
# **How many windows are there?** Window $i$ fits if its last row $is + k_h - 1$ is at most
# $H - 1$, so $i \le (H - k_h)/s$. Counting from $i = 0$,
#
# $$ H' = 1 + \left\lfloor \frac{H - k_h}{s} \right\rfloor, \qquad
#    W' = 1 + \left\lfloor \frac{W - k_w}{s} \right\rfloor. $$
#
# If $H - k_h$ is not a multiple of $s$, some rows at the bottom are in no window at all. If $s$ is
# larger than the window, there are gaps between the windows, too. Neither is an error. Those
# pixels simply do not influence the output.
#
# **Batch and channels.** Nothing crosses from one image to the next or from one channel to the
# next. Every plane `x[n, c]` is pooled by itself.

# %% [markdown]
# ## Max pooling, backward: one window first
#
# Write the $K = k_h k_w$ entries of one window as $v_0, \dots, v_{K-1}$, and let $v_{m^*}$ be the
# largest, larger than every other by at least some $\delta > 0$. Now move one entry by a tiny
# $h$, with $|h| < \delta$, and watch $y = \max_m v_m$.
#
# - Move the winner: it stays the winner, and $y$ moves by exactly $h$. The derivative is 1.
# - Move any other entry: it stays below the winner, and $y$ does not move. The derivative is 0.
#
# In one formula:
#
# $$ \frac{\partial y}{\partial v_m} = [\,m = m^*\,]. $$
#
# The *value* of the winner does not appear, nor its sign. All that the backward pass needs from
# the forward pass is **where** the winner was.

# %% [markdown]
# ## All windows: the chain rule adds
#
# A pixel $(a, b)$ influences the loss through every window that contains it. The chain rule sums
# over all these ways. With $(u^*_{ij}, v^*_{ij})$ the place of the winner inside window $(i, j)$,
#
# $$ \frac{\partial L}{\partial x_{ab}}
#    = \sum_{i,j} \frac{\partial L}{\partial y_{ij}} \frac{\partial y_{ij}}{\partial x_{ab}}
#    = \sum_{i,j} g_{ij}\,
#      \bigl[\,(a, b) = (is + u^*_{ij},\ js + v^*_{ij})\,\bigr]. $$
#
# There are two ways to read this sum.
#
# - **Gather.** Stand on a pixel and ask each window: did I win you? Add the $g_{ij}$ of those
#   that say yes.
# - **Scatter.** Stand on a window, find its winner, and add $g_{ij}$ to that pixel. Start from
#   zeros, visit every window once.
#
# Both give the same numbers. The scatter form needs less work, because each window knows its one
# winner at once. Two things to keep from the formula: **the bracket says where, the sum says
# add**. If two windows share a winner, that pixel gets both contributions.

# %% [markdown]
# ## The rule for ties
#
# If two entries of a window are both largest, the maximum has a kink there: moving either of them
# up moves $y$, moving it down does not. There is no derivative, so a rule must be chosen.
#
# **Rule of this course: the first maximum in row-major order wins** (read the window line by
# line, as text). It takes the whole $g_{ij}$. PyTorch's `max_pool2d` follows the same rule.
# Giving $g_{ij}$ to *every* maximum would hand out more gradient than came in.
#
# One single check below has ties, and it says so. Everywhere else all entries of a window differ.

# %% [markdown]
# ## Predict before you code
#
# Write your answers into the next cell, before you read on. Nobody grades them, but you will meet
# each of them again.
#
# 1. `x` has shape `(2, 3, 5, 7)`, windows are 2 by 3 (rows by columns), the stride is 2. What are
#    the shapes of `out`, of `dout` and of `dx`? Which row of an image is in no window?
# 2. An image of 7 by 9 pixels, windows 2 by 2, stride 2, no zeros in `dout`. How many entries of
#    `dx` are not zero?
# 3. Any image of that size, windows 3 by 3, stride 1, and `dout` is 1 everywhere. What is the largest
#    value that a pixel of `dx` can have? What is the sum of all entries of `dx`?

# %% [markdown]
# *My predictions (double-click to edit):*
#
# 1. ...
# 2. ...
# 3. ...

# %% [markdown]
# ## A worked example for paper
#
# Windows of 2 by 2 with **stride 1**, so that they overlap, on this image and with this upstream
# gradient:
#
# $$ x = \begin{pmatrix} 1 & 4 & 2 & 3 \\ 0 & 9 & 5 & 8 \\ 7 & 6 & 11 & 10 \end{pmatrix}, \qquad
#    g = \begin{pmatrix} 1 & 2 & -3 \\ 4 & 5 & 6 \end{pmatrix}. $$
#
# The first four windows are done. Do the last two yourself.
#
# | window | $(i, j)$ | its entries | winner | at pixel | sends |
# |:--|:--|:--|--:|:--|--:|
# | A | (0, 0) | 1, 4, 0, 9 | 9 | (1, 1) | 1 |
# | B | (0, 1) | 4, 2, 9, 5 | 9 | (1, 1) | 2 |
# | C | (0, 2) | 2, 3, 5, 8 | 8 | (1, 3) | -3 |
# | D | (1, 0) | 0, 9, 7, 6 | 9 | (1, 1) | 4 |
# | E | (1, 1) | 9, 5, 6, 11 | ? | ? | ? |
# | F | (1, 2) | ?, ?, ?, ? | ? | ? | ? |
#
# Now draw an empty 3 by 4 grid for `dx` and put every number of the last column where it belongs.
# Then compare with the picture below.

# %% tags=["picture"]
pictures.pooling.overlap()

# %% [markdown]
# A test that costs nothing: each window hands its whole $g_{ij}$ to exactly one pixel, so **the
# entries of `dx` and of `dout` have the same sum**. Here $7 - 3 + 11 = 15$ and
# $1 + 2 - 3 + 4 + 5 + 6 = 15$.

# %% [markdown]
# ## Step by step: one dimension first
#
# The whole difficulty fits into one dimension. Here is the forward pass of a signal, complete.
# Read it, and say aloud what `start` is before you run it.


# %%
def max_pool_1d(signal, size, stride):
    """Max pooling of a signal of shape (L,); returns shape (1 + (L - size) // stride,)."""
    count = 1 + (len(signal) - size) // stride
    pooled = np.zeros(count)
    for i in range(count):
        start = i * stride
        pooled[i] = signal[start : start + size].max()
    return pooled


max_pool_1d(np.array([3, 8, 1, 5, 2, 0]), size=2, stride=2)

# %% [markdown]
# For the steps that follow, `attempt` prints what your function gives beside what it should give.


# %%
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


# %% [markdown]
# ### Step 1: one blank
#
# The backward pass of the same function. Only the line that hands the gradient to the winner is
# missing. `np.argmax(part)` is the place of the first maximum *inside the part*, counted from the
# part's own beginning. Where is that in the whole signal?


# %% nbgrader={"grade": false, "grade_id": "max_pool_1d_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def max_pool_1d_backward(dout, signal, size, stride):
    """Gradient of max_pool_1d: dout (L_out,) and signal (L,) give a float array (L,)."""
    dsignal = np.zeros(len(signal))
    for i in range(len(dout)):
        start = i * stride
        part = signal[start : start + size]
        ### BEGIN SOLUTION
        dsignal[start + np.argmax(part)] += dout[i]
        ### END SOLUTION
    return dsignal


# %%
attempt(
    lambda: max_pool_1d_backward([10, 20, 30], np.array([3, 8, 1, 5, 2, 0]), size=2, stride=2),
    expected=[0, 10, 0, 20, 30, 0],
)

# %% [markdown]
# ### Step 2: overlap
#
# The same function, now with windows of 3 and stride 1. The 9 wins the first two windows. Work out
# the answer on paper, then run the cell. If you see 10 where 11 should be, read "the bracket says
# where, the sum says add" once more: what happened to the 1?

# %%
attempt(
    lambda: max_pool_1d_backward([1, 10, 100], np.array([2, 9, 4, 1, 7]), size=3, stride=1),
    expected=[0, 11, 0, 0, 100],
)

# %% [markdown]
# ### Step 3: batch and channels
#
# Now signals of shape `(N, C, L)`, with `dout` of shape `(N, C, L_out)`. No signal knows of any
# other, so call your function of step 1 on each of them.


# %% nbgrader={"grade": false, "grade_id": "max_pool_1d_backward_batch", "locked": false, "schema_version": 3, "solution": true, "task": false}
def max_pool_1d_backward_batch(dout, signals, size, stride):
    """Gradient for a batch: dout (N, C, L_out), signals (N, C, L) give floats (N, C, L)."""
    ### BEGIN SOLUTION
    dsignals = np.zeros(signals.shape)
    for n in range(signals.shape[0]):
        for c in range(signals.shape[1]):
            dsignals[n, c] = max_pool_1d_backward(dout[n, c], signals[n, c], size, stride)
    return dsignals
    ### END SOLUTION


# %%
signals = np.array([[[1, 4, 2, 3], [9, 5, 6, 0]], [[7, 8, 3, 2], [0, 2, 5, 1]]])
dout_batch = np.array([[[1, 2], [3, 4]], [[5, 6], [7, 8]]])
attempt(
    lambda: max_pool_1d_backward_batch(dout_batch, signals, size=2, stride=2),
    expected=[[[0, 1, 0, 2], [3, 0, 4, 0]], [[0, 5, 6, 0], [0, 7, 8, 0]]],
)

# %% [markdown]
# ### Step 4: the winner of a two-dimensional window
#
# `np.argmax` of a two-dimensional array counts through it line by line and returns one number
# $m$. In a window with $k_w$ columns, line $u$ begins at $m = u\,k_w$, so
#
# $$ m = u\,k_w + v, \qquad 0 \le v < k_w. $$
#
# Which division gives $u$, and what is left over? (By the number of columns, or of rows? A square
# window would forgive you the wrong one. This one does not.)


# %% nbgrader={"grade": false, "grade_id": "winner", "locked": false, "schema_version": 3, "solution": true, "task": false}
def winner(window):
    """Return the row and the column of the first maximum of a two-dimensional array."""
    flat = int(np.argmax(window))
    ### BEGIN SOLUTION
    return flat // window.shape[1], flat % window.shape[1]
    ### END SOLUTION


# %%
attempt(lambda: winner(np.array([[1, 4, 9], [0, 2, 5]])), expected=(0, 2))

# %% [markdown]
# ## Exercise 1: max pooling, forward (3 points)
#
# Everything is in place. Write the forward pass with plain loops over images, channels and
# windows. Speed is no concern here.
#
# - Read the sizes of `out` off the derivation above. $H$ and $W$ differ, and so may the two sides
#   of a window.
# - Do not start a maximum from 0: an image may be negative everywhere.
# - The `cache` is what your backward pass will need. Put `x` and `pool_param` into it. (`check` can
#   test it only when there is a backward pass; until then its line says *not tested yet*.)
# - Leave the arguments as you found them.


# %% nbgrader={"grade": false, "grade_id": "max_pool_forward_naive_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def max_pool_forward_naive(x, pool_param):
    """Max pooling.

    Arguments:
        x: array of shape (N, C, H, W), of floats or of integers.
        pool_param: dictionary of integers with the keys "pool_height", "pool_width" and
            "stride" (the step on both axes). In the optional part it may also have the key
            "pad"; read it with pool_param.get("pad", 0), or ignore it until then.

    Returns (out, cache):
        out: array of shape (N, C, H', W'), the largest entry of each window; floats, or
            integers where x holds integers. Without padding, H' is
            1 + (H - pool_height) // stride, and W' likewise from the width.
        cache: the tuple of x and pool_param, in this order. A cache of another form is right,
            too, as long as your max_pool_backward_naive needs nothing else.
    """
    ### BEGIN SOLUTION
    pool_height, pool_width = pool_param["pool_height"], pool_param["pool_width"]
    stride, pad = pool_param["stride"], pool_param.get("pad", 0)
    N, C, H, W = x.shape
    H_out = 1 + (H + 2 * pad - pool_height) // stride
    W_out = 1 + (W + 2 * pad - pool_width) // stride
    x_pad = np.pad(
        x.astype(float), ((0, 0), (0, 0), (pad, pad), (pad, pad)), constant_values=-np.inf
    )
    out = np.zeros((N, C, H_out, W_out))
    for n in range(N):
        for c in range(C):
            for i in range(H_out):
                for j in range(W_out):
                    top, left = i * stride, j * stride
                    window = x_pad[n, c, top : top + pool_height, left : left + pool_width]
                    out[n, c, i, j] = np.max(window)
    cache = (x, pool_param)
    return out, cache
    ### END SOLUTION


# %% [markdown]
# Try it on the example that you know by heart by now. (A batch of one image with one channel has
# shape `(1, 1, 3, 4)`.)

# %%
paper_x = np.array([[[[1, 4, 2, 3], [0, 9, 5, 8], [7, 6, 11, 10]]]])
paper_dout = np.array([[[[1, 2, -3], [4, 5, 6]]]])
paper_param = {"pool_height": 2, "pool_width": 2, "stride": 1}

attempt(
    lambda: max_pool_forward_naive(paper_x, paper_param)[0],
    expected=[[[[9, 9, 8], [9, 11, 11]]]],
)

# %% nbgrader={"grade": true, "grade_id": "max_pool_forward_naive", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(max_pool_forward_naive)

# %% [markdown]
# What does it do to an image? Thin bright lines survive, and grow thicker.

# %% tags=["picture"]
pictures.pooling.pooled(max_pool_forward_naive)

# %% [markdown]
# ## Exercise 2: max pooling, backward (6 points)
#
# The scatter form: zeros first, then one visit to every window.
#
# - Find the winner in `x` again. (One could also have remembered it in the forward pass.)
# - A place inside a window is not yet a place in the image.
# - Windows may overlap: contributions to the same pixel add up.
# - `dx` is an array of floats whatever `x` is. An array made "like" an integer `x` would be an
#   integer array, and would silently cut 0.7 down to 0.
# - Return a fresh array. Neither `x` nor `dout` may change.


# %% nbgrader={"grade": false, "grade_id": "max_pool_backward_naive_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def max_pool_backward_naive(dout, cache):
    """Gradient of max pooling.

    Arguments:
        dout: float array of shape (N, C, H', W'), the upstream gradient.
        cache: the second value that max_pool_forward_naive returned: x of shape (N, C, H, W),
            floats or integers, and pool_param. In the optional part pool_param may have the
            key "pad"; read it with pool_param.get("pad", 0), or ignore it until then.

    Returns:
        dx: float array with the shape of x. Each window adds its entry of dout to the pixel
            that holds its largest value; of equal ones, to the first in row-major order.
    """
    ### BEGIN SOLUTION
    x, pool_param = cache
    pool_height, pool_width = pool_param["pool_height"], pool_param["pool_width"]
    stride, pad = pool_param["stride"], pool_param.get("pad", 0)
    N, C, H, W = x.shape
    _, _, H_out, W_out = dout.shape
    x_pad = np.pad(
        x.astype(float), ((0, 0), (0, 0), (pad, pad), (pad, pad)), constant_values=-np.inf
    )
    dx_pad = np.zeros(x_pad.shape)
    for n in range(N):
        for c in range(C):
            for i in range(H_out):
                for j in range(W_out):
                    top, left = i * stride, j * stride
                    window = x_pad[n, c, top : top + pool_height, left : left + pool_width]
                    row, col = divmod(int(np.argmax(window)), pool_width)
                    dx_pad[n, c, top + row, left + col] += dout[n, c, i, j]
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx
    ### END SOLUTION


# %% [markdown]
# First the example from paper. The expected array is the one in the picture above.


# %%
def paper_max_gradient():
    """Forward, then backward, as a network would call them."""
    _, kept = max_pool_forward_naive(paper_x, paper_param)
    return max_pool_backward_naive(paper_dout, kept)


attempt(paper_max_gradient, expected=[[[[0, 0, 0, 0], [0, 7, 0, -3], [0, 0, 11, 0]]]])

# %% nbgrader={"grade": true, "grade_id": "max_pool_backward_naive", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(max_pool_backward_naive)

# %% [markdown]
# **How can `check` be sure?** Away from ties, $y$ is a straight line in every pixel. So the central
# difference $\bigl(L(x + h) - L(x - h)\bigr)/2h$ is exact up to rounding, as long as $h$ is smaller
# than the gap between the two largest entries of every window. The images in `check` keep such a
# gap. With a tie, or with an $h$ that is too large, a *correct* function would look wrong.

# %% [markdown]
# ## Look back at your predictions
#
# The image below has 7 by 9 pixels and three hills, the darker the higher. `dout` is 1 everywhere, so
# each number in `dx` counts the windows that a pixel has won.

# %% tags=["picture"]
pictures.pooling.gradient_map(max_pool_forward_naive, max_pool_backward_naive)

# %% [markdown]
# 1. `out` and `dout` have shape `(2, 3, 2, 3)`, because $1 + \lfloor (5-2)/2 \rfloor = 2$ and
#    $1 + \lfloor (7-3)/2 \rfloor = 3$. `dx` always has the shape of `x`, `(2, 3, 5, 7)`. Row 4 is
#    in no window, so its gradient is 0.
# 2. There are $3 \cdot 4 = 12$ windows. They do not overlap, so each has a winner of its own: 12
#    entries of 63. The last row and the last column are in no window.
# 3. A pixel away from the edge is in 9 windows and can win all of them: 9. There are
#    $5 \cdot 7 = 35$ windows, and the sum of `dx` is the sum of `dout`, 35.
#
# Did one of them surprise you? Then say in a sentence why, before you go on.

# %% [markdown]
# ## Average pooling: nobody wins, everybody shares
#
# Replace the largest entry by the mean of all $K = k_h k_w$ entries:
#
# $$ y_{ij} = \frac{1}{K} \sum_{u=0}^{k_h-1} \sum_{v=0}^{k_w-1} x_{is+u,\ js+v}. $$
#
# **One window first.** Move any one entry by $h$: the sum moves by $h$, the mean by $h/K$.
# Therefore $\partial y / \partial v_m = 1/K$ for every entry of the window.
#
# **All windows.** The chain rule adds, as before:
#
# $$ \frac{\partial L}{\partial x_{ab}} = \frac{1}{K} \sum_{i,j} g_{ij}\,
#    \bigl[\,is \le a < is + k_h \ \text{ and }\ js \le b < js + k_w\,\bigr]. $$
#
# The bracket asks whether window $(i, j)$ covers the pixel. In the scatter form: every window adds
# the same share $g_{ij}/K$ to all of its pixels at once, and a slice can take that addition.
#
# The pixel values of $x$ appear nowhere. The map from $x$ to $y$ is linear, so its derivative is
# the same everywhere. The backward pass needs only the *shape* of $x$.

# %% [markdown]
# ### Paper, before the picture
#
# The same 3 by 4 image, windows of 2 by 2, stride 1, and
#
# $$ g = \begin{pmatrix} 4 & 8 & -4 \\ 12 & 16 & 20 \end{pmatrix}. $$
#
# 1. Write down the six shares $g_{ij}/4$.
# 2. Pixel $(0, 0)$ is in window A only. Pixel $(0, 1)$ is in A and B. Which windows cover the
#    pixel $(1, 2)$? What does it get?
# 3. Predict: what must the sum of all entries of `dx` be?

# %% tags=["picture"]
pictures.pooling.shares()

# %% [markdown]
# The shares are 1, 2, -1, 3, 4, 5. Pixel $(1, 2)$ is in windows B, C, E and F and gets
# $2 - 1 + 4 + 5 = 10$. A window hands out $K$ shares of $g_{ij}/K$, which is all it received, so
# the sums agree again: $4 + 8 - 4 + 12 + 16 + 20 = 56$, and `dx` adds up to
# $(1 + 3 + 1 - 1) + (4 + 10 + 10 + 4) + (3 + 7 + 9 + 5) = 56$.

# %% [markdown]
# ## Exercise 3: average pooling, forward (2 points)
#
# The same loops with another operation inside. `out` is a float array for integer images too.


# %% nbgrader={"grade": false, "grade_id": "avg_pool_forward_naive_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def avg_pool_forward_naive(x, pool_param):
    """Average pooling.

    Arguments:
        x: array of shape (N, C, H, W), of floats or of integers.
        pool_param: dictionary of integers with the keys "pool_height", "pool_width" and
            "stride" (the step on both axes). In the optional part it may also have the key
            "pad"; read it with pool_param.get("pad", 0), or ignore it until then.

    Returns (out, cache):
        out: float array of shape (N, C, H', W'), the mean of each window; H' and W' are those
            of max pooling. The divisor is pool_height * pool_width for every window.
        cache: the tuple of x and pool_param, in this order. A cache of another form is right,
            too, as long as your avg_pool_backward_naive needs nothing else.
    """
    ### BEGIN SOLUTION
    pool_height, pool_width = pool_param["pool_height"], pool_param["pool_width"]
    stride, pad = pool_param["stride"], pool_param.get("pad", 0)
    N, C, H, W = x.shape
    H_out = 1 + (H + 2 * pad - pool_height) // stride
    W_out = 1 + (W + 2 * pad - pool_width) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = np.zeros((N, C, H_out, W_out))
    for n in range(N):
        for c in range(C):
            for i in range(H_out):
                for j in range(W_out):
                    top, left = i * stride, j * stride
                    window = x_pad[n, c, top : top + pool_height, left : left + pool_width]
                    out[n, c, i, j] = np.sum(window) / (pool_height * pool_width)
    cache = (x, pool_param)
    return out, cache
    ### END SOLUTION


# %%
attempt(
    lambda: avg_pool_forward_naive(paper_x, paper_param)[0],
    expected=[[[[3.5, 5, 4.5], [5.5, 7.75, 8.5]]]],
)

# %% nbgrader={"grade": true, "grade_id": "avg_pool_forward_naive", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(avg_pool_forward_naive)

# %% [markdown]
# The same drawing as before. Where max pooling kept thin lines bright, averaging mixes them with
# their dark neighbours.

# %% tags=["picture"]
pictures.pooling.pooled(avg_pool_forward_naive)

# %% [markdown]
# ## Exercise 4: average pooling, backward (4 points)
#
# Predict first: for a 7 by 9 image, windows 3 by 3, stride 1 and `dout` 1 everywhere, what is `dx`
# in a corner, and what in the middle?
#
# - One visit to every window again. No winner has to be found.
# - The slice that *read* a window in the forward pass can also be *added to*.
# - `dx` is a fresh array of floats, whatever `x` is.


# %% nbgrader={"grade": false, "grade_id": "avg_pool_backward_naive_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def avg_pool_backward_naive(dout, cache):
    """Gradient of average pooling.

    Arguments:
        dout: float array of shape (N, C, H', W'), the upstream gradient.
        cache: the second value that avg_pool_forward_naive returned: x of shape (N, C, H, W),
            floats or integers, and pool_param. In the optional part pool_param may have the
            key "pad"; read it with pool_param.get("pad", 0), or ignore it until then.

    Returns:
        dx: float array with the shape of x. Each window adds an equal share of its entry of
            dout to every one of its pixels.
    """
    ### BEGIN SOLUTION
    x, pool_param = cache
    pool_height, pool_width = pool_param["pool_height"], pool_param["pool_width"]
    stride, pad = pool_param["stride"], pool_param.get("pad", 0)
    N, C, H, W = x.shape
    _, _, H_out, W_out = dout.shape
    dx_pad = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    for n in range(N):
        for c in range(C):
            for i in range(H_out):
                for j in range(W_out):
                    top, left = i * stride, j * stride
                    share = dout[n, c, i, j] / (pool_height * pool_width)
                    dx_pad[n, c, top : top + pool_height, left : left + pool_width] += share
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx
    ### END SOLUTION


# %%
def paper_average_gradient():
    """Forward, then backward, with the upstream gradient of the paper example."""
    _, kept = avg_pool_forward_naive(paper_x, paper_param)
    return avg_pool_backward_naive(np.array([[[[4, 8, -4], [12, 16, 20]]]]), kept)


attempt(paper_average_gradient, expected=[[[[1, 3, 1, -1], [4, 10, 10, 4], [3, 7, 9, 5]]]])

# %% nbgrader={"grade": true, "grade_id": "avg_pool_backward_naive", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(avg_pool_backward_naive)

# %% [markdown]
# The map of the gradient, on the same hills as for max pooling. A corner is in one window and gets
# $1/9$. A pixel in the middle is in nine windows and gets $9 \cdot 1/9 = 1$. The hills leave no
# trace.

# %% tags=["picture"]
pictures.pooling.gradient_map(avg_pool_forward_naive, avg_pool_backward_naive)

# %% [markdown]
# **One number that tests a linear pair.** Write average pooling as a matrix, $y = Ax$. Then the
# backward pass is $A^\top g$, and for *any* $x$ and *any* $g$
#
# $$ g \cdot (A x) = (A^\top g) \cdot x. $$
#
# Both sides are single numbers, and no step size is needed. The test says whether the two passes
# belong together, and nothing else: a mistake that both share, such as the same wrong divisor, it
# cannot see. And it is for linear maps only, which max pooling is not. The cell below prints the
# difference of the two sides.


# %%
def adjoint_gap():
    """Return g . (A x) - (A^T g) . x for random x and g, rounded to nine digits."""
    random = np.random.default_rng(3)
    x = random.normal(size=(2, 3, 5, 8))
    out, kept = avg_pool_forward_naive(x, {"pool_height": 3, "pool_width": 2, "stride": 2})
    g = random.normal(size=out.shape)
    return round(np.sum(g * out) - np.sum(avg_pool_backward_naive(g, kept) * x), 9)


attempt(adjoint_gap, expected=0)

# %% [markdown]
# ## What goes wrong in practice
#
# We judged 91 public implementations of convolution and pooling layers, from 85 repositories,
# against PyTorch, on about 20 different shapes for pooling. Of those that had written the function
# at all:
#
# | | right everywhere | right only on the usual square shapes | wrong or crashes |
# |:--|--:|--:|--:|
# | max pooling, forward (81) | 69 (85 %) | 11 (14 %) | 1 (1 %) |
# | max pooling, backward (80) | 36 (45 %) | 38 (47.5 %) | 6 (7.5 %) |
#
# (No image had ties: their rule is a matter of choice, and counted below by itself.)
#
# Fewer than half of the backward passes are right. Nearly all the others look right, as long as
# images and windows are square and windows do not overlap.
#
# **29 of the 80 (36 %) assign where they should add.** Without overlap nothing shows, because
# every pixel is written at most once. With overlap the last window wins and the others are
# forgotten. In the paper example, what would they return for the pixel that holds 9?
#
# The other mistakes that we found, in both passes:
#
# - **Height and width mixed up**, or the flat place of the winner divided by the wrong side of the
#   window. Square images and windows hide it.
# - **Stride and window size confused**, for instance a window cut from `i * pool_height`. Stride
#   equal to size hides it.
# - **A window size of 2 written into the code**, or an output size such as `H // pool_height` that
#   ignores the stride.
# - **A loop variable used twice**, `i` for the window and again for the place inside it.
# - **A maximum that starts at a constant.** Zero is wrong for negative images, and so is any other
#   number for some image.
# - **Ties.** Of the 76 backward passes whose rule could be told, 48 give the whole gradient to *every* maximum, 26 to the first
#   and 2 split it. A split is a sound rule, too. A full share for everyone hands out more than
#   came in: compare the sums of `dx` and `dout`.
#
# The lesson is not about care. Most of these mistakes live where two numbers happen to be
# equal: stride and size, height and width, one image and no batch. Choose test shapes in which
# **no two numbers coincide**.

# %% [markdown]
# ## Written question (2 points)
#
# Answer in three to six sentences.
#
# (a) Both backward passes find `x` in their cache. Could each of them do with less? For max pooling
# and for average pooling, name the least that the forward pass could have stored in place of `x`.
#
# (b) Assume that all entries of a window differ. Every entry of `x` is multiplied by 2 and `dout` stays the same. What happens to `dx` in max
# pooling, and what in average pooling? And if every entry is multiplied by -1? Give the reason.

# %% [markdown] nbgrader={"grade": true, "grade_id": "pooling_question", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# **Your answer**
#
# ### BEGIN SOLUTION
# *Model answer.* (a) Max pooling needs the place of the winner of each window (one integer per
# window) and the shape of `x`. Average pooling needs the shape of `x` only, because it is linear.
# (b) Times 2: both unchanged. The winners stay where they are and the derivative of the maximum is
# 1 whatever the value; the mean has the same derivative everywhere. Times -1: average pooling is
# unchanged. In max pooling the former minimum of each window becomes its winner, so each entry of
# `dout` goes to the place of the smallest entry of the original window.
#
# *Marking guide.*
#
# - (a), 1 point: winners' places for max pooling (half a point), the shape alone for average
#   pooling (half a point). "The index array and x" is too much for max pooling: no half point.
#   Leaving out the shape of `x` for max pooling costs nothing.
# - (b), 1 point: both unchanged under doubling, with a reason (half a point); under the change of
#   sign, average unchanged and max pooling to the former minima (half a point). "dx doubles" or
#   "dx changes its sign" confuses the output with its derivative: no half point.
# ### END SOLUTION

# %% [markdown]
# ## Optional: padding (4 bonus points)
#
# This part gives bonus credit. You extend the four functions *above*: go back to their cells,
# change them, run them and their checks again, then come here. Everything that passed must still
# pass.
#
# With `"pad"` in `pool_param`, say $p$, a border of $p$ rows and columns is put around every image
# before pooling. $p$ is smaller than both sides of a window, so every window still holds at least
# one true pixel. Three things change.
#
# **1. The size.** The padded image has $H + 2p$ rows and $W + 2p$ columns. Put them in place of $H$
# and $W$ in the formulas for $H'$ and $W'$.
#
# **2. The value of the border.** For max pooling it must never win, so it is $-\infty$. A border of
# zeros is harmless while an image is positive, and wins everything when it is negative:

# %% tags=["picture"]
pictures.pooling.border()

# %% [markdown]
# An integer array cannot hold $-\infty$, so the padded image must be an array of floats.
#
# For average pooling the border is 0, **and it counts**: the divisor stays $k_h k_w$ also for
# windows that stick out. (PyTorch's default, `count_include_pad=True`, does the same.)
#
# **3. The way back.** Pixel $(a, b)$ lies at $(a + p,\ b + p)$ in the padded image. Scatter into an
# array of the padded size, then cut out the part that belongs to the image: $H$ rows beginning at
# row $p$, and $W$ columns beginning at column $p$. In average pooling the shares that fell on the
# border are lost, and rightly so: no pixel is responsible for them.
#
# Two traps from public code. Cutting with `[pad:-pad]` gives an *empty* array when $p = 0$, because
# `-0` is 0 and nothing lies between 0 and 0. And one library looks for the winner in the unpadded
# image while it counts places in the padded one: it crashes or is silently off by $p$.
#
# **Predict:** an image of 3 by 4 pixels, average pooling with 2 by 2 windows, stride 2, pad 1. What
# is the shape of `out`? By what number is the single pixel in the top left window divided?

# %% [markdown]
# The answer, for an image of ones. The windows in the two upper corners hold one pixel and three
# zeros, the one between them two pixels, and each is divided by 4. The last row of the padded image
# is in no window; so the lower windows hold two rows of the image: two, four and two pixels.

# %%
ones_param = {"pool_height": 2, "pool_width": 2, "stride": 2, "pad": 1}
attempt(
    lambda: avg_pool_forward_naive(np.ones((1, 1, 3, 4)), ones_param)[0],
    expected=[[[[0.25, 0.5, 0.25], [0.5, 1.0, 0.5]]]],
)

# %% [markdown]
# If your functions still ignore `"pad"`, the cell above shows a smaller array, and the bonus checks
# below show what is open, with the red line. That costs nothing: if you leave this part out, skip
# them.

# %% nbgrader={"grade": true, "grade_id": "max_pool_forward_naive_padding", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"] bonus=1
check(max_pool_forward_naive, part="padding")

# %% nbgrader={"grade": true, "grade_id": "max_pool_backward_naive_padding", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"] bonus=1
check(max_pool_backward_naive, part="padding")

# %% nbgrader={"grade": true, "grade_id": "avg_pool_forward_naive_padding", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"] bonus=1
check(avg_pool_forward_naive, part="padding")

# %% nbgrader={"grade": true, "grade_id": "avg_pool_backward_naive_padding", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"] bonus=1
check(avg_pool_backward_naive, part="padding")

# %% [markdown]
# ## Further reading
#
# - V. Dumoulin and F. Visin, *A guide to convolution arithmetic for deep learning* (2016),
#   arXiv:1603.07285. The chapter on pooling draws the output sizes.
# - The PyTorch pages of `MaxPool2d` and `AvgPool2d`: what `ceil_mode`, `dilation` and
#   `count_include_pad` add to what you wrote.
# - D. Scherer, A. Mueller and S. Behnke, *Evaluation of pooling operations in convolutional
#   architectures for object recognition* (ICANN 2010): max against average, overlapping or not.
# - M. Zeiler and R. Fergus, *Visualizing and understanding convolutional networks* (2013),
#   arXiv:1311.2901: the places of the winners ("switches"), used to run a network backwards.
# - J. Springenberg and others, *Striving for simplicity: the all convolutional net* (2014),
#   arXiv:1412.6806: is pooling needed at all?
