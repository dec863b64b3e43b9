# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 1 · Gradients, and how to check them
#
# **After this notebook you will be able to**
#
# - derive the backward pass of an affine layer and of ReLU from one entry, and write both;
# - measure any gradient by differences, with a step that is neither too large nor too small;
# - say how far two gradients are apart in a number that means something;
# - write a gradient checker that rejects wrong backward passes and accepts right ones, also where
#   gradients are exactly zero and where the forward has a corner;
# - say when such a check lies.
#
# You need the chain rule, matrix products, NumPy arrays, pencil and paper, and about 110 minutes.
# Run the cells in order. Where a cell says `# YOUR CODE HERE`, replace that line and the one below
# it by your own. `check(...)` tells you at once what is right and what is not; ask it as often as
# you like.

# %%
import numpy as np

from course_utils import check, pictures

# %% [markdown]
# ## Notation
#
# | written | in code | what it is | shape |
# |---|---|---|---|
# | $x$ | `x` | input of a layer | $(N, \dots)$ |
# | $w$, $b$ | `w`, `b` | weights and biases of the affine layer | $(D, M)$, `(M,)` |
# | $\mathrm{out}$ | `out` | output of a layer | $(N, M)$, or as `x` |
# | $L$ | | the loss: one number, computed by later layers, never seen here | |
# | $\mathrm{dout}$ | `dout` | $\partial L/\partial\,\mathrm{out}$, handed to us | as `out` |
# | $dx, dw, db$ | `dx`, `dw`, `db` | $\partial L/\partial x$, $\partial L/\partial w$, $\partial L/\partial b$ | as `x`, `w`, `b` |
# | $f$ | `f` | a function of one array, whose slopes we want | |
# | $h$ | `h` | the step of a difference | one small number |
# | $\varepsilon$ | | spacing of numbers just above 1: $2.2\cdot 10^{-16}$ in float64, $1.2\cdot 10^{-7}$ in float32 | |
#
# Indices: row $n$ of $N$, feature $d$ of $D$, unit $m$ of $M$. All count from 0. A forward pass returns
# `(out, cache)`; the cache is a tuple of what the backward pass will need. A backward pass is called
# as `backward(dout, cache)` and returns one gradient for each input, each with the shape of its
# input.

# %% [markdown]
# # Part I. Two layers
#
# ## The affine layer
#
# Every layer that is called *dense*, *linear* or *fully connected* is this one: each output is a
# weighted sum of all features of one row, plus a bias.
#
# $$\mathrm{out}[n, m] \;=\; b[m] + \sum_{d < D} x[n, d]\; w[d, m] . \tag{1}$$
#
# The next picture marks one weight, and everything that it meets.

# %% tags=["picture"]
pictures.gradient_checking.one_weight()

# %% [markdown]
# ## One entry first
#
# By the chain rule, for any single number $\theta$ among the entries of $x$, $w$ and $b$,
#
# $$\frac{\partial L}{\partial \theta} = \sum_{n, m} \mathrm{dout}[n, m]\;
#   \frac{\partial\,\mathrm{out}[n, m]}{\partial \theta} . \tag{2}$$
#
# Nobody writes all these derivatives down, for most of them are 0. We ask for one $\theta$ at a
# time: **which outputs is it in, and with which factor?**
#
# Take $\theta = w[d, m]$. In formula (1) it is in $\mathrm{out}[n, m]$ for every row $n$, with factor
# $x[n, d]$, and in no other output. So
#
# $$dw[d, m] = \sum_n x[n, d]\;\mathrm{dout}[n, m] . \tag{3}$$
#
# A matrix product sums over the *second* index of its left factor. Here the sum runs over the
# *first* index of $x$, so $x$ has to be transposed: $dw = x^\top\,\mathrm{dout}$.
#
# The bias $b[m]$ is in the same outputs with factor 1: $db[m] = \sum_n \mathrm{dout}[n, m]$. It was
# used in every row on the way forward, so it collects from every row on the way back.
#
# **Do this one yourself, on paper, before you go on:** $\theta = x[n, d]$. Which outputs is it in? With
# which factor? Over which index is summed, and which matrix has to be transposed?

# %% [markdown]
# <details><summary>Answer</summary>
#
# It is in <code>out[n, m]</code> for every unit m, with factor <code>w[d, m]</code>. So
# <code>dx[n, d]</code> is the sum over m of <code>dout[n, m] * w[d, m]</code>. That is the second index
# of w, where a product needs the first: <code>dout @ w.T</code>.
#
# </details>

# %% [markdown]
# ## More axes
#
# The rows of a batch are often images. Then `x` has shape $(N, d_1, \dots, d_k)$, and each `x[n]` is
# read as one row of $D = d_1 \cdots d_k$ numbers, the last axis running fastest. That changes
# nothing about the sums: the forward pass flattens `x`, the backward pass gives `dx` the shape of
# `x` again. `reshape` does both, and `-1` lets NumPy find the length:

# %%
images = np.arange(12).reshape(2, 3, 2)
print(images.reshape(2, -1))

# %% [markdown]
# ## Predict
#
# Before you write any code: `x` has shape `(5, 2, 3)`, and the layer has 4 units.
#
# 1. Which shapes have `w`, `b` and `out`?
# 2. Which shapes have `dx`, `dw` and `db`?
# 3. `dout` is all ones. What is `db`?
# 4. For which shapes of `w` does a forgotten transpose, `dout @ w`, run without an error?

# %% [markdown]
# *Your prediction (double-click to edit):*
#
# 1.
# 2.
# 3.
# 4.

# %% [markdown]
# <details><summary>Answers</summary>
#
# 1. D is 6: <code>(6, 4)</code>, <code>(4,)</code>, <code>(5, 4)</code>.
# 2. A gradient always has the shape of what it belongs to: <code>(5, 2, 3)</code>,
#    <code>(6, 4)</code>, <code>(4,)</code>.
# 3. 5 for each unit, the number of rows.
# 4. For square ones only, where D is M. There it runs, and is wrong: the worst kind of mistake.
#
# </details>

# %% [markdown]
# ## On paper
#
# $$x = \begin{pmatrix} 1 & 2 \\ 3 & -1 \end{pmatrix}, \quad
#   w = \begin{pmatrix} 2 & 0 & 1 \\ 1 & -1 & 3 \end{pmatrix}, \quad
#   b = (10, 20, 30), \quad
#   \mathrm{dout} = \begin{pmatrix} 1 & 0 & 2 \\ -1 & 1 & 0 \end{pmatrix}.$$
#
# The first entry of each result, in full:
#
# | entry | terms | value |
# |---|---|---|
# | `out[0, 0]` | $1\cdot 2 + 2\cdot 1 + 10$ | 14 |
# | `dx[0, 0]` | $1\cdot 2 + 0\cdot 0 + 2\cdot 1$ (row 0 of `dout` along row 0 of `w`) | 4 |
# | `dw[0, 0]` | $1\cdot 1 + 3\cdot(-1)$ (column 0 of `x` along column 0 of `dout`) | $-2$ |
# | `db[0]` | $1 + (-1)$ | 0 |
#
# **Your turn:** the others.
#
# <details><summary>Answer</summary>
#
# Rows of <code>out</code>: 14, 18, 37; then 15, 21, 30. Rows of <code>dx</code>: 4, 7; then -2, -2.
# Rows of <code>dw</code>: -2, 3, 2; then 3, -1, 4. <code>db</code>: 0, 1, 2.
#
# </details>

# %% [markdown]
# ## Step 1 of 3: one row, one unit (given)
#
# Formula (1) for a single row and a single unit, and its gradients. `attempt` shows what a function
# gives beside what it should give.


# %%
def unit(x, w, b):
    """Weighted sum of the features x (D,) with weights w (D,), plus the number b."""
    return x @ w + b


def unit_gradients(dout, x, w):
    """Return the gradients with respect to x (D,), w (D,) and b; dout is a number."""
    return dout * w, dout * x, dout


def attempt(function, *arguments, expect):
    """Call a function and say whether it returns what is expected."""
    try:
        found = function(*arguments)
    except NotImplementedError:
        print("not written yet")
        return
    right = np.shape(found) == np.shape(expect) and np.allclose(found, expect)
    print("right:" if right else f"not yet, expected\n{np.array(expect)}\nfound", found, sep="\n")


# %%
attempt(unit, np.array([1.0, 2.0]), np.array([2.0, 1.0]), 10.0, expect=14)

# %% [markdown]
# ## Step 2 of 3: several units (one blank)
#
# One row `x` of shape `(D,)`, now with weights `w` of shape `(D, M)`. The feature $d$ is in every unit,
# so its gradient is a sum over $m$. Complete it without a loop.


# %% nbgrader={"grade": false, "grade_id": "row_gradient_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def row_gradient(dout, w):
    """Return the gradient (D,) with respect to one row; dout is (M,), w is (D, M)."""
    ### BEGIN SOLUTION
    gradient = w @ dout
    ### END SOLUTION
    return gradient


# %%
paper_w = np.array([[2.0, 0.0, 1.0], [1.0, -1.0, 3.0]])
attempt(row_gradient, np.array([1.0, 0.0, 2.0]), paper_w, expect=[4, 7])

# %% [markdown]
# ## Step 3 of 3: several rows
#
# Rows do not mix: row $n$ of `dx` belongs to row $n$ of `dout`. Weights and biases are shared by
# all rows, so *their* gradients are sums over $n$. And `x` may have more axes than two. That is all
# that is missing.
#
# ## Exercise 1: `affine_forward` (2 points)


# %% nbgrader={"grade": false, "grade_id": "affine_forward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def affine_forward(x, w, b):
    """Weighted sums of the features of every row.

    x: N rows of any shape, (N, d_1, ..., d_k). w: weights, shape (D, M), where D is the product of
    d_1 to d_k. b: biases, shape (M,).

    Returns a pair. First the output, shape (N, M). Second the cache: a tuple of x (not flattened),
    w and b, in this order.

    Rules: x[n] is flattened with its last axis running fastest, as reshape does. x, w and b are
    not changed; x may hold whole numbers.
    """
    ### BEGIN SOLUTION
    rows = x.reshape(x.shape[0], -1)
    out = rows @ w + b
    cache = (x, w, b)
    return out, cache
    ### END SOLUTION


# %% [markdown]
# First the example that you worked on paper, then the judge. `check` shows a card with what passed
# and what failed, the worst entry, and where it is. A function that is not written yet counts as
# *not started*, not as wrong.
#
# If you are stuck, ask for more in a cell of your own: `check(affine_forward, hint=2)` asks you a
# question, `hint=3` shows the smallest failing case, `hint=4` names the mistake. Asking costs
# nothing.
#
# The cache is for your own backward. While that is not written, nobody can tell whether it holds enough:
# a flattened `x`, say, passes now, and is missed as soon as `dx` needs the shape of `x`.

# %%
paper_x = np.array([[1.0, 2.0], [3.0, -1.0]])
paper_b = np.array([10.0, 20.0, 30.0])
paper_dout = np.array([[1.0, 0.0, 2.0], [-1.0, 1.0, 0.0]])


attempt(lambda: affine_forward(paper_x, paper_w, paper_b)[0], expect=[[14, 18, 37], [15, 21, 30]])

# %% nbgrader={"grade": true, "grade_id": "affine_forward", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(affine_forward)

# %% [markdown]
# ## Exercise 2: `affine_backward` (3 points)


# %% nbgrader={"grade": false, "grade_id": "affine_backward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def affine_backward(dout, cache):
    """Return the gradients of an affine layer with respect to its input, weights and biases.

    dout: gradient of the loss with respect to the output, shape (N, M).
    cache: the second value that affine_forward returned.

    Returns three arrays: the gradients with respect to x, shape (N, d_1, ..., d_k), to w, shape
    (D, M), and to b, shape (M,).

    Rules: nothing is divided by N, no parameter is updated here, and dout and what the cache holds
    are not changed.
    """
    ### BEGIN SOLUTION
    x, w, b = cache
    rows = x.reshape(x.shape[0], -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout
    db = np.sum(dout, axis=0)
    return dx, dw, db
    ### END SOLUTION


# %%
def paper_gradient(place):
    """Return one of dx, dw, db (by its place) for the example on paper."""
    _, kept = affine_forward(paper_x, paper_w, paper_b)
    return affine_backward(paper_dout, kept)[place]


attempt(paper_gradient, 0, expect=[[4, 7], [-2, -2]])
attempt(paper_gradient, 1, expect=[[-2, 3, 2], [3, -1, 4]])
attempt(paper_gradient, 2, expect=[0, 1, 2])

# %% nbgrader={"grade": true, "grade_id": "affine_backward", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(affine_backward)

# %% [markdown]
# ## ReLU
#
# The *rectified linear unit* keeps what is positive and replaces the rest by 0. It works on every entry
# alone, whatever the shape of `x`:
#
# $$\mathrm{out}[i] = \max(x[i],\, 0) .$$
#
# **One entry.** $x[i]$ is in $\mathrm{out}[i]$ alone. The factor is 1 if $x[i] > 0$, and 0 if
# $x[i] < 0$. So ReLU lets `dout` pass where `x` was positive, and stops it where `x` was negative. What
# `dout` itself is does not matter for that.
#
# **And at 0?** There the graph has a corner. The slope on the left is 0, on the right 1; every number
# between is called a *subgradient*, and none is more right than another. Frameworks take 0, and so do
# we: **at exactly 0 the gradient is 0.** Keep the corner in mind, for it will come back in Part IV.

# %% tags=["picture"]
pictures.gradient_checking.corner()

# %% [markdown]
# **For paper.** $x = (2, -3, 0, 0.5)$ and $\mathrm{dout} = (-4, 5, 6, 0)$. What are `out` and `dx`?
#
# <details><summary>Answer</summary>
#
# <code>out</code> is (2, 0, 0, 0.5), <code>dx</code> is (-4, 0, 0, 0). The -4 passes, though it is
# negative; the last 0 is an upstream gradient that happens to be 0.
#
# </details>
#
# ## Exercises 3 and 4: `relu_forward` (1 point) and `relu_backward` (2 points)


# %% nbgrader={"grade": false, "grade_id": "relu_forward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def relu_forward(x):
    """Replace every negative entry by 0.

    x: an array of any shape. Returns a pair: an array of the shape of x, and the cache, the tuple
    (x,) that holds x alone.

    Rules: x is not changed.
    """
    ### BEGIN SOLUTION
    out = np.maximum(x, 0)
    cache = (x,)
    return out, cache
    ### END SOLUTION


# %% nbgrader={"grade": false, "grade_id": "relu_backward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def relu_backward(dout, cache):
    """Return the gradient of relu_forward with respect to its input.

    dout: gradient of the loss with respect to the output, of the shape of x.
    cache: the second value that relu_forward returned, the tuple (x,).

    Returns an array of the shape of x. Rules: where x is exactly 0 the gradient is 0. dout and x
    are not changed; x may hold whole numbers, the gradient need not.
    """
    ### BEGIN SOLUTION
    (x,) = cache
    dx = np.where(x > 0, dout, 0)
    return dx
    ### END SOLUTION


# %%
relu_x, relu_dout = np.array([2.0, -3.0, 0.0, 0.5]), np.array([-4.0, 5.0, 6.0, 0.0])
attempt(lambda: relu_forward(relu_x)[0], expect=[2, 0, 0, 0.5])
attempt(lambda: relu_backward(relu_dout, (relu_x,)), expect=[-4, 0, 0, 0])

# %% nbgrader={"grade": true, "grade_id": "relu_forward", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(relu_forward)

# %% nbgrader={"grade": true, "grade_id": "relu_backward", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(relu_backward)

# %% [markdown]
# # Part II. Measuring a slope
#
# `check` has just told you that your gradients are right. Who tells you when there is no `check`?
# A forward pass is usually easy to get right, and a slope can be *measured* with a forward pass alone.
#
# ## The picture
#
# Go a little to the right, look how much the function has grown, divide by the way you went. Or go
# a little to either side:

# %% tags=["picture"]
pictures.gradient_checking.secants()

# %% [markdown]
# ## One number first
#
# How far off is each of the two? Taylor's formula says
#
# $$f(x + h) = f(x) + h f'(x) + \tfrac{h^2}{2} f''(x) + \tfrac{h^3}{6} f'''(x) + \dots$$
#
# Subtract $f(x)$ and divide by $h$. The *forward difference* is off by a term with $h$:
#
# $$\frac{f(x + h) - f(x)}{h} = f'(x) + \tfrac{h}{2} f''(x) + \dots$$
#
# Write the same for $-h$ and subtract the two lines. Everything with an even power cancels. The *central
# difference* is off by a term with $h^2$ only:
#
# $$\frac{f(x + h) - f(x - h)}{2h} = f'(x) + \tfrac{h^2}{6} f'''(x) + \dots \tag{4}$$
#
# **For paper.** $f(x) = x^3$ at $x = 2$, where the slope is 12, with $h = 0.1$. You may use
# $2.1^3 = 9.261$ and $1.9^3 = 6.859$. How far off are the two?
#
# <details><summary>Answer</summary>
#
# Forward: (9.261 - 8) / 0.1 = 12.61, off by 0.61. Central: (9.261 - 6.859) / 0.2 = 12.01, off by 0.01,
# which is h squared. A function of degree two is differentiated exactly.
#
# </details>

# %% [markdown]
# ## Predict
#
# 1. The step of a forward difference is made 10 times smaller. How much smaller is its error? And that of
#    a central difference?
# 2. Then why not take $h = 10^{-13}$?
#
# Write your answers down before you run the picture.

# %% [markdown]
# *Your prediction (double-click to edit):*
#
# 1.
# 2.

# %% tags=["picture"]
pictures.gradient_checking.step_sizes()

# %% [markdown]
# Read it from right to left. At first a smaller step is better, 10 times for the forward and 100 times
# for the central difference: the slopes of the lines are 1 and 2. Then the lines turn round.
#
# **Why?** A computer rounds $f(x + h)$ and $f(x - h)$ to about $\varepsilon$ of their size. The two are
# almost equal, so the difference keeps the rounding and loses the digits. After the division
# by $h$ the error is about $\varepsilon |f| / h$: it *grows* as $h$ shrinks. The best step is where both
# errors are equal, $h^2 \approx \varepsilon / h$, so
#
# $$h \approx \varepsilon^{1/3} \approx 6\cdot 10^{-6} \text{ in float64}, \qquad
#   h \approx 5\cdot 10^{-3} \text{ in float32}.$$
#
# Hence the customary $h = 10^{-5}$, **and hence: check gradients in float64.** In float32 a
# central difference has six digits at best, and with $h = 10^{-5}$ two or three: look at the right panel.
#
# The third line, the *complex step*, subtracts nothing and never turns round. It is a bonus at the end.

# %% [markdown]
# ## Many numbers
#
# A layer takes an array and returns an array, of another shape perhaps. The loss is one number, and it
# changes by $\sum_j \mathrm{dout}[j]\,\Delta\mathrm{out}[j]$ when the output changes by a little. So, for
# one entry $x[i]$ at a time, while **all others stay where they are**,
#
# $$\frac{\partial L}{\partial x[i]} \;\approx\;
#   \frac{\sum_j \mathrm{dout}[j]\, f(x + h e_i)[j] - \sum_j \mathrm{dout}[j]\, f(x - h e_i)[j]}{2h} ,
#   \tag{5}$$
#
# where $e_i$ is 1 at entry $i$ and 0 elsewhere. The sum over $j$ runs over *all* entries of the output.

# %% [markdown]
# ## Step 1 of 3: one number (given)


# %%
def slope(f, x, h):
    """Central difference of a function of one number."""
    return (f(x + h) - f(x - h)) / (2 * h)


attempt(slope, lambda x: x**3, 2.0, 0.1, expect=12.01)

# %% [markdown]
# ## Step 2 of 3: a row, and a function that returns a number (one blank)
#
# `one` is a row with a step in a single place. What is missing is the slope in that place.


# %% nbgrader={"grade": false, "grade_id": "row_slopes_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def row_slopes(f, x, h):
    """Central differences (D,) of a function that takes a row x (D,) and returns a number."""
    slopes = np.zeros(len(x))
    for i in range(len(x)):
        one = np.zeros(len(x))
        one[i] = h
        ### BEGIN SOLUTION
        slopes[i] = (f(x + one) - f(x - one)) / (2 * h)
        ### END SOLUTION
    return slopes


# %%
attempt(row_slopes, lambda x: x[0] * x[1] ** 2, np.array([2.0, 3.0]), 0.5, expect=[9, 12])

# %% [markdown]
# ## Step 3 of 3: arrays
#
# `np.ndindex(x.shape)` counts through all indices of an array with any number of axes:

# %%
print(list(np.ndindex(2, 3)))

# %% [markdown]
# ## Exercise 5: `numerical_gradient` (4 points)
#
# Formula (5). Four things that have cost people an afternoon each:
#
# - **Put back what you moved.** If an entry stays moved, all later ones are measured somewhere else.
# - **Whole numbers cannot take a step.** `x[i] += 1e-5` on an array of integers changes nothing at all.
# - **`f` may reuse its output.** Some layers return the same array in every call, with new numbers in it.
#   Then the first result is gone after the second call, and the difference is 0.
# - **Use the `h` that you are given.**


# %% nbgrader={"grade": false, "grade_id": "numerical_gradient_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def numerical_gradient(f, x, dout, h):
    """Central differences of sum(f(x) * dout) with respect to every entry of x.

    f: called as f(z) with an array z of the shape of x; returns an array of any shape, without axes
        perhaps. It may return the same array in every call, with new numbers in it.
    x: an array of any shape, of whole numbers perhaps.
    dout: upstream gradient, of the shape of f(x). h: the step.

    Returns an array of the shape of x, in float64. x holds the same numbers afterwards.
    """
    ### BEGIN SOLUTION
    z = np.array(x, dtype=np.float64)
    gradient = np.zeros(z.shape)
    for index in np.ndindex(z.shape):
        middle = z[index]
        z[index] = middle + h
        above = np.sum(f(z) * dout)
        z[index] = middle - h
        below = np.sum(f(z) * dout)
        z[index] = middle
        gradient[index] = (above - below) / (2 * h)
    return gradient
    ### END SOLUTION


# %%
attempt(
    lambda: numerical_gradient(lambda z: z[0] * z, np.array([2.0, 3.0]), np.ones(2), 0.5),
    expect=[7, 2],
)

# %% nbgrader={"grade": true, "grade_id": "numerical_gradient", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(numerical_gradient)

# %% [markdown]
# ## Your function at work
#
# Your own differences of two functions, for every step from 1 down to $10^{-14}$: of your affine layer,
# and of tanh. *Why has one line a valley, and the other none?*

# %% tags=["picture"]
pictures.gradient_checking.own_steps(numerical_gradient, affine_forward)

# %% [markdown]
# The affine layer is *linear* in each of its inputs. Its third derivative is 0, so formula (4) is exact
# for every step, and only rounding is left: **the larger the step, the better.** The same holds for
# every convolution and every average pooling.

# %% [markdown]
# # Part III. How far is too far?
#
# Your backward pass says 0.3000000001 and the difference says 0.3. Is that right? And 300 against 301? An
# error means something only beside the size of what is measured.
#
# ## The customary way, and where it fails
#
# The customary error divides entry by entry, and takes the largest:
#
# $$\max_i \frac{|x_i - y_i|}{|x_i| + |y_i|} .$$
#
# *Both* arrays in the next cell come from right code. The gradient of the first entry is exactly 0, and
# the difference found 3e-12 there, which is rounding. **Predict the customary error before you run it.**

# %%
exact, measured = np.array([0.0, 2.0]), np.array([3e-12, 2.0])
print(np.max(np.abs(exact - measured) / (np.abs(exact) + np.abs(measured))))

# %% [markdown]
# 1 is the largest value that this error has: "nothing in common". A gradient that is exactly zero occurs
# all the time. Every entry that ReLU stops has one.
#
# It is not only the zeros. On *right* convolution code we saw the customary error reach 2.7e-8, because some
# entry happened to be small. A limit of 1e-8, which many notes recommend, fails such code.
#
# **The way out:** rounding errors do not care about the size of one entry; they come from sums of the size
# of the whole. So measure against the size of the whole, too:
#
# $$\mathrm{error}(x, y) = \frac{\max_i |x_i - y_i|}{\max_i |x_i| + \max_i |y_i|} . \tag{6}$$
#
# On the same convolutions this never exceeded 3e-11. It lies between 0 and 1, and it is 0 for equal arrays.
#
# **For paper.** What are both errors for $x = (3, -4, 0)$ and $y = (3, 4, 1)$? And for $x = (3, 4, 0)$ and
# the same $y$?
#
# <details><summary>Answer</summary>
#
# Formula (6) says 8/8 = 1, and so does the customary error. In the second case they differ: 1/8 against 1.
#
# </details>
#
# ## Exercise 6: `relative_error` (2 points)


# %% nbgrader={"grade": false, "grade_id": "relative_error_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def relative_error(x, y):
    """Return how far two arrays of one shape are apart, as a number from 0 to 1.

    The largest |x - y| of all entries, divided by the sum of the largest |x| and the largest |y|.
    0 for arrays that are equal, also if all their entries are 0; nan if any entry is nan. x and y
    are not changed.
    """
    ### BEGIN SOLUTION
    difference = np.max(np.abs(x - y))
    size = np.max(np.abs(x)) + np.max(np.abs(y))
    return difference / size if size != 0 else 0.0
    ### END SOLUTION


# %%
attempt(relative_error, np.array([3.0, 4.0, 0.0]), np.array([3.0, 4.0, 1.0]), expect=1 / 8)
attempt(relative_error, np.zeros(2), np.zeros(2), expect=0)
attempt(lambda: relative_error(np.array([1.0, np.nan]), np.ones(2)) <= 1e-6, expect=False)

# %% nbgrader={"grade": true, "grade_id": "relative_error", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(relative_error)

# %% [markdown]
# # Part IV. The checker
#
# Now put the tools together: a function that is given *any* layer, and says `True` if its backward pass is
# right and `False` if not. It will be tried on right and on wrong backward passes of three layers. To
# say `False` to a right one costs somebody an afternoon; to say `True` to a wrong one makes it useless.
#
# ## One input at a time (given)
#
# A layer has several inputs: `forward(x, w, b)`. `numerical_gradient` wants a function of one array. The
# next function makes one out of the other: all inputs stay fixed but the one in that place.


# %% nbgrader={"grade": false, "grade_id": "of_one_input_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
def of_one_input(forward, inputs, place):
    """The output of forward as a function of inputs[place] alone."""
    return lambda z: forward(*inputs[:place], z, *inputs[place + 1 :])[0]


# %%
attempt(
    lambda: numerical_gradient(
        of_one_input(affine_forward, (paper_x, paper_w, paper_b), 1), paper_w, paper_dout, 0.5
    ),
    expect=[[-2, 3, 2], [3, -1, 4]],
)

# %% [markdown]
# Compare that with `dw` of the example on paper: you have just checked a gradient.
#
# ## The random dout
#
# Which `dout` should a checker take? Ones are tempting. But with ones, a backward pass that ignores `dout`
# is right, and so is one that takes its entries in the wrong order. *Random numbers of both signs*
# hide nothing, or with probability zero. Draw them from a generator with a fixed seed,
# `np.random.default_rng(1).normal(size=out.shape)`, so that the checker says the same in every call.
#
# ## Corners
#
# **Predict:** $x = 0$, ReLU, $h = 10^{-5}$. What does a central difference give? What does your
# `relu_backward` give? Is one of the two wrong? Look at the picture of the corner again if you like.
#
# <details><summary>Answer</summary>
#
# One step up the output is h, one step down it is 0: the central difference is 1/2. Your backward gives 0.
# Neither is wrong: every slope from 0 to 1 is a subgradient. A checker that compares them rejects right
# code. The same happens at every entry that is closer to 0 than h.
#
# </details>
#
# So at a corner a checker has to look at both sides separately, and to accept **every slope between the
# two**.
#
# ## One side at a time (given)
#
# How to get one side from a tool that steps to both? Never let the function go below $x$: the function
# $z \mapsto f(\max(z, x))$ follows $f$ on the right and is flat on the left. Its central difference is
# $(f(x + h) - f(x)) / 2h$, **half** the slope on the right. The left side is the mirror image.


# %% nbgrader={"grade": false, "grade_id": "one_sided_gradients_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
def one_sided_gradients(f, x, dout, h):
    """Slopes of sum(f(x) * dout) on the left and on the right of every entry of x."""
    right = 2 * numerical_gradient(lambda z: f(np.maximum(z, x)), x, dout, h)
    left = 2 * numerical_gradient(lambda z: f(np.minimum(z, x)), x, dout, h)
    return left, right


# %% [markdown]
# Which of the two is the larger one? **Predict** for $|z|$ at 0, and for $-|z|$, a corner that points up.

# %%
attempt(
    lambda: one_sided_gradients(np.abs, np.array([0.0, 2.0]), np.ones(2), 0.5),
    expect=[[-1, 1], [1, 1]],
)
attempt(
    lambda: one_sided_gradients(lambda z: -np.abs(z), np.array([0.0, 2.0]), np.ones(2), 0.5),
    expect=[[1, -1], [-1, -1]],
)

# %% [markdown]
# Either may be: at a corner that points up, or under a negative `dout`, the slope on the left is the larger
# one. The lower and the upper end of "between" are `np.minimum(left, right)` and `np.maximum(left, right)`.
# (`np.clip` does not sort its limits. Where the lower one is above the upper one it returns the upper one.)
#
# ## A corner, or only a curve?
#
# Slopes on two sides differ at a curve, too, by about $h$ times the second derivative: nothing beside a
# slope of 1, everything beside a slope that is small itself. Take $f(z) = z^2$ at $z = 10^{-6}$. The slope
# is $2\cdot 10^{-6}$, the two sides say $-8\cdot 10^{-6}$ and $12\cdot 10^{-6}$, and a backward that returns 0
# lies between them. **So "between the two" is for corners only.** Anywhere else the gradient has to be
# the central difference, half way between the sides, which is right to about $h^2$.
#
# What tells one from the other? Make $h$ ten times smaller. At a curve the gap between the two sides
# becomes ten times smaller as well. At a corner it stays. (And next to a corner that only the larger step
# reaches, it vanishes.)


# %% nbgrader={"grade": false, "grade_id": "at_corner_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
def at_corner(gap, closer):
    """Tell for every entry whether it lies at a corner, or closer to one than the step.

    gap: the slope on the right minus that on the left. closer: the same with a step ten times smaller.
    """
    return np.abs(gap - 10 * closer) > np.abs(gap) / 2


# %% [markdown]
# Three entries: of $z^2$, of ReLU at 0, and of ReLU a little beside 0.

# %%
attempt(at_corner, np.array([2e-5, 1.0, 0.7]), np.array([2e-6, 1.0, 0.0]), expect=[0, 1, 1])

# %% [markdown]
# ## Gradients that are zero
#
# Subtract from each row its mean, after something was added to all of the row. What was added cancels out,
# so its gradient is exactly 0. The difference finds 1e-11 or so: rounding, not slope. Even formula (6)
# says 1 here, for there is nothing else to measure against.
#
# But we know how large rounding can be: about $\varepsilon \sum_j |\mathrm{out}[j]\,\mathrm{dout}[j]| / h$, as in
# Part II, and sums inside the layer may be larger than its output. So an error of up to
#
# $$\mathrm{noise} = 20\,\varepsilon \sum_j |\mathrm{out}[j]\;\mathrm{dout}[j]| \,/\, h \tag{7}$$
#
# proves nothing, and has to be allowed. Everything above is measured by formula (6).


# %% nbgrader={"grade": false, "grade_id": "rounding_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
def rounding(out, dout, h):
    """Formula (7): how far off a difference of sum(out * dout) may be by rounding alone."""
    return 20 * np.finfo(np.float64).eps * np.sum(np.abs(out * dout)) / h


# %% [markdown]
# For outputs of a few units this is some $10^{-9}$, far below any gradient that matters:

# %%
print(rounding(np.array([3.0, -2.0]), np.array([1.0, -1.0]), 1e-5))

# %% [markdown]
# ## Exercise 7: `gradient_check` (6 points)
#
# All tools lie ready: `of_one_input`, `one_sided_gradients`, `at_corner`, `rounding`, `relative_error`. What
# is left is to put them together.
#
# 1. Run the forward. Draw a random `dout` with the shape of `out`. Run the backward.
# 2. Are there as many gradients as inputs? Has each the shape of its input? If not: `False`.
# 3. For each input: the slopes on both sides, with $h = 10^{-5}$ and with $h / 10$.
# 4. What should the gradient be? The central difference, half of left plus right. At a corner: the number
#    between the two sides that is closest to the gradient, `np.clip(gradient, lower, upper)`. `np.where`
#    takes each entry from one or the other; call the result `nearest`.
# 5. How far is the gradient from `nearest`? Up to `rounding(out, dout, h)` is right; so is a relative error up
#    to 1e-6, which a backward pass in float32 needs. Everything else is `False`.
#
# **`nan` is never right.** But every comparison with `nan` is `False`: `nan > 1e-6`, and `nan <= 1e-6`, too.
# Ask whether the error is *small enough*, not whether it is *too large*.


# %% nbgrader={"grade": false, "grade_id": "gradient_check_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gradient_check(forward, backward, *inputs):
    """Tell whether backward is the backward pass of forward, at these inputs.

    forward: called as forward(*inputs); returns (out, cache).
    backward: called as backward(dout, cache); a right one returns a tuple with the gradient of each
        input, in their order. A wrong one may return fewer, or arrays of other shapes.
    inputs: float arrays. Entries may lie at a corner of the forward: there every slope between those
        of the two sides is right. Everywhere else only the slope itself is.

    Returns True or False, the same in every call. Gradients may be very small, very large, or
    exactly zero. Inputs hold the same numbers afterwards.
    """
    ### BEGIN SOLUTION
    h = 1e-5
    out, cache = forward(*inputs)
    dout = np.random.default_rng(1).normal(size=out.shape)
    gradients = backward(dout, cache)
    if len(gradients) != len(inputs):
        return False
    noise = rounding(out, dout, h)
    for place, gradient in enumerate(gradients):
        f = of_one_input(forward, inputs, place)
        left, right = one_sided_gradients(f, inputs[place], dout, h)
        if np.shape(gradient) != left.shape:
            return False
        near_left, near_right = one_sided_gradients(f, inputs[place], dout, h / 10)
        corner = at_corner(right - left, near_right - near_left)
        lower, upper = np.sort([left, right], axis=0)
        nearest = np.where(corner, np.clip(gradient, lower, upper), (left + right) / 2)
        far = np.max(np.abs(gradient - nearest))
        if not (far <= noise or relative_error(gradient, nearest) <= 1e-6):
            return False
    return True
    ### END SOLUTION


# %% [markdown]
# Try it on your own layers before you ask the judge, and on one that you break yourself: a test that
# has never said no proves nothing.


# %%
def relu_backward_as_tuple(dout, cache):
    """One gradient, as a tuple."""
    return (relu_backward(dout, cache),)


def broken_affine_backward(dout, cache):
    """The bias gets the gradient of the first row only."""
    dx, dw, _ = affine_backward(dout, cache)
    return dx, dw, dout[0]


try:
    given = paper_x, paper_w, paper_b
    print("affine:", gradient_check(affine_forward, affine_backward, *given), "(should be True)")
    at_a_corner = gradient_check(relu_forward, relu_backward_as_tuple, relu_x)
    print("ReLU, with a zero:", at_a_corner, "(should be True)")
    print("broken:", gradient_check(affine_forward, broken_affine_backward, *given), "(False)")
except NotImplementedError:
    print("Not yet: something that this needs is not written.")

# %% nbgrader={"grade": true, "grade_id": "gradient_check", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(gradient_check)

# %% [markdown]
# # What goes wrong in practice
#
# We ran 91 public implementations of convolution and pooling layers, from 85 repositories, against
# automatic differentiation. Of the 81 complete ones 16 are right everywhere. Most authors *had* checked their
# gradients: the check cell of the best-known course accepts 79 of the 84 convolution backward passes, and 34
# of the 84 are right on all shapes.
#
# So the arithmetic of a gradient check is the smaller problem. The larger one is **what it is run on**. A
# check says: at these inputs, for this `dout`, this backward fits this forward. It says nothing of other
# shapes.
#
# | mistake of the checker | what it does | what shows it |
# |---|---|---|
# | forward difference | error 1e-5 instead of 1e-10: right code fails, or the limit becomes lax | any curved function |
# | $h$ far too small ($10^{-13}$) | nothing but rounding | a right function |
# | float32 with $h = 10^{-5}$ | two or three digits are left | a right function |
# | an entry is not put back | later slopes belong to another point | a function that couples its entries |
# | `dout` of ones | does not see that `dout` is ignored or out of order | random `dout` |
# | mean, or sum, instead of the largest error | hides a single wrong entry | one wrong entry |
# | no absolute value | only errors of one sign are seen | errors of either sign |
# | shapes not compared | broadcasting makes `(1, N)` fit `(N,)` | an axis more |
# | `nan > limit` | `nan` passes | a `nan` |
# | absolute error only | small gradients always pass, large ones never | gradients of $10^{-7}$ |
# | relative error entry by entry | right zeros fail | an entry that is exactly 0 |
# | a limit of 5 percent | a factor that is nearly right passes | an entry that is off by 1 percent |
#
# You have met the judge's version of every line.

# %% [markdown]
# # In your own words (2 points)
#
# **When does a gradient check lie?** Answer in at most eight sentences.
#
# (a) Describe two situations in which a good checker (random `dout`, central differences, float64, the limits of
# this notebook) says `True` and the layer is wrong all the same. Say for each what would show it.
#
# (b) Describe two situations in which a customary checker (central differences, entry-by-entry relative
# error with a limit of 1e-8) says `False` and the backward pass is right. Say for each what you would change.

# %% [markdown] nbgrader={"grade": true, "grade_id": "when_a_check_lies", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# **Model answer.** (a) The forward is wrong as well: the check proves only that the two fit each other (zero is
# the exact gradient of zero), so the forward needs a test of its own against known results. The inputs hide
# the mistake: a square or symmetric weight matrix, one row, padding 1; other shapes, of which no two
# sizes coincide, show it. Further: a gradient that is carried over to the next call (call twice); an argument that
# is changed (compare before and after). (b) A gradient is exactly zero somewhere, and rounding makes the
# entry-by-entry error 1: measure against the size of the whole array. An input lies at a corner, or closer to it
# than h: move it away, or compare with both sides. Further: a step that is too small, or float32; a forward that is
# random, such as dropout: fix its seed.
#
# **Marking guide.** (a) 1 point: half a point for each situation *with* what shows it. "The limit is too lax" and
# "dout is ones" earn nothing, for the checker of the question has neither. (b) 1 point: half a point for each
# situation with a change that removes it. "Raise the limit" alone earns nothing for exact zeros: no limit below 1
# helps.
# ### END SOLUTION

# %% [markdown]
# # Bonus: two more ways to measure
#
# ## All entries at once (2 bonus points)
#
# `gradient_check` runs the forward eight times for every entry. For a layer with a million weights that is
# no check but a holiday. Measure the slope **along one direction** instead: move all inputs together, each
# by $t$ times a random array of its shape, $v_x$, $v_w$ and so on. By the chain rule the slope at $t = 0$ is
#
# $$\left.\frac{\mathrm{d}}{\mathrm{d}t}\, L(x + t v_x,\; w + t v_w,\, \dots)\right|_{t=0}
#   = \sum_i dx[i]\, v_x[i] + \sum_i dw[i]\, v_w[i] + \dots \tag{8}$$
#
# where $L = \sum_j \mathrm{out}[j]\,\mathrm{dout}[j]$ and every sum runs over all entries. The left side is
# measured by a central difference, with $t = h$ and $t = -h$. Two forward passes, whatever the size. Is that not too little? If any entry is wrong, the two sides of (8)
# differ, unless $v$ happens to be perpendicular to the error. A *Gaussian* direction is that with
# probability zero. Directions of ones, or of random signs, are not good enough: two errors of $+e$ and $-e$
# cancel, always for ones and half of the time for signs.
#
# On 44 wrong convolution backward passes one Gaussian direction found all 44. With 210 entries it took 0.09 ms
# where the check entry by entry took 20.7 ms. What it cannot do: say *which* entry is wrong, and deal with
# corners.


# %% nbgrader={"grade": false, "grade_id": "directional_check_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def directional_check(forward, backward, *inputs):
    """Tell whether backward is the backward pass of forward, along one random direction.

    Arguments and result are those of gradient_check. No input lies at a corner. The forward is
    called three times in all: for the cache, one step ahead, and one step behind.

    The two sides of formula (8) are compared with each other, the left one measured with h = 1e-5:
    right if they differ by no more than 1e-6 of the sum of |dx * v| over all entries of all inputs.
    (Not of the right side itself: its terms may cancel, and almost nothing is left by chance.)
    """
    ### BEGIN SOLUTION
    h = 1e-5
    random = np.random.default_rng(1)
    out, cache = forward(*inputs)
    dout = random.normal(size=out.shape)
    gradients = backward(dout, cache)
    if [np.shape(gradient) for gradient in gradients] != [np.shape(x) for x in inputs]:
        return False
    ways = [random.normal(size=np.shape(x)) for x in inputs]
    steps = [h * way for way in ways]
    ahead = forward(*map(np.add, inputs, steps))[0]
    behind = forward(*map(np.subtract, inputs, steps))[0]
    slope = np.sum((ahead - behind) * dout) / (2 * h)
    terms = list(map(np.multiply, gradients, ways))
    claimed = sum(np.sum(term) for term in terms)
    size = sum(np.sum(np.abs(term)) for term in terms)
    return np.abs(slope - claimed) <= 1e-6 * size
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "directional_check", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"] bonus=2
check(directional_check)

# %% [markdown]
# ## A step without a subtraction (1 bonus point)
#
# Take a step along the *imaginary* axis. Taylor's formula with $ih$ in place of $h$ reads
#
# $$f(x + ih) = f(x) + ih f'(x) - \tfrac{h^2}{2} f''(x) - \tfrac{ih^3}{6} f'''(x) + \dots ,$$
#
# so the imaginary part, divided by $h$, is $f'(x)$ up to $h^2$. Nothing is subtracted, so nothing cancels, and $h$
# may be as small as $10^{-30}$: the slope is exact to the last digit. That is the third line in the picture of
# Part II.
#
# The price: the whole forward has to work with complex numbers. `np.abs`, `np.maximum`, a comparison, a
# cast to float, and a buffer of floats all break it, some of them silently.


# %% nbgrader={"grade": false, "grade_id": "complex_step_gradient_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def complex_step_gradient(f, x, dout):
    """Slopes of sum(f(x) * dout) with respect to every entry of x, by the complex step.

    f: takes and returns complex arrays. x: real, of any shape, whole numbers perhaps. dout: real, of the
    shape of f(x). Returns a real array of the shape of x, right to the last digits; x is not changed.
    """
    ### BEGIN SOLUTION
    h = 1e-30
    z = np.array(x, dtype=np.complex128)
    gradient = np.zeros(z.shape)
    for index in np.ndindex(z.shape):
        middle = z[index]
        z[index] = middle + 1j * h
        gradient[index] = np.sum(f(z) * dout).imag / h
        z[index] = middle
    return gradient
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "complex_step_gradient", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"] bonus=1
check(complex_step_gradient)

# %% [markdown]
# # Further reading
#
# - [Neural networks, part 3](https://cs231n.github.io/neural-networks-3/), notes of Stanford's CS231n: the customary
#   advice on gradient checks, from which the names used here are known. Compare it with Part III.
# - The PyTorch note [*Gradcheck mechanics*](https://docs.pytorch.org/docs/stable/notes/gradcheck.html): what
#   a library checks, also for complex functions, and its fast mode, which is a directional check.
# - W. Squire and G. Trapp, *Using complex variables to estimate derivatives of real functions*, SIAM Review 40
#   (1998): two pages on the complex step.
# - N. Higham, *Accuracy and Stability of Numerical Algorithms* (SIAM, 2002), chapter 1: why subtraction loses
#   digits.
# - A. Griewank and A. Walther, *Evaluating Derivatives* (SIAM, 2008): how derivatives are computed without
#   differences.
