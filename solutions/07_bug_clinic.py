# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 7. The bug clinic
#
# Eight layers lie in this ward. Each forward pass is right. Each backward pass is broken, by a kind
# of bug that is found in public code. The layers are our own, made small so that each shows one bug. Most of them run without an error, and several pass a hasty test.
#
# **What you will be able to do**
#
# - find a wrong gradient by comparing it with differences, and read the *pattern* of its error;
# - name eight kinds of bug by that pattern, and repair them;
# - say which bugs a gradient check cannot see at all, and what shows them;
# - write a regression test of your own that rejects every broken backward pass and no right one.
#
# You need the chain rule, NumPy indexing, and the idea of a gradient check. Plan 100 minutes. There
# are eight repairs, one test to write, and one written question. `check(...)` may be asked as often as
# you like.

# %% [markdown]
# ## Notation card
#
# | on paper | in code | meaning |
# |:--|:--|:--|
# | $x$ | `x` | an input of the layer, and one entry of it is $x_i$ |
# | $y = f(x)$ | `out` | the output of the layer |
# | $L$ | | the loss: one number, computed by later layers, never seen here |
# | $g = \partial L/\partial y$ | `dout`, shape of `out` | the upstream gradient, which is given |
# | $\partial L/\partial x$ | `dx`, shape of `x` | what the backward pass returns |
# | | `cache` | what the forward hands to the backward; here always a tuple |
# | $h$ | | the step of a difference |
#
# `f_forward(...)` returns `(out, cache)`. `f_backward(dout, cache)` returns one gradient for each
# input that is differentiated, in the order of the inputs; a single one is returned as it is. In words:
# **how much would the loss grow, for each unit that this entry grows?** Indices count from 0.

# %%
import numpy as np

from course_utils import check, pictures

# %% [markdown]
# ## The instrument
#
# The loss changes by $\sum_j g_j\,\Delta y_j$ when the output changes by a little. So move one entry of
# one input up by $h$ and down by $h$, run the forward each time, and
#
# $$ \frac{\partial L}{\partial x_i} \;\approx\;
#    \frac{\sum_j g_j\, y_j(x_i + h) - \sum_j g_j\, y_j(x_i - h)}{2h}. $$
#
# This needs the forward alone. It is slow, and it is right: a second opinion that knows nothing of the
# backward. The instrument of this notebook does it for every entry, for a random $g$ and at the inputs
# that you give it, and draws **the map of the error**, |given − right|. White is right. The darker,
# the further off. An array with three axes is drawn block below block, one for each first index, and
# each row bears its first two indices. Here it looks at a backward that forgot a factor 2:


# %%
def square_forward(x):
    """Each entry squared."""
    return x**2, (x,)


def square_backward_broken(dout, cache):
    """The 2 of the derivative is missing."""
    (x,) = cache
    return dout * x


example = np.array([[0.0, 1.0, 2.0], [3.0, 0.0, -4.0]])


# %% tags=["picture"]
pictures.clinic.examine(square_forward, square_backward_broken, example)

# %% [markdown]
# Two entries are white. Why? At $x = 0$ the right gradient is 0, and half of 0 is 0. **A white cell
# proves nothing about the code; it says that this input does not show the bug.** You will choose the
# inputs of every examination, so keep the question in mind: what would this input hide?
#
# `examine(forward, backward, *inputs)` has two switches for later. `calls=2` draws the gradients of the
# second call instead of the first. `watch=True` adds what the backward did to `dout` and to the cache.

# %% [markdown]
# ## Predict before you code
#
# Read no further than this list, and write down for each bug what its error map could look like. All
# entries off? One row? One column? Or white everywhere?
#
# 1. A word occurs twice in a text, and its gradient is counted once.
# 2. A gain and a shift for each channel are repeated over images and over places; the gradient is
#    summed over the images only.
# 3. A matrix is not transposed.
# 4. Padding is cut off with `[pad:-pad]`.
# 5. A gradient is accumulated in a variable that outlives the call.
# 6. `dout` is multiplied in place.
# 7. A vector is divided by its norm, and the norm is taken for a constant.
# 8. A running sum is differentiated from the first step to the last.

# %% [markdown]
# *My predictions (double-click to edit):*
#
# 1. ...
# 2. ...
# 3. ...
# 4. ...
# 5. ...
# 6. ...
# 7. ...
# 8. ...

# %% [markdown]
# # Patient 1: the dictionary
#
# **Forward.** A table holds a vector for every word. A text is a list of row numbers, and the layer looks
# them up: $y_{n t d} = \text{table}_{\,\mathrm{ids}_{n t},\; d}$.
#
# **One entry first.** Which outputs does entry $(v, d)$ of the table appear in? In every place $(n, t)$
# where word $v$ was looked up, and each time with factor 1. So
#
# $$ \frac{\partial L}{\partial\, \text{table}_{v d}} =
#    \sum_{n, t} g_{n t d}\,[\,\mathrm{ids}_{n t} = v\,]. $$


# %% nbgrader={"grade": false, "grade_id": "embedding_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
def embedding_forward(table, ids):
    """Look up rows: table (V, D), ids (N, T) of integers 0..V-1; out (N, T, D)."""
    return table[ids], (table, ids)


def embedding_backward_broken(dout, cache):
    """Patient 1."""
    table, ids = cache
    grad = np.zeros_like(table)
    grad[ids] += dout
    return grad


# %%
table = np.arange(12.0).reshape(4, 3)
no_repeats = np.array([[2, 0], [3, 1]])
some_repeats = np.array([[2, 0], [2, 2]])

# %% tags=["picture"]
pictures.clinic.examine(embedding_forward, embedding_backward_broken, table, no_repeats)

# %% tags=["picture"]
pictures.clinic.examine(embedding_forward, embedding_backward_broken, table, some_repeats)

# %% [markdown]
# The first map is white, the second is not. **Diagnosis.** With an array of indices,
# `grad[ids] += dout` means: read `grad[ids]`, add `dout`, write back. Every place of a repeated word reads
# the same zero, and the last one to write wins. `+=` adds up over *statements*, not over repeated indices.
#
# **For paper.** `ids` is `[[1, 1, 0]]`, `dout` holds the rows (1, 2), (10, 20), (5, 5), and the table has
# 3 rows. What are the three rows of the gradient? What does the broken code return?
# (Right: (5, 5), (11, 22), (0, 0). Broken: the second row is (10, 20).)
#
# **Repair.** A loop over places does it. So does NumPy's unbuffered add: look up `np.add.at`.


# %% nbgrader={"grade": false, "grade_id": "embedding_backward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def embedding_backward(dout, cache):
    """Gradient of embedding_forward.

    dout: (N, T, D). cache: (table, ids) as given to the forward, ids (N, T) of integers.
    Returns dtable, floats of the shape of table (V, D): every row the sum of dout over all
    places where it was looked up. Changes none of its arguments.
    """
    ### BEGIN SOLUTION
    table, ids = cache
    dtable = np.zeros(table.shape)
    np.add.at(dtable, ids, dout)
    return dtable
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "embedding_backward", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(embedding_backward)

# %% [markdown]
# # Patient 2: the channels
#
# **Forward.** Every channel has a gain and a shift of its own:
# $y_{n c l} = \text{gain}_c\, x_{n c l} + \text{shift}_c$. NumPy *broadcasts*: it repeats the `C` numbers
# over all images and all places, without saying so.
#
# **One entry first.** $\text{shift}_c$ appears in $y_{n c l}$ for every $n$ and every $l$, with factor 1.
# $\text{gain}_c$ appears there, too, with factor $x_{n c l}$. So both gradients are sums over $n$ *and* $l$.
# And $x_{n c l}$ appears in $y_{n c l}$ alone, with factor $\text{gain}_c$: its gradient is
# $\text{gain}_c\, g_{n c l}$.
# **What is broadcast forward is summed backward**, over exactly the axes that were repeated.


# %% nbgrader={"grade": false, "grade_id": "channel_scale_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
def channel_scale_forward(x, gain, shift):
    """Scale and shift each channel: x (N, C, L), gain (C,), shift (C,); out (N, C, L)."""
    out = gain[:, None] * x + shift[:, None]
    return out, (x, gain, shift)


def channel_scale_backward_broken(dout, cache):
    """Patient 2."""
    x, gain, shift = cache
    dgain = np.sum(x * dout, axis=0)
    dshift = np.sum(dout, axis=0)
    return gain[:, None] * dout, dgain, dshift


# %%
signals = np.arange(12.0).reshape(2, 3, 2)
gain, shift = np.array([1.0, 2.0, 3.0]), np.zeros(3)

# %% tags=["picture"]
pictures.clinic.examine(channel_scale_forward, channel_scale_backward_broken, signals, gain, shift)

# %% [markdown]
# `dx` is white; the other two have no map, for their shapes are wrong. **Diagnosis.** The axis of images
# was summed, the axis of places was not. Worse, such a gradient *broadcasts*: `gain - 0.1 * dgain` has
# shape `(C,) - (C, L)`, which for `C == L` runs, and the parameter grows an axis after the first update.
#
# **Two rules that cost nothing:** a gradient has the shape of what it belongs to, and you can count the
# summed axes by comparing that shape with the shape of `out`.


# %% nbgrader={"grade": false, "grade_id": "channel_scale_backward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def channel_scale_backward(dout, cache):
    """Gradients of channel_scale_forward.

    dout: (N, C, L). cache: (x, gain, shift) as given to the forward.
    Returns (dx, dgain, dshift), each with the shape of its input: (N, C, L), (C,), (C,).
    """
    ### BEGIN SOLUTION
    x, gain, _ = cache
    dx = dout * gain[:, None]
    dgain = np.sum(dout * x, axis=(0, 2))
    dshift = np.sum(dout, axis=(0, 2))
    return dx, dgain, dshift
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "channel_scale_backward", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(channel_scale_backward)

# %% [markdown]
# # Patient 3: the mixing desk
#
# **Forward.** Every row of the output is a mixture of the rows of $x$:
# $y_{n p c} = \sum_r w_{p r}\, x_{n r c}$, which is `w @ x[n]` for each $n$.
#
# **One entry first.** $x_{n r c}$ appears in $y_{n p c}$ for every $p$, with factor $w_{p r}$:
#
# $$ \frac{\partial L}{\partial x_{n r c}} = \sum_p w_{p r}\, g_{n p c}
#    = \sum_p (w^\top)_{r p}\, g_{n p c}. $$
#
# The sum runs over the *first* index of $w$. A matrix product sums over the second, hence the transpose.
# The same way, $w_{p r}$ meets $x_{n r c}$ for every $n$ and $c$: derive $\partial L/\partial w_{p r}$ on
# paper before you read the code.


# %% nbgrader={"grade": false, "grade_id": "mix_rows_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
def mix_rows_forward(x, w):
    """Mix rows: x (N, R, C), w (P, R); out (N, P, C)."""
    return w @ x, (x, w)


def mix_rows_backward_broken(dout, cache):
    """Patient 3."""
    x, w = cache
    dw = np.einsum("npc,nrc->pr", dout, x)
    return w @ dout, dw


# %%
desk = np.arange(8.0).reshape(2, 2, 2)
symmetric = np.array([[2.0, 1.0], [1.0, 3.0]])
square = np.array([[2.0, 1.0], [4.0, 3.0]])
oblong = np.array([[2.0, 1.0], [4.0, 3.0], [0.0, 5.0]])

# %% tags=["picture"]
pictures.clinic.examine(mix_rows_forward, mix_rows_backward_broken, desk, symmetric)

# %% tags=["picture"]
pictures.clinic.examine(mix_rows_forward, mix_rows_backward_broken, desk, square)

# %% tags=["picture"]
pictures.clinic.examine(mix_rows_forward, mix_rows_backward_broken, desk, oblong)

# %% [markdown]
# Three inputs, three stories: white, wrong, an exception. **Diagnosis.** A missing transpose runs when the
# matrix is square, and is even right when it is symmetric. The exception is the friendly case. Do not
# repair it by trying transposes until the shapes fit; at `P == R` that proves nothing.
#
# **For paper.** One image, $C = 1$: $w = \begin{pmatrix} 2 & 1 \\ 4 & 3 \end{pmatrix}$, $g = (1, 10)$. What is
# $dx$? (Right: $(2 + 40,\ 1 + 30) = (42, 31)$. Broken: $(12, 34)$.)


# %% nbgrader={"grade": false, "grade_id": "mix_rows_backward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mix_rows_backward(dout, cache):
    """Gradients of mix_rows_forward.

    dout: (N, P, C). cache: (x, w) as given to the forward.
    Returns (dx, dw) of the shapes of x (N, R, C) and w (P, R).
    """
    ### BEGIN SOLUTION
    x, w = cache
    dx = w.T @ dout
    dw = np.sum(dout @ x.transpose(0, 2, 1), axis=0)
    return dx, dw
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mix_rows_backward", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(mix_rows_backward)

# %% [markdown]
# # Patient 4: the margins
#
# **Forward.** A signal of length $L$ gets `left` zeros in front and `right` zeros behind, so that
# $y_{n,\ \mathrm{left} + l} = x_{n l}$.
#
# **One entry first.** $x_{n l}$ appears in exactly one place of $y$, with factor 1. Its gradient is what
# arrives there: $g_{n,\ \mathrm{left} + l}$. The margins were constants; what arrives there is lost, and
# rightly so.


# %% nbgrader={"grade": false, "grade_id": "pad_ends_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
def pad_ends_forward(x, pad_param):
    """Zeros at both ends: x (N, L), pad_param {"left": a, "right": b}; out (N, a + L + b)."""
    out = np.pad(x, ((0, 0), (pad_param["left"], pad_param["right"])))
    return out, (x, pad_param)


def pad_ends_backward_broken(dout, cache):
    """Patient 4."""
    _, pad_param = cache
    a, b = pad_param["left"], pad_param["right"]
    return dout[:, a:-b]


# %%
lines = np.arange(8.0).reshape(2, 4)

# %% tags=["picture"]
pictures.clinic.examine(pad_ends_forward, pad_ends_backward_broken, lines, {"left": 1, "right": 2})

# %% tags=["picture"]
pictures.clinic.examine(pad_ends_forward, pad_ends_backward_broken, lines, {"left": 1, "right": 0})

# %% [markdown]
# **Diagnosis.** `a:-b` ends `b` before the end, but `-0` is `0`, and `a:0` ends before it began. The result
# is empty. This is the most frequent mistake that we know of: of 84 public convolution backward passes
# that we judged, 29 (35 %) cut their padding off this way. They were right wherever the usual test, with
# pad 1, looked. A slice that says **where it starts and how long it is** has no such exception.
#
# **Predict:** for which of (0, 0), (2, 0), (0, 2) does the broken code return the right shape?


# %% nbgrader={"grade": false, "grade_id": "pad_ends_backward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def pad_ends_backward(dout, cache):
    """Gradient of pad_ends_forward.

    dout: (N, left + L + right). cache: (x, pad_param); left and right may each be 0.
    Returns dx of the shape of x (N, L).
    """
    ### BEGIN SOLUTION
    x, pad_param = cache
    start = pad_param["left"]
    dx = dout[:, start : start + x.shape[1]]
    return dx
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "pad_ends_backward", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(pad_ends_backward)

# %% [markdown]
# **The prediction.** Only for (0, 2). With (0, 0) and with (2, 0) the slice ends at `-0`, which is the
# beginning.

# %% [markdown]
# # Patient 5: the one that remembers
#
# **Forward.** The same polynomial at every point: $y_n = \sum_k c_k\, x_n^{\,k}$.
#
# **One entry first.** $x_n$ appears in $y_n$ alone, with slope $\sum_{k \ge 1} k\, c_k\, x_n^{\,k-1}$. The
# coefficient $c_k$ appears in *every* $y_n$, with factor $x_n^{\,k}$, so
# $\partial L/\partial c_k = \sum_n g_n\, x_n^{\,k}$.


# %% nbgrader={"grade": false, "grade_id": "polynomial_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
def polynomial_forward(x, coefficients):
    """A polynomial at every point: x (N,), coefficients (K,), the constant first; out (N,)."""
    out = np.zeros(len(x))
    for k, coefficient in enumerate(coefficients):
        out += coefficient * x**k
    return out, (x, coefficients)


def polynomial_backward_broken(dout, cache, totals={}):  # noqa: B006
    """Patient 5."""
    x, coefficients = cache
    slope, total = 0, totals.setdefault(len(coefficients), np.zeros(len(coefficients)))
    for k, coefficient in enumerate(coefficients):
        total[k] += dout @ x**k
        slope = slope + (coefficient * k * x ** (k - 1) if k else 0)
    return slope * dout, total


# %%
points, cubic = np.array([0.5, 1.0, 2.0, 3.0]), np.array([1.0, 0.0, -2.0, 1.0])

# %% tags=["picture"]
pictures.clinic.examine(polynomial_forward, polynomial_backward_broken, points, cubic)

# %% tags=["picture"]
pictures.clinic.examine(polynomial_forward, polynomial_backward_broken, points, cubic, calls=2)

# %% [markdown]
# If this is the first time you ran these two cells, the first map is white. Run it again: it is not.
# (Run the cell with the `def` again, and it is white once more: a function that is made anew gets a new
# dictionary.)
#
# **Diagnosis.** The default value of an argument is made *once*, when `def` runs. Every call adds to the
# same dictionary. A global list, an attribute `self.grad` that nobody sets to zero, and a buffer that is
# reused "for speed" are the same disease. One public recurrent layer carries the gradient of the step
# before in an attribute: the next sequence is wrong unless somebody resets it.
#
# A gradient check calls the backward once. **No gradient check that calls once can see this bug.** To add
# gradients up over calls can be wanted (two uses of one layer). Then it is the caller who adds, or an
# object that says so.


# %% nbgrader={"grade": false, "grade_id": "polynomial_backward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def polynomial_backward(dout, cache):
    """Gradients of polynomial_forward.

    dout: (N,). cache: (x, coefficients) as given to the forward; x may hold zeros.
    Returns (dx, dcoefficients) of the shapes (N,) and (K,): fresh arrays in every call.
    """
    ### BEGIN SOLUTION
    x, coefficients = cache
    dx, dcoefficients = np.zeros(x.shape), np.zeros(coefficients.shape)
    for k in range(len(coefficients)):
        dcoefficients[k] = np.sum(dout * x**k)
    for k in range(1, len(coefficients)):
        dx += dout * k * coefficients[k] * x ** (k - 1)
    return dx, dcoefficients
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "polynomial_backward", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(polynomial_backward)

# %% [markdown]
# # Patient 6: the one that meddles
#
# **Forward.** A smooth gate, with one number $\beta_c$ for each column:
# $y_{n c} = x_{n c}\, s(\beta_c x_{n c})$ with $s(z) = 1/(1 + e^{-z})$.
#
# **One entry first.** $x_{n c}$ appears in $y_{n c}$ alone, $\beta_c$ in $y_{n c}$ for every row $n$. The
# derivative of $s$ is $s(1 - s)$. Write $s_{n c}$ for $s(\beta_c x_{n c})$; by the product rule and the chain
# rule
#
# $$ \frac{\partial L}{\partial x_{n c}} = g_{n c}\,\bigl(s_{n c} + x_{n c}\, \beta_c\, s_{n c} (1 - s_{n c})\bigr), \qquad
#    \frac{\partial L}{\partial \beta_c} = \sum_n g_{n c}\, x_{n c}^2\, s_{n c} (1 - s_{n c}). $$


# %% nbgrader={"grade": false, "grade_id": "swish_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
def swish_forward(x, beta):
    """A smooth gate: x (N, C), beta (C,); out (N, C)."""
    return x / (1 + np.exp(-beta * x)), (x, beta)


def swish_backward_broken(dout, cache):
    """Patient 6."""
    x, beta = cache
    gate = 1 / (1 + np.exp(-beta * x))
    dbeta = (x * x * gate * (1 - gate) * dout).sum(axis=0)
    dout *= gate + x * beta * gate * (1 - gate)
    beta -= 0.1 * dbeta
    return dout, dbeta


# %%
rows, beta = np.array([[0.5, -1.0], [2.0, 1.5], [-0.5, 3.0]]), np.array([1.0, 0.5])

# %% tags=["picture"]
pictures.clinic.examine(swish_forward, swish_backward_broken, rows, beta)

# %% tags=["picture"]
pictures.clinic.examine(swish_forward, swish_backward_broken, rows, beta, watch=True)

# %% [markdown]
# Both gradients are exact in its first call, and yet the layer is ill. **Diagnosis.** `*=` and `-=` on an array write *into*
# it. (1) `dout` belongs to the layer above, which may hand the same array to a second branch, as a
# residual connection does. That branch now gets something else. (2) The update of `beta` is hidden
# inside the backward. Whoever asks for gradients (a check, a second loss, an optimiser with momentum)
# changes the network by asking. (2) stands in a public convolution layer just so.
#
# The rule: **a backward returns gradients and changes nothing it was given.** Learning is the caller's
# decision.


# %% nbgrader={"grade": false, "grade_id": "swish_backward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def swish_backward(dout, cache):
    """Gradients of swish_forward.

    dout: (N, C). cache: (x, beta) as given to the forward.
    Returns (dx, dbeta) of the shapes (N, C) and (C,), and changes neither dout nor the cache.
    """
    ### BEGIN SOLUTION
    x, beta = cache
    s = 1 / (1 + np.exp(-beta * x))
    slope = s * (1 - s)
    dx = dout * (s + beta * x * slope)
    dbeta = np.sum(dout * x**2 * slope, axis=0)
    return dx, dbeta
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "swish_backward", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(swish_backward)

# %% [markdown]
# # Patient 7: the statistic
#
# **Forward.** Every row is divided by its length: $y_i = x_i / \rho$ with $\rho = \sqrt{\sum_k x_k^2}$.
#
# **One entry first.** $x_j$ reaches $y_i$ on two roads: directly, if $i = j$, and through $\rho$, always.
# With $\partial \rho / \partial x_j = x_j / \rho = y_j$,
#
# $$ \frac{\partial y_i}{\partial x_j} = \frac{[\,i = j\,]}{\rho} - \frac{x_i}{\rho^2}\, y_j
#    = \frac{[\,i = j\,] - y_i\, y_j}{\rho}. $$
#
# Now multiply by $g_i$ and sum over $i$. What remains of the second term is one number for each row,
# $\sum_i g_i y_i$. Write the result down before you go on.


# %% nbgrader={"grade": false, "grade_id": "unit_rows_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
def unit_rows_forward(x):
    """Rows of length one: x (N, D) without rows of zeros; out (N, D)."""
    out = x / np.linalg.norm(x, axis=1, keepdims=True)
    return out, (x, out)


def unit_rows_backward_broken(dout, cache):
    """Patient 7."""
    x, _ = cache
    return dout / np.linalg.norm(x, axis=1, keepdims=True)


# %%
vectors = np.array([[3.0, 4.0, 0.0], [1.0, 2.0, 2.0], [0.0, 0.0, 5.0]])

# %% tags=["picture"]
pictures.clinic.examine(unit_rows_forward, unit_rows_backward_broken, vectors)

# %% [markdown]
# **Diagnosis.** The norm was taken for a constant. Where is the map white, and why? (Entries of `x` that
# are 0 do not move the norm.) The same road is forgotten through means, variances, maxima that are
# subtracted, and every other number that a layer computes from its input.
#
# **A test that costs nothing.** If all of a row is multiplied by 2, `out` does not change. So moving along
# `x` itself changes nothing, and the right gradient is perpendicular to `x`: `np.sum(dx * x, axis=1)` is 0.
# The broken one is not.
#
# **For paper.** $x = (3, 4)$, $g = (5, 0)$. (Right: $y = (0.6, 0.8)$, $\sum g y = 3$, and
# $dx = ((5 - 1.8)/5,\ (0 - 2.4)/5) = (0.64, -0.48)$. Broken: $(1, 0)$.)


# %% nbgrader={"grade": false, "grade_id": "unit_rows_backward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def unit_rows_backward(dout, cache):
    """Gradient of unit_rows_forward.

    dout: (N, D). cache: (x, out), the input and the output of the forward; no row of x is zero.
    Returns dx of the shape of x (N, D).
    """
    ### BEGIN SOLUTION
    x, out = cache
    norm = np.sqrt(np.sum(x**2, axis=1, keepdims=True))
    along = np.sum(dout * out, axis=1, keepdims=True)
    dx = (dout - along * out) / norm
    return dx
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "unit_rows_backward", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(unit_rows_backward)

# %% [markdown]
# # Patient 8: the wrong way round
#
# **Forward.** A sum that slowly forgets: $y_t = x_t + \lambda\, y_{t-1}$ with $y_{-1} = 0$ and a number
# $\lambda$, the decay. Unrolled, $y_t = \sum_{s \le t} \lambda^{t-s} x_s$.
#
# **One entry first.** $x_s$ appears in $y_s, y_{s+1}, \dots$ and in none before. So
#
# $$ \frac{\partial L}{\partial x_s} = \sum_{t \ge s} \lambda^{t-s} g_t
#    = g_s + \lambda\, \frac{\partial L}{\partial x_{s+1}}. $$
#
# The last form is a recipe. It begins at the *last* step, where nothing comes after.


# %% nbgrader={"grade": false, "grade_id": "leaky_sum_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
def leaky_sum_forward(x, decay):
    """A sum over time that forgets: x (N, T), decay a number; out (N, T)."""
    out = x.copy()
    for t in range(1, x.shape[1]):
        out[:, t] += decay * out[:, t - 1]
    return out, (x, decay)


def leaky_sum_backward_broken(dout, cache):
    """Patient 8."""
    x, decay = cache
    dx = dout.copy()
    for t in range(1, x.shape[1]):
        dx[:, t] += decay * dx[:, t - 1]
    return dx


# %%
series = np.array([[1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 0.0, -1.0]])

# %% tags=["picture"]
pictures.clinic.examine(leaky_sum_forward, leaky_sum_backward_broken, series, 0.5)

# %% [markdown]
# **Diagnosis.** The Jacobian is a triangle: outputs depend on *earlier* inputs. Its transpose is the other
# triangle: gradients depend on *later* ones. The broken code multiplies by the Jacobian instead of by its
# transpose, which is patient 3 in disguise. Its cousin keeps the diagonal alone (`dx = dout`), as if the
# outputs were not coupled.
#
# **For paper.** $\lambda = 1/2$, $g = (8, 4, 2)$. (Right, from the end: $2$, then $4 + 1 = 5$, then
# $8 + 2.5 = 10.5$.)


# %% nbgrader={"grade": false, "grade_id": "leaky_sum_backward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def leaky_sum_backward(dout, cache):
    """Gradient of leaky_sum_forward.

    dout: (N, T). cache: (x, decay) as given to the forward.
    Returns dx of the shape of x (N, T).
    """
    ### BEGIN SOLUTION
    x, decay = cache
    dx = np.zeros(x.shape)
    carry = np.zeros(x.shape[0])
    for t in reversed(range(x.shape[1])):
        carry = dout[:, t] + decay * carry
        dx[:, t] = carry
    return dx
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "leaky_sum_backward", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(leaky_sum_backward)

# %% [markdown]
# # What goes wrong in practice
#
# We judged 91 public implementations of convolution and pooling layers, from 85 repositories, on more shapes
# than their authors had tried.
#
# | function | right everywhere | right on the usual square shapes only | wrong or crashes |
# |:--|--:|--:|--:|
# | convolution, backward (84 written) | 34 (40 %) | 42 (50 %) | 8 (10 %) |
# | max pooling, backward (80 written) | 36 (45 %) | 38 (47.5 %) | 6 (7.5 %) |
#
# Half of them look right and are not. The customary gradient cell of the best-known course accepts 79
# of the 84 convolution backward passes. The bug is not what these authors overlooked. They overlooked that
# **their test could not have seen it**:
#
# | patient | white map if | what shows it |
# |:--|:--|:--|
# | 1 repeated indices | no index repeats | repeat one |
# | 2 broadcasting | one place and shapes not compared | compare shapes; all sizes above 1 |
# | 3 transpose | symmetric; square hides the exception | sizes that differ |
# | 4 crop | right padding above 0 | padding 0 on the right |
# | 5 memory | a single call | call twice |
# | 6 meddling | only gradients are looked at | compare the arguments before and after |
# | 7 statistic | no whole map; single zeros of `x` | any generic input |
# | 8 order | one time step, or decay 0 | two steps or more, and a decay |
#
# An upstream gradient of ones hides more: every bug that moves entries of `dout` around, and every one that
# ignores it.

# %% [markdown]
# # Your own test
#
# The last layer is healthy, and its backward pass is given. Your patient is now the *test*.
#
# **Forward.** All squared distances between rows of `x` and rows of `centers`:
# $y_{n k} = \sum_d (x_{n d} - m_{k d})^2$. Each $x_{n d}$ meets every $k$, each $m_{k d}$ every $n$:
#
# $$ \frac{\partial L}{\partial x_{n d}} = \sum_k 2\, g_{n k} (x_{n d} - m_{k d}), \qquad
#    \frac{\partial L}{\partial m_{k d}} = -\sum_n 2\, g_{n k} (x_{n d} - m_{k d}). $$


# %% nbgrader={"grade": false, "grade_id": "distances_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
def distances_forward(x, centers):
    """Squared distances: x (N, D), centers (K, D); out (N, K)."""
    out = np.sum((x[:, None, :] - centers[None, :, :]) ** 2, axis=2)
    return out, (x, centers)


def distances_backward(dout, cache):
    """Gradients of distances_forward: (dx, dcenters)."""
    x, centers = cache
    share = 2 * dout[:, :, None] * (x[:, None, :] - centers[None, :, :])
    return np.sum(share, axis=1), -np.sum(share, axis=0)


# %% tags=["picture"]
four_rows = np.array([[3.0, 4.0, 0.0], [1.0, 2.0, 2.0], [0.0, 0.0, 5.0], [2.0, 1.0, 0.0]])
two_centers = np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 1.0]])
pictures.clinic.examine(distances_forward, distances_backward, four_rows, two_centers)

# %% [markdown]
# Write `my_test(forward, backward)`. It is given this forward and *some* backward for it, and says `True` if
# that backward is right, `False` if not. It makes its own inputs and its own `dout`.
#
# It will be tried on four right backward passes, written in different styles, and on eighteen wrong ones. Say
# `False` to a right one and it cost somebody an afternoon; say `True` to a wrong one and it was no test.
#
# **Steps.**
#
# 1. Choose `x` (N, D) and `centers` (K, D). Which of `N`, `K`, `D` may be equal? Which may be 1?
# 2. Choose `dout`. Why not ones?
# 3. Call the backward. Are there two gradients, and has each the shape of its input? Keep what comes back in one
#    variable first: `dx, dcenters = backward(dout, cache)` raises where only one array comes back. Your test must
#    answer `False`, not raise.
# 4. For each entry of each input: the central difference from the formula in "The instrument". Work on copies.
#    Take $h = 10^{-5}$: much smaller, and rounding takes over.
# 5. Compare **every** entry, up to rounding: to six digits or so, not exactly. `np.allclose` will do. If you write
#    the comparison yourself, see to it that `nan` fails: `nan > 1e-6` is `False`, and so is `nan <= 1e-6`.
# 6. Call it twice with the same arguments (patients 5 and 6): same answer? Are `dout` and the arrays in the cache
#    as before? Only copies can tell you.
#
# Styles differ: one returns an array in Fortran order, none returns exactly the same last digits.


# %% nbgrader={"grade": false, "grade_id": "my_test_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def my_test(forward, backward):
    """Tell whether backward is the backward pass of distances_forward.

    forward: called as forward(x, centers) with float arrays (N, D) and (K, D); returns
        (out, cache), out (N, K).
    backward: called as backward(dout, cache); a right one returns the tuple (dx, dcenters),
        in every call, and leaves dout and the cache as they were.
    Returns True or False, the same in every call. A wrong backward may return fewer arrays, or
    arrays of other shapes.
    """
    ### BEGIN SOLUTION
    random = np.random.default_rng(7)
    inputs = [random.normal(size=(3, 2)), random.normal(size=(4, 2))]
    out, cache = forward(*inputs)
    dout = random.normal(size=out.shape)
    before = [array.copy() for array in (dout, *cache)]
    backward(dout, cache)
    # The answer of a second call shows what the first one left behind.
    gradients = backward(dout, cache)
    if not all(map(np.array_equal, before, (dout, *cache))):
        return False
    if len(gradients) != 2:
        return False
    for place, gradient in enumerate(gradients):
        slopes = np.zeros(inputs[place].shape)
        for index in np.ndindex(slopes.shape):
            moved = [array.copy() for array in inputs]
            moved[place][index] += 1e-4
            above = np.sum(dout * forward(*moved)[0])
            moved[place][index] -= 2e-4
            below = np.sum(dout * forward(*moved)[0])
            slopes[index] = (above - below) / 2e-4
        if np.shape(gradient) != slopes.shape:
            return False
        if not np.allclose(gradient, slopes):
            return False
    return True
    ### END SOLUTION


# %% [markdown]
# Try it on the given backward first, then on one that you break yourself.


# %%
def broken_sign(dout, cache):
    """The sign of dcenters is wrong."""
    dx, dcenters = distances_backward(dout, cache)
    return dx, -dcenters


try:
    print("right one:", my_test(distances_forward, distances_backward), "(should be True)")
    print("wrong one:", my_test(distances_forward, broken_sign), "(should be False)")
except NotImplementedError:
    print("Not yet: write my_test above, then run this cell again.")


# %% nbgrader={"grade": true, "grade_id": "my_test", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(my_test)

# %% [markdown]
# **Which sizes matter?** Size 1 hides sums. With one row, a `dcenters` that forgot to sum over the rows is right;
# with one center, so is a `dx` that forgot the centers. `D` may be 1: no sum of the backward runs over $d$. Equal
# sizes hide axes that were exchanged, because the shapes fit; so let all three differ.

# %% [markdown]
# # Written question
#
# Answer in three to six sentences.
#
# (a) A colleague says: "My backward passes a gradient check with random inputs and a random upstream gradient.
# So it is right." Name two of the eight patients that pass such a check whatever the inputs are (the check works
# on copies, and calls the backward once), and say for each what has to be tested besides.
#
# (b) Patient 3 raised an exception for an oblong matrix and ran for a square one. Which of the two is the better
# test case, and why? Name one more patient for which a special size hides the bug.

# %% [markdown] nbgrader={"grade": true, "grade_id": "clinic_question", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# **Your answer**
#
# ### BEGIN SOLUTION
# *Model answer.* (a) Patient 5 (state that survives calls): the check calls the backward once, so call it twice
# and compare the answers. Patient 6 (dout and the cache are modified): the returned gradients are exact, so
# compare the arguments before and after the call. (b) Both are wanted, but a size that differs is better: an
# exception cannot be overlooked, while the square one may even be right, if the matrix is symmetric. Others:
# patient 4 (padding above 0 hides the empty slice), patient 2 (one place, or as many places as channels),
# patient 8 (one time step), patient 1 (no word repeats).
#
# *Marking guide.*
#
# - (a), 1 point: half a point for each of the two patients together with its test. Patient 1 or 4 named here gets
#   nothing: for them some input shows the bug.
# - (b), 1 point: half a point for the oblong one with a reason, half a point for another patient with its size.
#   "Both, because ..." with the reason is right, too.
# ### END SOLUTION

# %% [markdown]
# # Further reading
#
# - NumPy's page of `numpy.ufunc.at`, for what `+=` does to repeated indices.
# - The PyTorch notes *Extending PyTorch* and *Gradcheck mechanics*: what a library checks, and at which inputs.
# - The PyTorch note *Autograd mechanics*, on operations in place and how a library notices them.
# - A. Griewank and A. Walther, *Evaluating Derivatives* (SIAM, 2008), chapter 3: why the order of the steps turns
#   round.
# - S. Ioffe and C. Szegedy, *Batch normalization* (2015), arXiv:1502.03167: a layer whose backward goes through
#   two statistics.
