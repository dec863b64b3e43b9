# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 5. Convolution variants: dilated, padded on one side, transposed
#
# A convolution reads neighbours. Two of its variants are in every toolbox. A *dilated* convolution
# reads entries that stand apart, and so sees far with few weights. A *transposed* convolution runs
# the other way: each input entry *writes* into many outputs, and a small image becomes a large one.
#
# **What you will be able to do**
#
# - write a one-dimensional convolution with stride, dilation and different padding on each side, and
#   derive its backward pass from one line of indices;
# - say how far a stack of dilated layers sees, and which entries it never reads;
# - write a transposed convolution, and explain why its backward pass is an ordinary convolution;
# - test any linear layer with one number, without a step size;
# - translate between the conventions of different libraries: what counts as dilation 1, where the
#   channels stand, what "same" means.
#
# You need plain convolution (notebook 2 has it), NumPy slices with a step, and the chain rule. Plan
# 100 minutes for the four graded functions and the written question. The optional part at the end
# takes about 60 more. `check(...)` may be asked as often as you like.

# %%
import numpy as np

from course_utils import check, pictures

# %% [markdown]
# ## Notation card
#
# | on paper | in code | meaning | shape |
# |:--|:--|:--|:--|
# | $x$ | `x` | in Part I: $N$ rows of length $L$ with $C$ channels | $(N, C, L)$ |
# | $w$ | `w` | in Part I: $F$ kernels of $K$ taps (a *tap* is one place of a kernel) | $(F, C, K)$ |
# | $b$ | `b` | one number per output channel | $(F,)$ |
# | $s$ | `conv_param["stride"]` | step of the window | 1 or more |
# | $d$ | `conv_param["dilation"]` | distance between two taps of the kernel | 1 or more |
# | $\ell,\ r$ | `conv_param["pad"]` | zeros on the left and on the right, as a pair | 0 or more |
# | $e$ | `reach` | entries from the first tap to the last: $(K - 1)\,d + 1$ | |
# | $\tilde x$ | `x_pad` | $x$ with its zeros | $(N, C, \ell + L + r)$ |
# | $\mathrm{out}$ | `out` | output | $(N, F, L')$ |
# | $\mathrm{dout}$ | `dout` | $\partial(\text{loss})/\partial\,\mathrm{out}$, given | as `out` |
# | $dx, dw, db$ | `dx`, `dw`, `db` | the gradients, which the backward pass returns | as `x`, `w`, `b` |
#
# Indices, all from 0: row $n$, channel $c$, output channel $f$, output place $i$, tap $k$, place in
# the padded row $m$. Part II has images instead of rows and one card of its own.
#
# **A word of caution.** Here, as in PyTorch, **dilation 1 means no gaps**. Some libraries count the
# gaps instead, so that *their* 0 is our 1, and their 1 is our 2. Read the first line of the manual.

# %% [markdown]
# # Part I. Rows: stride, dilation, two paddings
#
# ## The picture
#
# A kernel of three taps with dilation 2 reads every second entry of its window. The window moves by
# the stride. Step through it, and watch which entries of `x` are *not* outlined.

# %% tags=["picture"]
pictures.variants.taps()

# %% [markdown]
# ## One entry first
#
# Without channels, and with no padding, the first output reads $x[0], x[d], x[2d], \dots$ Output
# $i$ begins $i s$ further on:
#
# $$\mathrm{out}[i] = b + \sum_{k=0}^{K-1} \tilde x[\,i s + k d\,]\; w[k] . \tag{1}$$
#
# The stride stands with the *window* number $i$, the dilation with the *tap* number $k$. That is the
# whole difference between them.
#
# **How many outputs are there?** The last tap of window $i$ is at $i s + (K-1) d$. So a window covers
# $e = (K - 1)\,d + 1$ entries, and the rule for a plain convolution holds with $e$ in place of $K$:
#
# $$L' = 1 + \left\lfloor \frac{\ell + L + r - e}{s} \right\rfloor . \tag{2}$$

# %% [markdown]
# ## How far does a stack see?
#
# Let the *span* of an output be the number of entries from the first input that it depends on to the
# last, both counted, whether it reads those between them or not. Each layer with stride 1 adds
# $(K - 1)\,d$ to it. Three layers of three taps span 7 entries if $d = 1$ in each, and 15 if $d$
# doubles from layer to layer. The number of weights is the same.

# %% tags=["picture"]
pictures.variants.receptive_field()

# %% [markdown]
# Doubling leaves no holes: the taps of each layer stand no further apart than the span of the layers
# below, which has none (2 apart over a span of 3, then 4 apart over a span of 7). Three layers with
# $d = 2$ each span 13 entries and read 7 of them: every second one.
#
# ## All indices
#
# $$\mathrm{out}[n, f, i] = b[f] + \sum_{c}\sum_{k} \tilde x[n, c,\; i s + k d]\; w[f, c, k] .
#   \tag{3}$$
#
# **Padding as a pair.** $\tilde x$ has $\ell$ zeros before and $r$ zeros after each row, so
# $\tilde x[m] = x[m - \ell]$ wherever that exists. The pair need not be equal. A *causal* layer, for
# sound or text, must not look ahead: with $\ell = (K-1)\,d$, $r = 0$ and stride 1 the last tap of
# output $i$ reads $x[i]$ itself, and all others read earlier entries.

# %% [markdown]
# ## Predict before you code
#
# 1. `x` is `(2, 3, 10)`, `w` is `(4, 3, 3)`, stride 2, dilation 3, pad `(2, 1)`. What is the shape
#    of `out`?
# 2. One row of 9 entries, 3 taps, stride 2, dilation 2, no padding. Which entries of `dx` must be 0
#    whatever `dout` is?
# 3. Pad `(4, 0)`, and the padded gradient has been computed. Which slice of it is `dx`? Does your
#    slice also hold for pad `(0, 4)` and for `(0, 0)`?

# %% [markdown]
# *My predictions (double-click to edit):*
#
# 1. ...
# 2. ...
# 3. ...

# %% [markdown]
# <details><summary>Answers to 1 and 2</summary>
#
# 1. <code>(2, 4, 4)</code>: the reach is 2 times 3 plus 1, so 7; the padded row has 13 entries;
#    1 + floor((13 - 7) / 2) = 4.
# 2. All at odd places. A window starts at an even place and goes on in steps of 2.
#
# You will meet 3 in a moment.
#
# </details>

# %% [markdown]
# ## On paper
#
# One row, one channel, two taps, $b = 1$, dilation 2, stride 1, and a causal pad of $(2, 0)$:
#
# $$x = (1,\ 2,\ 0,\ -1,\ 3), \qquad w = (2,\ -1), \qquad \tilde x = (0,\ 0,\ 1,\ 2,\ 0,\ -1,\ 3).$$
#
# The reach is 3, so $L' = 1 + (7 - 3) = 5$.
#
# | $i$ | $2\,\tilde x[i] - \tilde x[i + 2] + 1$ | `out[i]` |
# |:--|:--|--:|
# | 0 | $2\cdot 0 - 1 + 1$ | 0 |
# | 1 | $2\cdot 0 - 2 + 1$ | -1 |
# | 2 | $2\cdot 1 - 0 + 1$ | 3 |
# | 3 | $2\cdot 2 + 1 + 1$ | 6 |
# | 4 | $2\cdot 0 - 3 + 1$ | -2 |
#
# **Your turn.** The same with stride 2 and pad $(1, 1)$.
#
# <details><summary>Answer</summary>
#
# The padded row is 0, 1, 2, 0, -1, 3, 0. Windows start at 0, 2 and 4. <code>out</code> is
# -1, 6, -1.
#
# </details>

# %% [markdown]
# ## Step 1 of 3: the taps of one window (given)
#
# NumPy slices have a third number, the step. `row[first:end:step]` stops *before* `end`. Here are
# the taps of one window. `attempt` prints what a function gives beside what it should give.


# %%
def taps_of(row, first, count, dilation):
    """Return count entries of the row (M,), dilation apart, from place first on."""
    reach = (count - 1) * dilation + 1
    return row[first : first + reach : dilation]


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
attempt(lambda: taps_of(np.arange(10), 1, 3, 2), expected=[1, 3, 5])
attempt(lambda: taps_of(np.arange(10), 3, 3, 3), expected=[3, 6, 9])

# %% [markdown]
# ## Step 2 of 3: a row (one blank)
#
# Formula (1) as a loop. One line is missing: where does window $i$ start, and what does it sum?


# %% nbgrader={"grade": false, "grade_id": "convolve_row_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def convolve_row(row, w, stride, dilation):
    """Convolve a row (M,) with the kernel w (K,), without padding and bias."""
    count = len(w)
    reach = (count - 1) * dilation + 1
    result = np.zeros(1 + (len(row) - reach) // stride)
    for i in range(len(result)):
        ### BEGIN SOLUTION
        result[i] = taps_of(row, i * stride, count, dilation) @ w
        ### END SOLUTION
    return result


# %%
paper_row, paper_kernel = np.array([1.0, 2.0, 0.0, -1.0, 3.0]), np.array([2.0, -1.0])

attempt(
    lambda: convolve_row(np.pad(paper_row, (2, 0)), paper_kernel, 1, 2) + 1,
    expected=[0, -1, 3, 6, -2],
)
attempt(
    lambda: convolve_row(np.pad(paper_row, (1, 1)), paper_kernel, 2, 2) + 1, expected=[-1, 6, -1]
)

# %% [markdown]
# ## Step 3 of 3: the way back for a row
#
# Turn (1) around. Entry $m$ of the padded row is in output $i$ through tap $k$ exactly if
# $m = i s + k d$, and then with the factor $w[k]$. So window $i$ *adds* `dout[i] * w` to the very
# entries that it read. The slice that read a window can also be added to.


# %% nbgrader={"grade": false, "grade_id": "row_gradient_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def row_gradient(dout, length, w, stride, dilation):
    """Return the gradient with respect to a padded row of that length, for the kernel w (K,)."""
    gradient = np.zeros(length)
    reach = (len(w) - 1) * dilation + 1
    for i, upstream in enumerate(dout):
        first = i * stride
        ### BEGIN SOLUTION
        gradient[first : first + reach : dilation] += upstream * w
        ### END SOLUTION
    return gradient


# %%
attempt(
    lambda: row_gradient([1, 2, -1, 0, 3], 7, paper_kernel, 1, 2),
    expected=[2, 4, -3, -2, 7, 0, -3],
)
attempt(lambda: row_gradient([1, 2, -1], 7, paper_kernel, 2, 2), expected=[2, 0, 3, 0, -4, 0, 1])

# %% [markdown]
# The first one is the padded gradient of the paper example with pad $(2, 0)$. Which five of its seven
# entries are `dx`? The row began at place $\ell = 2$ and has $L = 5$ entries: **start at $\ell$, take
# $L$**. Neither $r$ nor a minus sign is needed.

# %% [markdown]
# ## Exercise 1: `conv1d_forward` (4 points)
#
# Formula (3) as plain loops. Speed does not count.


# %% nbgrader={"grade": false, "grade_id": "conv1d_forward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv1d_forward(x, w, b, conv_param):
    """Convolve rows, with stride, dilation and a padding for each side.

    x: rows, shape (N, C, L). w: kernels, shape (F, C, K). b: biases, shape (F,).
    conv_param: a dict with "stride" (1 or more), "dilation" (1 or more; 1 means no gaps) and
    "pad", a pair: zeros on the left and zeros on the right (0 or more each).

    Returns a pair. First the output, float64, shape (N, F, L_out), where L_out is 1 plus the floor
    of (left + L + right - reach) / stride and reach is (K - 1) dilation + 1. Second the cache: a
    tuple of x (not padded), w, b and conv_param, in this order.

    Rules: the kernel is not flipped. What no whole window reaches is left out. x, w and b are not
    changed; x may hold whole numbers.
    """
    ### BEGIN SOLUTION
    stride, dilation = conv_param["stride"], conv_param["dilation"]
    left, right = conv_param["pad"]
    N, C, L = x.shape
    F, _, K = w.shape
    reach = (K - 1) * dilation + 1
    L_out = 1 + (left + L + right - reach) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (left, right)))
    out = np.zeros((N, F, L_out))
    for n in range(N):
        for f in range(F):
            for i in range(L_out):
                first = i * stride
                taps = x_pad[n, :, first : first + reach : dilation]
                out[n, f, i] = np.sum(taps * w[f]) + b[f]
    cache = (x, w, b, conv_param)
    return out, cache
    ### END SOLUTION


# %%
def paper_1d(stride, pad):
    """Run the forward pass on the example on paper; returns the output and the cache."""
    x, w = paper_row.reshape(1, 1, 5), paper_kernel.reshape(1, 1, 2)
    return conv1d_forward(x, w, np.ones(1), {"stride": stride, "dilation": 2, "pad": pad})


attempt(lambda: paper_1d(1, (2, 0))[0], expected=[[[0, -1, 3, 6, -2]]])
attempt(lambda: paper_1d(2, (1, 1))[0], expected=[[[-1, 6, -1]]])

# %% nbgrader={"grade": true, "grade_id": "conv1d_forward", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(conv1d_forward)

# %% [markdown]
# ## Backward, all indices
#
# For any number $\theta$ among the entries of $x$, $w$ and $b$, the chain rule asks: which outputs is
# it in, and with which factor? Read (3) three times.
#
# **A weight** $w[f, c, k]$ is in all outputs of its channel $f$, with the entry that tap $k$ read:
#
# $$dw[f, c, k] = \sum_n \sum_i \mathrm{dout}[n, f, i]\; \tilde x[n, c,\; i s + k d] .$$
#
# **A bias** $b[f]$ is in all outputs of its channel, with factor 1:
#
# $$db[f] = \sum_n \sum_i \mathrm{dout}[n, f, i] .$$
#
# **An entry** $\tilde x[n, c, m]$ is in output $i$ of every channel $f$, if some tap $k$ has
# $i s + k d = m$:
#
# $$d\tilde x[n, c, m] = \sum_f\; \sum_{i, k \,:\; i s + k d = m}
#   \mathrm{dout}[n, f, i]\; w[f, c, k] .$$
#
# The last sum looks worse than it is. Do not search for the pairs $(i, k)$ of an entry. Visit every
# window once and let it add to its taps: each pair is met exactly once.
#
# Last, $dx[n, c, \cdot]$ is the part of $d\tilde x[n, c, \cdot]$ that starts at $\ell$ and has $L$
# entries.

# %% [markdown]
# ## On paper
#
# The example with pad $(2, 0)$ and stride 1 again, now with $\mathrm{dout} = (1, 2, -1, 0, 3)$.
#
# - **`dw`**: $dw[0] = \sum_i \mathrm{dout}[i]\,\tilde x[i] = 0 + 0 - 1 + 0 + 0 = -1$ and
#   $dw[1] = \sum_i \mathrm{dout}[i]\,\tilde x[i + 2] = 1 + 4 + 0 + 0 + 9 = 14$.
# - **`db`**: $1 + 2 - 1 + 0 + 3 = 5$.
# - **`dx`**: you have computed the padded one in step 3: $(2, 4, -3, -2, 7, 0, -3)$. From place 2 on:
#   $(-3, -2, 7, 0, -3)$.
#
# **Your turn.** Stride 2, pad $(1, 1)$, $\mathrm{dout} = (1, 2, -1)$.
#
# <details><summary>Answer</summary>
#
# <code>dw</code> is 5, 0; <code>db</code> is 2; <code>dx</code> is 0, 3, 0, -4, 0. Stride and
# dilation are both 2, so the windows read every second entry only, and the others get nothing.
#
# </details>

# %% [markdown]
# ## Exercise 2: `conv1d_backward` (6 points)


# %% nbgrader={"grade": false, "grade_id": "conv1d_backward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv1d_backward(dout, cache):
    """Return the gradients of conv1d_forward with respect to its input, kernels and biases.

    dout: gradient of the loss with respect to the output, shape (N, F, L_out).
    cache: the second value that conv1d_forward returned.

    Returns three float64 arrays: the gradients with respect to x, shape (N, C, L), to w, shape
    (F, C, K), and to b, shape (F,).

    Rules: any stride, any dilation, any pair of pads, zeros included. Entries that no tap reaches get
    gradient 0. dout and what the cache holds are not changed, and nothing is divided by N.
    """
    ### BEGIN SOLUTION
    x, w, b, conv_param = cache
    stride, dilation = conv_param["stride"], conv_param["dilation"]
    left, right = conv_param["pad"]
    N, C, L = x.shape
    F, _, K = w.shape
    _, _, L_out = dout.shape
    reach = (K - 1) * dilation + 1
    x_pad = np.pad(x, ((0, 0), (0, 0), (left, right)))
    dx_pad = np.zeros(x_pad.shape)
    dw = np.zeros(w.shape)
    db = dout.sum(axis=(0, 2))
    for n in range(N):
        for f in range(F):
            for i in range(L_out):
                first = i * stride
                taps = x_pad[n, :, first : first + reach : dilation]
                dw[f] += dout[n, f, i] * taps
                dx_pad[n, :, first : first + reach : dilation] += dout[n, f, i] * w[f]
    dx = dx_pad[:, :, left : left + L]
    return dx, dw, db
    ### END SOLUTION


# %%
def paper_1d_gradients(stride, pad, dout):
    """Run both passes on the example on paper; returns dx and dw as one row each."""
    _, kept = paper_1d(stride, pad)
    dx, dw, _ = conv1d_backward(np.array(dout, dtype=float).reshape(1, 1, -1), kept)
    return [*dx[0, 0], *dw[0, 0]]


attempt(
    lambda: paper_1d_gradients(1, (2, 0), [1, 2, -1, 0, 3]), expected=[-3, -2, 7, 0, -3, -1, 14]
)
attempt(lambda: paper_1d_gradients(2, (1, 1), [1, 2, -1]), expected=[0, 3, 0, -4, 0, 5, 0])

# %% nbgrader={"grade": true, "grade_id": "conv1d_backward", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(conv1d_backward)

# %% [markdown]
# ## Your gradient draws the receptive field
#
# Put three causal layers of three taps, all weights 1, one behind the other. Send back a gradient
# that is 1 at the last output and 0 elsewhere. What arrives at the input is the number of roads from
# each entry to that output. Where no road leads, the gradient is 0.

# %% tags=["picture"]
pictures.variants.roads(conv1d_forward, conv1d_backward)

# %% [markdown]
# # Part II. Transposed convolution
#
# ## The same arrays, the other direction
#
# You have already written a transposed convolution. It is what `conv1d_backward` does to `dout`: a
# short row of numbers comes in, each number adds its multiple of the kernel to a long row, and the
# pad is cut off at the end. A generator of images, or the second half of a segmentation network,
# uses that very step as a *forward* pass, to make a small image large. One thing is new: the long
# row's length is not given. It ends where the last kernel ends, so there is no remainder of entries
# that no window read.
#
# | on paper | in code | meaning | shape |
# |:--|:--|:--|:--|
# | $x$ | `x` | $N$ images with $C$ channels | $(N, C, H, W)$ |
# | $w$ | `w` | **input** channel first, as in PyTorch | $(C, F, HH, WW)$ |
# | $b$ | `b` | one number per *output* channel | $(F,)$ |
# | $s$ | `conv_param["stride"]` | how far apart neighbours of $x$ stand in the output | 1 or more |
# | $p$ | `conv_param["pad"]` | rows and columns **cut off** on each side of the output | 0 or more |
# | $\mathrm{out}$ | `out` | output | $(N, F, H', W')$ |
#
# Indices: image $n$, input channel $c$, output channel $f$, input place $(i, j)$, place in the kernel
# $(u, v)$.
#
# ## The picture
#
# Each input entry stamps its multiple of $w$ onto the output. Stamps stand $s$ apart, and where they
# overlap they add up. At the end the outer $p$ rows and columns are cut off.

# %% tags=["picture"]
pictures.variants.stamps()

# %% [markdown]
# ## One entry first
#
# A row, no channels, no pad. Input entry $i$ stamps $x[i]\,w$, beginning at place $i s$:
#
# $$\mathrm{out}[\,i s + u\,] \mathrel{+}= x[i]\; w[u] \quad \text{for every } i \text{ and } u,
#   \text{ and } b \text{ once to every entry at the end.}$$
#
# The last stamp begins at $(H - 1)\,s$ and is $HH$ long. With $p$ cut off on either side,
#
# $$H' = (H - 1)\,s + HH - 2p, \qquad W' = (W - 1)\,s + WW - 2p . \tag{4}$$
#
# Compare with the size of a convolution: stride multiplies instead of dividing, and the pad makes the
# output *smaller*. In channels: input channel $c$ stamps $w[c, f]$ onto output channel $f$, for every
# $f$.
#
# **Predict**, and write it down: `x` is `(2, 3, 5, 7)`, `w` is `(3, 4, 4, 3)`, stride 2, pad 1. What
# shape has `out`? And if an ordinary convolution with the same kernel size, stride and pad reads that
# output, how large is what *it* makes?

# %% [markdown]
# *My prediction (double-click to edit):*

# %% [markdown]
# <details><summary>Answers</summary>
#
# <code>(2, 4, 10, 13)</code>: rows (5 - 1) times 2 plus 4 minus 2, columns (7 - 1) times 2 plus 3
# minus 2. The convolution makes 5 by 7 again. The sizes come back; the numbers do not, as the next
# picture explains.
#
# In the other order a size need not come back. With 3 taps and stride 2 a convolution makes rows of 3
# from rows of 7 and of 8, since it does not read the last entry of the 8. From 3 the transposed one
# makes 7, always. (Who wants 8 adds a column of zeros: libraries call that output padding.)
#
# </details>

# %% [markdown]
# ## Why it is called transposed
#
# A convolution without bias is linear, so it is a matrix: $y = A x$, one row of $A$ for each output.
# The backward pass of $y = A x$ is $dx = A^\top dy$. The transposed convolution takes that matrix for
# its forward pass.

# %% tags=["picture"]
pictures.variants.adjoint()

# %% [markdown]
# Two things follow at once.
#
# - **It is not the inverse.** $A^\top A$ is not the identity. The old name "deconvolution" promises
#   too much.
# - **Its backward pass is an ordinary convolution.** The backward pass of $y = A^\top x$ is
#   $dx = (A^\top)^\top dy = A\,dy$: slide the kernel over `dout`, *not* rotated, with stride $s$.
#
# And it gives a test without a step size. For a matrix and its transpose,
#
# $$(A x)\cdot g = x\cdot(A^\top g) \quad\text{for all } x \text{ and } g. \tag{5}$$
#
# Both sides are single numbers, and one random pair $x, g$ finds almost every mistake that is made in
# one of the two and not in the other.

# %% [markdown]
# ## On paper
#
# One image, one channel in, one out, stride 2, $b = 1$:
#
# $$x = \begin{pmatrix} 1 & 2 \\ 0 & -1 \end{pmatrix}, \qquad
#   w = \begin{pmatrix} 1 & 0 & 2 \\ 3 & 1 & -1 \end{pmatrix}.$$
#
# Rows: $(2 - 1)\cdot 2 + 2 = 4$. Columns: $(2 - 1)\cdot 2 + 3 = 5$. The stamps of the 1 and the 2
# share the middle column, as do those of the 0 and the $-1$:
#
# $$\begin{pmatrix} 1 & 0 & 2 + 2 & 0 & 4 \\ 3 & 1 & -1 + 6 & 2 & -2 \\
#    0 & 0 & 0 - 1 & 0 & -2 \\ 0 & 0 & 0 - 3 & -1 & 1 \end{pmatrix} + 1 =
#   \begin{pmatrix} 2 & 1 & 5 & 1 & 5 \\ 4 & 2 & 6 & 3 & -1 \\
#    1 & 1 & 0 & 1 & -1 \\ 1 & 1 & -2 & 0 & 2 \end{pmatrix}.$$
#
# **Your turn.** What is `out` with pad 1?
#
# <details><summary>Answer</summary>
#
# The outer rows and columns go: 2, 6, 3 in the first row, 1, 0, 1 in the second. (The bias has been
# added before or after; it makes no difference.)
#
# </details>

# %% [markdown]
# ## Step 1 of 2: stamps in a row (one blank)


# %% nbgrader={"grade": false, "grade_id": "stamp_row_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def stamp_row(row, w, stride):
    """Transposed convolution of a row (M,) with the kernel w (K,), no pad, no bias."""
    result = np.zeros((len(row) - 1) * stride + len(w))
    for i, value in enumerate(row):
        first = i * stride
        ### BEGIN SOLUTION
        result[first : first + len(w)] += value * w
        ### END SOLUTION
    return result


# %%
attempt(
    lambda: stamp_row([1, 2, -1], np.array([1.0, 0.0, 2.0]), 2), expected=[1, 0, 4, 0, 3, 0, -2]
)

# %% [markdown]
# ## Step 2 of 2: the same by a convolution (one blank)
#
# Several libraries never write stamps. They reuse the convolution that they have:
#
# 1. **dilate** the input: put $s - 1$ zeros between neighbours;
# 2. put $K - 1$ zeros around it;
# 3. **rotate** the kernel by 180 degrees and convolve with stride 1;
# 4. cut $p$ off on each side.

# %% tags=["picture"]
pictures.variants.recipe()

# %% [markdown]
# Why the rotation? Output $m$ gets $x[i]\,w[m - i s]$: as $i$ goes up, the index of $w$ goes *down*.
# Write the first step. Where do the entries of the row stand in the dilated one?


# %% nbgrader={"grade": false, "grade_id": "dilate_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def dilate(row, stride):
    """Return the row (M,) with stride - 1 zeros between neighbours, none at the ends."""
    wide = np.zeros((len(row) - 1) * stride + 1)
    ### BEGIN SOLUTION
    wide[::stride] = row
    ### END SOLUTION
    return wide


# %%
def stamp_by_recipe(row, w, stride):
    """Compute what stamp_row does, with the convolution of Part I."""
    around = np.pad(dilate(row, stride), len(w) - 1)
    return convolve_row(around, w[::-1], 1, 1)


attempt(lambda: dilate([1, 2, -1], 3), expected=[1, 0, 0, 2, 0, 0, -1])
attempt(
    lambda: stamp_by_recipe([1, 2, -1], np.array([1.0, 0.0, 2.0]), 2),
    expected=[1, 0, 4, 0, 3, 0, -2],
)

# %% [markdown]
# On the way back the recipe is undone in reverse. The gradient of the dilated input is computed at
# every place, the inserted zeros included, and then **subsampled**: every $s$-th entry is `dx`. The
# gradient of the rotated kernel must be **rotated back**. Both forms are right. Stamps are shorter.

# %% [markdown]
# ## Exercise 3: `conv_transpose_forward` (4 points)
#
# Stamps, in two dimensions. Collect them in an array of the size that (4) gives for $p = 0$, then cut.


# %% nbgrader={"grade": false, "grade_id": "conv_transpose_forward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv_transpose_forward(x, w, b, conv_param):
    """Transposed convolution of images.

    x: images, shape (N, C, H, W). w: kernels, shape (C, F, HH, WW): input channel first.
    b: biases, shape (F,). conv_param: a dict with "stride" (1 or more) and "pad" (0 or more: rows
    and columns cut off on each side of the output). In the optional part it may also have the key
    "dilation"; read it with conv_param.get("dilation", 1), or ignore it until then.

    Returns a pair. First the output, float64, shape (N, F, H_out, W_out), where H_out is
    (H - 1) stride + HH - 2 pad, and W_out likewise from W and WW. Second the cache: a tuple of x, w,
    b and conv_param, in this order.

    Rules: the kernel is stamped as it is, not rotated; overlapping stamps add up; b[f] is added once
    to every entry of channel f. x, w and b are not changed; x may hold whole numbers.
    """
    ### BEGIN SOLUTION
    stride, pad = conv_param["stride"], conv_param["pad"]
    dilation = conv_param.get("dilation", 1)
    N, C, H, W = x.shape
    _, F, HH, WW = w.shape
    high, wide = (HH - 1) * dilation + 1, (WW - 1) * dilation + 1
    whole = np.zeros((N, F, (H - 1) * stride + high, (W - 1) * stride + wide))
    for n in range(N):
        for c in range(C):
            for i in range(H):
                for j in range(W):
                    top, left = i * stride, j * stride
                    rows = slice(top, top + high, dilation)
                    columns = slice(left, left + wide, dilation)
                    whole[n, :, rows, columns] += x[n, c, i, j] * w[c]
    _, _, H_whole, W_whole = whole.shape
    out = whole[:, :, pad : H_whole - pad, pad : W_whole - pad] + b.reshape(F, 1, 1)
    cache = (x, w, b, conv_param)
    return out, cache
    ### END SOLUTION


# %%
paper_x = np.array([[[[1.0, 2.0], [0.0, -1.0]]]])
paper_w = np.array([[[[1.0, 0.0, 2.0], [3.0, 1.0, -1.0]]]])


def paper_transposed(pad):
    """Run the forward pass on the example on paper; returns the output and the cache."""
    return conv_transpose_forward(paper_x, paper_w, np.ones(1), {"stride": 2, "pad": pad})


attempt(
    lambda: paper_transposed(0)[0][0, 0],
    expected=[[2, 1, 5, 1, 5], [4, 2, 6, 3, -1], [1, 1, 0, 1, -1], [1, 1, -2, 0, 2]],
)
attempt(lambda: paper_transposed(1)[0][0, 0], expected=[[2, 6, 3], [1, 0, 1]])

# %% nbgrader={"grade": true, "grade_id": "conv_transpose_forward", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(conv_transpose_forward)

# %% [markdown]
# ## The checkerboard
#
# **Predict.** An image of ones, a kernel of ones. How many stamps does each output get with a 3 by 3
# kernel and stride 2? With 4 by 4 and stride 2? With 2 by 2 and stride 3? Your function counts them:

# %% tags=["picture"]
pictures.variants.checkerboard(conv_transpose_forward)

# %% [markdown]
# Where the stride does not divide the kernel, some outputs collect more stamps than their neighbours,
# in a regular pattern: the *checkerboard* of generated images. Learned weights could balance it out,
# and often do not. Kernel sizes that are a multiple of the stride avoid it (away from the border), as
# does enlarging first and convolving afterwards.

# %% [markdown]
# ## Backward
#
# Ask again which outputs a number is in. In the uncropped output, input $x[n, c, i, j]$ is at the
# places of its stamp, with the factors of the stamp. Write $\tilde g$ for `dout` **with $p$ rows and
# columns of zeros around it** (what was cut off got no gradient), so that it has the size of the
# uncropped output. Then
#
# $$dx[n, c, i, j] = \sum_f \sum_{u, v} \tilde g[n, f,\; i s + u,\; j s + v]\; w[c, f, u, v] ,$$
#
# $$dw[c, f, u, v] = \sum_n \sum_{i, j} x[n, c, i, j]\; \tilde g[n, f,\; i s + u,\; j s + v] ,
#   \qquad db[f] = \sum_n \sum_{\text{places}} \mathrm{dout}[n, f, \cdot, \cdot] .$$
#
# The first is a convolution of $\tilde g$ with $w$, as (5) promised. Every $(n, c, i, j)$ meets one
# window of $\tilde g$. That window times $w[c]$, summed, is one entry of `dx` (assigned, not added).
# That window times $x[n, c, i, j]$ is added to `dw[c]`.
#
# **On paper.** The example with pad 1 and
# $\mathrm{dout} = \begin{pmatrix} 1 & -1 & 2 \\ 0 & 3 & 1 \end{pmatrix}$:
#
# $$\tilde g = \begin{pmatrix} 0 & 0 & 0 & 0 & 0 \\ 0 & 1 & -1 & 2 & 0 \\ 0 & 0 & 3 & 1 & 0 \\
#    0 & 0 & 0 & 0 & 0 \end{pmatrix}$$
#
# Window $(0, 0)$ is rows 0 to 1, columns 0 to 2. Times $w$: $1\cdot 1 + (-1)\cdot(-1) = 2$. Window
# $(0, 1)$ begins at column 2: $-1\cdot 3 + 2\cdot 1 = -1$. **Your turn:** the other two entries of
# `dx`, then `dw`.
#
# <details><summary>Answer</summary>
#
# <code>dx</code> has the rows 2, -1 and 6, 3. <code>dw</code> has the rows -3, -1, 0 and -2, 5, -1.
# <code>db</code> is 6.
#
# </details>

# %% [markdown]
# ## Exercise 4: `conv_transpose_backward` (6 points)


# %% nbgrader={"grade": false, "grade_id": "conv_transpose_backward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv_transpose_backward(dout, cache):
    """Return the gradients of conv_transpose_forward with respect to input, kernels and biases.

    dout: gradient of the loss with respect to the output, shape (N, F, H_out, W_out).
    cache: the second value that conv_transpose_forward returned.

    Returns three float64 arrays: the gradients with respect to x, shape (N, C, H, W), to w, shape
    (C, F, HH, WW), and to b, shape (F,). In the optional part conv_param may have the key
    "dilation"; read it with conv_param.get("dilation", 1), or ignore it until then.

    Rules: any stride and any pad, 0 included. dout and what the cache holds are not changed, and
    nothing is divided by N.
    """
    ### BEGIN SOLUTION
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    dilation = conv_param.get("dilation", 1)
    N, C, H, W = x.shape
    _, _, HH, WW = w.shape
    high, wide = (HH - 1) * dilation + 1, (WW - 1) * dilation + 1
    dwhole = np.pad(dout, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dx = np.zeros(x.shape)
    dw = np.zeros(w.shape)
    db = dout.sum(axis=(0, 2, 3))
    for n in range(N):
        for c in range(C):
            for i in range(H):
                for j in range(W):
                    top, left = i * stride, j * stride
                    rows = slice(top, top + high, dilation)
                    columns = slice(left, left + wide, dilation)
                    window = dwhole[n, :, rows, columns]
                    dx[n, c, i, j] = np.sum(window * w[c])
                    dw[c] += x[n, c, i, j] * window
    return dx, dw, db
    ### END SOLUTION


# %%
def paper_transposed_gradients():
    """Run both passes on the example on paper, pad 1; returns dx and dw."""
    _, kept = paper_transposed(1)
    dout = np.array([[[[1.0, -1.0, 2.0], [0.0, 3.0, 1.0]]]])
    dx, dw, _ = conv_transpose_backward(dout, kept)
    return dx[0, 0], dw[0, 0]


attempt(lambda: paper_transposed_gradients()[0], expected=[[2, -1], [6, 3]])
attempt(lambda: paper_transposed_gradients()[1], expected=[[-3, -1, 0], [-2, 5, -1]])

# %% nbgrader={"grade": true, "grade_id": "conv_transpose_backward", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(conv_transpose_backward)

# %% [markdown]
# ## One number that tests a pair
#
# Identity (5) for your two functions, with no bias. The cell prints the difference of its two sides.
#
# Break something on purpose in *one* of the two, then run its cell and this one again: rotate the kernel
# in either, leave out the `+` of `+=` in the forward, forget the stride in the backward. (A forward that
# forgets the stride makes an output of another size. There is nothing to multiply then, and the cell says
# so.)


# %%
def adjoint_gap():
    """Return (T x) . g - x . (T^t g) for random x and g, rounded to nine digits."""
    random = np.random.default_rng(5)
    x, w = random.normal(size=(2, 3, 4, 5)), random.normal(size=(3, 2, 3, 2))
    g = random.normal(size=(2, 2, 7, 8))  # the size of T x, by (4)
    out, kept = conv_transpose_forward(x, w, np.zeros(2), {"stride": 2, "pad": 1})
    if out.shape != g.shape:
        print(f"The forward made {out.shape} of what should become {g.shape}: no gap to tell.")
        return np.nan
    dx, _, _ = conv_transpose_backward(g, kept)
    return round(np.sum(out * g) - np.sum(x * dx), 9)


attempt(adjoint_gap, expected=0)

# %% [markdown]
# What does it *not* test? Nothing about `dw` and `db`, and a forward and a backward that are wrong in
# the same way (both rotate the kernel, say) agree with each other. It says that the two belong
# together. That the forward is the right one must be said by something else: the example on paper,
# or `check`.

# %% [markdown]
# # What goes wrong in practice
#
# We have not counted the mistakes of these two layers. We have for plain two-dimensional convolution
# (notebook 2 tells how): of 84 public backward passes 29 (35 %) cut the padding off with `[pad:-pad]`,
# which is empty where there is no padding, and 3 forget the stride. With a dilation and a second pad
# there are more places for the same mistakes. Answer each question before you read on, then look at
# your own code.
#
# **What does each of these slices give for pad $(4, 0)$?**

# %%
padded = np.arange(9)
print("left to -right:     ", padded[4:-0])
print("left to None:       ", padded[4 : (-0 or None)])
print("left to left + L:   ", padded[4 : 4 + 5])
print("right to right + L: ", padded[0 : 0 + 5])

# %% [markdown]
# The first is empty, as `-0` is 0. One well-known library has a special case for it, the second
# line. The third needs none. The last one confuses the sides; with equal pads nobody sees it. A test
# needs pads that differ, and one that is 0.
#
# **A kernel of 3 taps with dilation 2: someone reads `x_pad[first : first + 3 * 2 : 2]`. Too long?**
# No: the slice ends one step later, and still holds three taps. The two ends $first + K d$ and
# $first + (K - 1)\,d + 1$ give the same. In the *number of outputs*, though, $K d$ in place of
# $(K - 1)\,d + 1$ loses windows.
#
# **A layer with an activation: where is its derivative taken?** At what went *into* it, $z$, not at what
# came out. `1 - np.tanh(out)**2` is a common slip. And `db` is the sum of the gradient *behind* the
# activation's derivative, not of `dout`. (The optional part has both.)
#
# **A transposed convolution whose kernel is rotated.** It is the transpose of *another* convolution.
# Training hides it: the network simply learns rotated kernels. Loading someone else's weights does not.
#
# **Pads of a transposed layer.** `pad` makes its output smaller. Adding it instead is right for no pad
# but 0. Padding the dilated input with $K - 1 - p$ zeros instead of cutting is right, until $p > K - 1$
# makes that negative.
#
# **Reshape or transpose?** `w` is `(C, F, HH, WW)`. A gradient that was computed as `(F, C, HH, WW)`
# needs its axes *exchanged*. `reshape` gives the right shape and the wrong order as soon as there are two
# channels on both sides; with one channel it is right. One public layer of ordinary convolution is right
# at $C = 1$ only.
#
# And one that no test of a layer finds: a library whose unused, slow variant of the backward pass always
# raises an exception. Nobody had ever called it. **What is not run is not right.**

# %% [markdown]
# # In your own words (2 points)
#
# A colleague calls the transposed convolution "deconvolution" and expects it to undo a convolution with
# the same kernel. Take the kernel $w = (1, 1)$, stride 1, no pad, no bias, and the row $x = (1, 0, 0)$.
#
# Explain in at most six sentences (a) what convolution followed by transposed convolution makes of this
# row, and what the colleague expected; (b) which identity the two operations do satisfy; (c) why that
# identity gives you the backward pass of the transposed convolution without any new derivation.

# %% [markdown] nbgrader={"grade": true, "grade_id": "transposed_is_no_inverse", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# **Your answer**
#
# ### BEGIN SOLUTION
# *Model answer.* (a) The convolution gives (1, 0): the windows (1, 0) and (0, 0) summed. Stamping (1, 1)
# with these gives (1, 1, 0), not the (1, 0, 0) that the colleague expected. (b) With $A$ the matrix of
# the convolution the other one is $A^\top$, so $(A x)\cdot g = x\cdot(A^\top g)$ for all $x$ and $g$;
# it is the adjoint, not the inverse. (c) The backward pass of a linear layer with matrix $M$ is
# $M^\top$. For $M = A^\top$ that is $A$, the ordinary convolution with the same kernel, stride and pad.
#
# *Marking guide.*
#
# - (a), 1 point: half for (1, 0), half for (1, 1, 0) together with the statement that it is not $x$.
#   A correct general argument ($A^\top A$ is not the identity) without the numbers: half a point.
# - (b), half a point: the identity, in symbols or in words ("dot products can be moved over").
#   "Transposed matrix" alone is enough. "Inverse up to a factor" is not.
# - (c), half a point: the transpose of the transpose is the convolution itself. Accept a derivation
#   in indices that ends with a convolution of dout.
# ### END SOLUTION

# %% [markdown]
# # Optional part
#
# Ten small tasks, a bonus point each. Most of them call what you have already. Composing finished parts
# is the point: **write no new loops here**.
#
# ## Padding by name
#
# Libraries let you write the padding in many ways. This course means:
#
# | `pad` | left, right |
# |:--|:--|
# | a whole number `p` | `p`, `p` |
# | a pair `(l, r)` | `l`, `r` |
# | `"causal"` | $(K - 1)\,d$, 0 |
# | `"same"` | so many that $L' = \lceil L / s \rceil$ |
#
# For "same", $L'$ windows need $(L' - 1)\,s + e$ entries. What is missing to that,
# $\max(0, (L' - 1)\,s + e - L)$, goes half to the left and half to the right, **and an odd one to the
# right**. With stride 1 this is PyTorch's "same" (which allows no other stride); with any stride it is
# TensorFlow's. (Some libraries keep $L' = L$ for every stride. That is another rule under the same
# name.)


# %% nbgrader={"grade": false, "grade_id": "pad_widths_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def pad_widths(pad, length, taps, stride, dilation):
    """Return the two whole numbers (left, right) that a padding means.

    pad: a whole number, a pair of them (a tuple), "causal" or "same". length: entries of the row,
    not padded. taps: of the kernel. stride, dilation: as in conv1d_forward.
    """
    ### BEGIN SOLUTION
    reach = (taps - 1) * dilation + 1
    if isinstance(pad, int):
        return pad, pad
    if pad == "causal":
        return reach - 1, 0
    if pad == "same":
        outputs = -(-length // stride)
        missing = max(0, (outputs - 1) * stride + reach - length)
        return missing // 2, missing - missing // 2
    left, right = pad
    return left, right
    ### END SOLUTION


# %%
attempt(lambda: pad_widths("same", 10, 4, 1, 1), expected=[1, 2])
attempt(lambda: pad_widths("causal", 10, 3, 1, 4), expected=[8, 0])

# %% nbgrader={"grade": true, "grade_id": "pad_widths", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"] bonus=1
check(pad_widths)

# %% [markdown]
# An image has four sides. (No later task calls `pad_sides`. It is what the convolution of notebook 2
# would need to take its padding in all these forms.) A whole number `p` means all four. A pair `(p, q)` means `p` above and below,
# `q` left and right. Four numbers are top, bottom, left, right. "same" is worked out for rows and for
# columns, each with its own sizes.


# %% nbgrader={"grade": false, "grade_id": "pad_sides_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def pad_sides(pad, size, kernel, stride, dilation):
    """Return the four whole numbers (top, bottom, left, right) that a padding means.

    pad: a whole number, a tuple of two (rows, columns) or of four (top, bottom, left, right), or
    "same". size: the pair (H, W). kernel: the pair (HH, WW). stride, dilation: the same for rows and
    columns.
    """
    ### BEGIN SOLUTION
    if isinstance(pad, int | str):
        rows = columns = pad
    elif len(pad) == 2:
        rows, columns = pad
    else:
        top, bottom, left, right = pad
        return top, bottom, left, right
    top, bottom = pad_widths(rows, size[0], kernel[0], stride, dilation)
    left, right = pad_widths(columns, size[1], kernel[1], stride, dilation)
    return top, bottom, left, right
    ### END SOLUTION


# %%
attempt(lambda: pad_sides((1, 2), (5, 7), (3, 3), 1, 1), expected=[1, 1, 2, 2])
attempt(lambda: pad_sides("same", (5, 7), (3, 2), 1, 1), expected=[1, 1, 0, 1])

# %% nbgrader={"grade": true, "grade_id": "pad_sides", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"] bonus=1
check(pad_sides)

# %% [markdown]
# ## A layer with its activation
#
# Many libraries fuse a layer with its activation: $z$ is the convolution, and
# $\mathrm{out} = \phi(z)$. Then by the chain rule $dz = \mathrm{dout}\cdot\phi'(z)$, entry by entry, and
# everything else follows from $dz$ as before, **`db` included**. Two activations:
#
# | `"activation"` | $\phi(z)$ | $\phi'(z)$ |
# |:--|:--|:--|
# | `"tanh"` | $\tanh z$ | $1 - \tanh^2 z$ |
# | `"relu"` | $\max(z, 0)$ | 1 where $z > 0$, else 0 |
#
# The derivative is taken at $z$, before the activation. The standard cache does not hold $z$: compute it
# anew from `x`, `w` and `b`, which libraries do to save memory, or keep it in a cache of your own.


# %% nbgrader={"grade": false, "grade_id": "conv1d_fused_forward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv1d_fused_forward(x, w, b, conv_param):
    """Convolve rows, with padding by name, and apply an activation.

    As conv1d_forward, but conv_param["pad"] is anything that pad_widths takes, and
    conv_param["activation"] is "tanh" or "relu". Returns the output, shape (N, F, L_out), and the
    cache: the tuple of x, w, b and conv_param.
    """
    ### BEGIN SOLUTION
    stride, dilation = conv_param["stride"], conv_param["dilation"]
    pad = pad_widths(conv_param["pad"], x.shape[2], w.shape[2], stride, dilation)
    z, _ = conv1d_forward(x, w, b, {"stride": stride, "dilation": dilation, "pad": pad})
    out = np.tanh(z) if conv_param["activation"] == "tanh" else np.maximum(z, 0)
    cache = (x, w, b, conv_param)
    return out, cache
    ### END SOLUTION


# %% [markdown]
# The example on paper, causal. Before the activation its row was 0, -1, 3, 6, -2.


# %%
def paper_fused(activation):
    """Run the fused forward on the example on paper; returns the output and the cache."""
    x, w = paper_row.reshape(1, 1, 5), paper_kernel.reshape(1, 1, 2)
    param = {"stride": 1, "dilation": 2, "pad": "causal", "activation": activation}
    return conv1d_fused_forward(x, w, np.ones(1), param)


attempt(lambda: paper_fused("relu")[0], expected=[[[0, 0, 3, 6, 0]]])
attempt(lambda: paper_fused("tanh")[0], expected=[[np.tanh([0, -1, 3, 6, -2])]])

# %% nbgrader={"grade": true, "grade_id": "conv1d_fused_forward", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"] bonus=1
check(conv1d_fused_forward)


# %% nbgrader={"grade": false, "grade_id": "conv1d_fused_backward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv1d_fused_backward(dout, cache):
    """Return the gradients of conv1d_fused_forward with respect to x, w and b.

    dout: shape (N, F, L_out). cache: the second value that conv1d_fused_forward returned.
    """
    ### BEGIN SOLUTION
    x, w, b, conv_param = cache
    stride, dilation = conv_param["stride"], conv_param["dilation"]
    pad = pad_widths(conv_param["pad"], x.shape[2], w.shape[2], stride, dilation)
    z, kept = conv1d_forward(x, w, b, {"stride": stride, "dilation": dilation, "pad": pad})
    slope = 1 - np.tanh(z) ** 2 if conv_param["activation"] == "tanh" else z > 0
    dz = dout * slope
    return conv1d_backward(dz, kept)
    ### END SOLUTION


# %% [markdown]
# With $\mathrm{dout} = (1, 2, -1, 1, 3)$ and a ReLU, $dz$ is $(0, 0, -1, 1, 0)$: only windows 2 and 3 came
# through.


# %%
def paper_fused_gradients():
    """Run both fused passes on the example on paper; returns dx, dw and db as one row."""
    _, kept = paper_fused("relu")
    dx, dw, db = conv1d_fused_backward(np.array([[[1.0, 2.0, -1.0, 1.0, 3.0]]]), kept)
    return [*dx[0, 0], *dw[0, 0], *db]


attempt(paper_fused_gradients, expected=[-2, 2, 1, -1, 0, 1, -1, 0])

# %% nbgrader={"grade": true, "grade_id": "conv1d_fused_backward", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"] bonus=1
check(conv1d_fused_backward)

# %% [markdown]
# ## Dilated stamps
#
# With `"dilation"` $d$ in `conv_param` the entries of a stamp stand $d$ apart, in both directions, and
# a stamp is $(HH - 1)\,d + 1$ high. Extend `conv_transpose_forward` and `conv_transpose_backward`
# *above*, run their cells and checks again, then come here. Everything that passed must still pass.
#
# (Some libraries write the dilated kernel out, with zeros in it, and go on as before. That is right, too.
# What happens to the gradients of those zeros?)


# %%
def paper_dilated():
    """Run both passes on the stamps on paper, 2 apart; returns the output and dx for ones."""
    param = {"stride": 2, "pad": 1, "dilation": 2}
    out, kept = conv_transpose_forward(paper_x, paper_w, np.ones(1), param)
    dx, _, _ = conv_transpose_backward(np.ones(out.shape), kept)
    return out[0, 0], dx[0, 0]


attempt(lambda: paper_dilated()[0], expected=[[1, 1, 1, 1, 1], [1, 7, 1, 2, 1], [1, 1, 1, 1, 1]])
attempt(lambda: paper_dilated()[1], expected=[[0, 4], [2, 1]])

# %% nbgrader={"grade": true, "grade_id": "conv_transpose_forward_dilation", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"] bonus=1
check(conv_transpose_forward, part="dilation")

# %% nbgrader={"grade": true, "grade_id": "conv_transpose_backward_dilation", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"] bonus=1
check(conv_transpose_backward, part="dilation")

# %% [markdown]
# ## Four different cuts, and an activation
#
# Now the transposed layer with all of it: `"pad"` is four numbers, top, bottom, left, right, which are
# cut off at the four sides, and `"activation"` is as above. (Never "same": for a transposed layer
# libraries do not agree on what that means.)
#
# Call `conv_transpose_forward` with pad 0 and cut its output yourself. On the way back, what was cut off
# is put around `dz` again, as zeros. Both passes hand `"dilation"` on to the functions that you extended
# just now, so finish that part first.


# %% nbgrader={"grade": false, "grade_id": "conv_transpose_fused_forward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv_transpose_fused_forward(x, w, b, conv_param):
    """Transposed convolution, cut by four widths, with dilation and an activation.

    As conv_transpose_forward, but conv_param has "stride", "dilation", "pad" (the four widths top,
    bottom, left, right) and "activation", "tanh" or "relu". Returns the output and the cache: the
    tuple of x, w, b and conv_param.
    """
    ### BEGIN SOLUTION
    stride, dilation = conv_param["stride"], conv_param["dilation"]
    top, bottom, left, right = conv_param["pad"]
    uncut = {"stride": stride, "dilation": dilation, "pad": 0}
    whole, _ = conv_transpose_forward(x, w, b, uncut)
    z = whole[:, :, top : whole.shape[2] - bottom, left : whole.shape[3] - right]
    out = np.tanh(z) if conv_param["activation"] == "tanh" else np.maximum(z, 0)
    cache = (x, w, b, conv_param)
    return out, cache
    ### END SOLUTION


# %%
def paper_cut():
    """Run the fused forward on the stamps on paper, cut by 1, 0, 0 and 2."""
    param = {"stride": 2, "dilation": 1, "pad": (1, 0, 0, 2), "activation": "relu"}
    return conv_transpose_fused_forward(paper_x, paper_w, np.ones(1), param)


attempt(lambda: paper_cut()[0][0, 0], expected=[[4, 2, 6], [1, 1, 0], [1, 1, 0]])

# %% nbgrader={"grade": true, "grade_id": "conv_transpose_fused_forward", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"] bonus=1
check(conv_transpose_fused_forward)


# %% nbgrader={"grade": false, "grade_id": "conv_transpose_fused_backward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv_transpose_fused_backward(dout, cache):
    """Return the gradients of conv_transpose_fused_forward with respect to x, w and b."""
    ### BEGIN SOLUTION
    x, w, b, conv_param = cache
    stride, dilation = conv_param["stride"], conv_param["dilation"]
    top, bottom, left, right = conv_param["pad"]
    uncut = {"stride": stride, "dilation": dilation, "pad": 0}
    whole, kept = conv_transpose_forward(x, w, b, uncut)
    z = whole[:, :, top : whole.shape[2] - bottom, left : whole.shape[3] - right]
    slope = 1 - np.tanh(z) ** 2 if conv_param["activation"] == "tanh" else z > 0
    dz = dout * slope
    dwhole = np.pad(dz, ((0, 0), (0, 0), (top, bottom), (left, right)))
    return conv_transpose_backward(dwhole, kept)
    ### END SOLUTION


# %%
def paper_cut_gradients():
    """Run both fused passes on the stamps on paper, for a dout of ones; returns dx and dw."""
    out, kept = paper_cut()
    dx, dw, _ = conv_transpose_fused_backward(np.ones(out.shape), kept)
    return dx[0, 0], dw[0, 0]


attempt(lambda: paper_cut_gradients()[0], expected=[[3, 3], [5, 0]])
attempt(lambda: paper_cut_gradients()[1], expected=[[0, 0, 0], [3, 1, 1]])

# %% nbgrader={"grade": true, "grade_id": "conv_transpose_fused_backward", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"] bonus=1
check(conv_transpose_fused_backward)

# %% [markdown]
# ## Somebody else's conventions
#
# A library that you have to work with keeps its channels last, counts gaps instead of distances, and
# gives the bias the shape in which it is added:
#
# | | here | there |
# |:--|:--|:--|
# | input | `x (N, C, L)` | `x (N, L, C)` |
# | kernels | `w (F, C, K)` | `w (K, C, F)` |
# | bias | `b (F,)` | `b (1, 1, F)` |
# | no gaps between taps | `"dilation": 1` | `"gap": 0` |
# | output | `(N, F, L')` | `(N, L', F)` |
#
# Translate, call your own function, translate back. Every gradient has the shape of what it belongs to.


# %% nbgrader={"grade": false, "grade_id": "conv1d_last_forward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv1d_last_forward(x, w, b, conv_param):
    """Convolve rows whose channels stand last.

    x: shape (N, L, C). w: shape (K, C, F). b: shape (1, 1, F). conv_param: "stride", "gap" (entries
    skipped between two taps, 0 or more) and "pad", a pair. Returns the output, shape (N, L_out, F),
    and the cache: the tuple of x, w, b and conv_param as they were given.
    """
    ### BEGIN SOLUTION
    ours = {
        "stride": conv_param["stride"],
        "dilation": conv_param["gap"] + 1,
        "pad": conv_param["pad"],
    }
    out, _ = conv1d_forward(x.transpose(0, 2, 1), w.transpose(2, 1, 0), b.ravel(), ours)
    cache = (x, w, b, conv_param)
    return out.transpose(0, 2, 1), cache
    ### END SOLUTION


# %% [markdown]
# The example on paper in their words: dilation 2 is a gap of 1.


# %%
def paper_last():
    """Run the forward on the example on paper, channels last; returns the output and the cache."""
    x, w = paper_row.reshape(1, 5, 1), paper_kernel.reshape(2, 1, 1)
    return conv1d_last_forward(x, w, np.ones((1, 1, 1)), {"stride": 1, "gap": 1, "pad": (2, 0)})


attempt(lambda: paper_last()[0][0, :, 0], expected=[0, -1, 3, 6, -2])

# %% nbgrader={"grade": true, "grade_id": "conv1d_last_forward", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"] bonus=1
check(conv1d_last_forward)


# %% nbgrader={"grade": false, "grade_id": "conv1d_last_backward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv1d_last_backward(dout, cache):
    """Return the gradients of conv1d_last_forward: dx (N, L, C), dw (K, C, F), db (1, 1, F)."""
    ### BEGIN SOLUTION
    x, w, b, conv_param = cache
    ours = {
        "stride": conv_param["stride"],
        "dilation": conv_param["gap"] + 1,
        "pad": conv_param["pad"],
    }
    _, kept = conv1d_forward(x.transpose(0, 2, 1), w.transpose(2, 1, 0), b.ravel(), ours)
    dx, dw, db = conv1d_backward(dout.transpose(0, 2, 1), kept)
    return dx.transpose(0, 2, 1), dw.transpose(2, 1, 0), db.reshape(b.shape)
    ### END SOLUTION


# %%
def paper_last_gradients():
    """Run both passes on the example on paper, channels last; returns dx, dw and db as one row."""
    _, kept = paper_last()
    dx, dw, db = conv1d_last_backward(np.array([1.0, 2, -1, 0, 3]).reshape(1, 5, 1), kept)
    return [*dx[0, :, 0], *dw[:, 0, 0], *db[0, 0]]


attempt(paper_last_gradients, expected=[-3, -2, 7, 0, -3, -1, 14, 5])

# %% nbgrader={"grade": true, "grade_id": "conv1d_last_backward", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"] bonus=1
check(conv1d_last_backward)

# %% [markdown]
# # Further reading
#
# - V. Dumoulin and F. Visin, *A guide to convolution arithmetic for deep learning*
#   ([arXiv:1603.07285](https://arxiv.org/abs/1603.07285)): transposed and dilated convolutions in
#   pictures, with every relation of sizes.
# - F. Yu and V. Koltun, *Multi-scale context aggregation by dilated convolutions*
#   ([arXiv:1511.07122](https://arxiv.org/abs/1511.07122)): why dilations double.
# - A. van den Oord and others, *WaveNet: a generative model for raw audio*
#   ([arXiv:1609.03499](https://arxiv.org/abs/1609.03499)): causal and dilated, one sample at a time.
# - A. Odena, V. Dumoulin and C. Olah, [*Deconvolution and checkerboard
#   artifacts*](https://distill.pub/2016/deconv-checkerboard/), Distill 2016.
# - PyTorch's [`Conv1d`](https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv1d.html) and
#   [`ConvTranspose2d`](https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html):
#   what `groups` and `output_padding` add to what you wrote.
