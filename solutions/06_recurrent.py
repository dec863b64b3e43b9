# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 6. Recurrent networks: gradients through time
#
# A recurrent network reads a sequence one step at a time and keeps a *state*: what it remembers of
# all steps so far. The same small layer is used at every step, with the same weights. Its backward
# pass runs through the steps in the other direction, and at each step two gradients meet. This is
# called *backpropagation through time*.
#
# **What you will be able to do**
#
# - derive the gradients of one recurrent step, for one entry first and then as matrix products;
# - carry a gradient from the last step to the first, and add what arrives at each step on the way;
# - write both passes in NumPy, for one step and for whole sequences;
# - say why gradients fade or explode over time, and measure it with your own functions;
# - say what has to be forgotten between two sequences, and where.
#
# You need matrix products, the chain rule and the idea of a backward pass. Plan 100 minutes, and about
# 40 more for the two optional parts at the end. There are four graded functions and one written
# question. `check(...)` may be asked as often as you like.

# %% [markdown]
# ## Notation card
#
# | on paper | in code | meaning |
# |:--|:--|:--|
# | $N, T, D, H$ | `x.shape`, `h.shape` | how many sequences, steps, numbers of an input, numbers of a state |
# | $x_t$ | `x[:, t]`, of `x (N, T, D)` | step $t$ of $N$ sequences, $D$ numbers each; $t = 0, \dots, T-1$ |
# | $h_t$ | `h[:, t]`, of `h (N, T, H)` | the state after step $t$: $H$ numbers for each sequence |
# | $h_{-1}$ | `h0 (N, H)` | the state that step 0 starts from. It is **not** `h[:, 0]` |
# | $W^x$ | `Wx (D, H)` | weights from input to state |
# | $W^h$ | `Wh (H, H)` | weights from the last state to the next |
# | $b$ | `b (H,)` | the bias |
# | $h^{\text{prev}}, h^{\text{next}}$ | `prev_h`, `next_h (N, H)` | the states before and after *one* step |
# | $a_t$ | | the sum inside the tanh, so that $h_t = \tanh a_t$ |
# | $L$ | | the loss: one number, computed by later layers, never seen here |
# | | `dh[:, t]`, or `dh_out` | the gradient that arrives at $h_t$ **from above**: from layers that read $h_t$ |
# | | `dh_carry` | the gradient that arrives at $h_t$ **from the next step**, which read $h_t$, too |
# | $G_t$ | `whole` | the whole gradient at $h_t$: both together |
# | $\delta_t = \partial L / \partial a_t$ | `da (N, H)` | the gradient inside the tanh |
# | $\partial L/\partial x$ | `dx`, shape of `x` | what the backward returns; likewise `dh0`, `dWx`, `dWh`, `db` |
#
# Indices: sequence $n$, step $t$, input number $d$, state numbers $j$ and $k$. All count from 0. The raised
# $x$ and $h$ of $W^x$ and $W^h$ are names and no powers; a raised $\top$ transposes.

# %%
import numpy as np

from course_utils import check, pictures

# %% [markdown]
# # Part I. One step
#
# ## Forward
#
# The step takes an input and a state and makes the next state:
#
# $$ a_{nk} = \sum_d x_{nd}\, W^x_{dk} + \sum_j h^{\text{prev}}_{nj}\, W^h_{jk} + b_k,
#    \qquad h^{\text{next}}_{nk} = \tanh a_{nk}. $$
#
# Both sums run over the *first* index of a matrix, so they are products from the right:
# `x @ Wx` and `prev_h @ Wh`. The bias is the same for every sequence.
#
# $\tanh$ maps all numbers into $(-1, 1)$. It is steep around 0 and flat far out, where the unit is
# said to be *saturated*.

# %% [markdown]
# ## Exercise 1: one step, forward
#
# - NumPy has the function: `np.tanh`. One that you build from exponentials overflows for large sums.
# - The `cache` is what the backward of this step will need. Read "Backward, one entry first" below
#   before you decide what that is, or take what the docstring proposes.
# - Leave the arguments as you found them.


# %% nbgrader={"grade": false, "grade_id": "rnn_step_forward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """One step of a recurrent network.

    Arguments:
        x: array of shape (N, D), the input of this step; floats or integers.
        prev_h: array of shape (N, H), the state before this step; floats or integers.
        Wx, Wh, b: float arrays of shapes (D, H), (H, H) and (H,).

    Returns (next_h, cache):
        next_h: float array of shape (N, H), the state after this step.
        cache: the tuple (x, prev_h, Wx, Wh, next_h). Another cache will do, if your
            rnn_step_backward can work with both.
    """
    ### BEGIN SOLUTION
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    cache = (x, prev_h, Wx, Wh, next_h)
    return next_h, cache
    ### END SOLUTION


# %% [markdown]
# For the small examples of this notebook, `attempt` prints what your function gives beside what it
# should give.


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
# One sequence, two inputs, two state numbers. The sums are $\ln 2$ and $\ln 3$, and it is a happy
# accident of the tanh that $\tanh(\ln 2) = 3/5$ and $\tanh(\ln 3) = 4/5$. You will meet these two again.

# %%
paper_x, paper_prev_h = np.array([[2.0, -1.0]]), np.array([[0.5, 0.0]])
paper_wx, paper_wh = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.0, 1.0], [2.0, 3.0]])
paper_b = np.log([2.0, 3.0]) - paper_x[0] @ paper_wx - paper_prev_h[0] @ paper_wh
attempt(
    lambda: rnn_step_forward(paper_x, paper_prev_h, paper_wx, paper_wh, paper_b)[0],
    expected=[[0.6, 0.8]],
)

# %% nbgrader={"grade": true, "grade_id": "rnn_step_forward", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(rnn_step_forward)

# %% [markdown]
# ## Backward, one entry first
#
# Given is `dnext_h`, the gradient $\partial L/\partial h^{\text{next}}_{nk}$ of every number of the new
# state.
#
# **Through the tanh.** Each $a_{nk}$ reaches exactly one number, $h^{\text{next}}_{nk}$. With
# $\tanh' = 1 - \tanh^2$,
#
# $$ \delta_{nk} = \frac{\partial L}{\partial a_{nk}}
#    = \frac{\partial L}{\partial h^{\text{next}}_{nk}}\,\bigl(1 - (h^{\text{next}}_{nk})^2\bigr). $$
#
# The slope is expressed by the *output* of the step. So there is no need to compute the sum again:
# the cache holds `next_h`. (Not $1 - a^2$. That is a popular slip.)
#
# **One entry of the state before.** $h^{\text{prev}}_{nj}$ appears in $a_{nk}$ for every $k$, with the
# factor $W^h_{jk}$. The chain rule adds over all of them:
#
# $$ \frac{\partial L}{\partial h^{\text{prev}}_{nj}} = \sum_k \delta_{nk}\, W^h_{jk}
#    = \sum_k \delta_{nk}\, (W^{h\top})_{kj}. $$
#
# Forward the sum ran over the first index of $W^h$. Now it runs over the **second**, hence the
# transpose: `da @ Wh.T`. And mind: `Wh` is square, so `da @ Wh` runs just as well and is wrong. No
# exception will ever tell you.
#
# **One entry of a weight.** $W^h_{jk}$ appears in $a_{nk}$ for every sequence $n$, with the factor
# $h^{\text{prev}}_{nj}$:
#
# $$ \frac{\partial L}{\partial W^h_{jk}} = \sum_n h^{\text{prev}}_{nj}\, \delta_{nk}
#    = \sum_n (h^{\text{prev}\,\top})_{jn}\, \delta_{nk}. $$
#
# **The bias.** $b_k$ appears in $a_{nk}$ for every $n$, with the factor 1. What is broadcast forward
# is summed backward.
#
# Derive $\partial L/\partial x_{nd}$ and $\partial L/\partial W^x_{dk}$ yourself. They are the same two
# formulas with other letters.

# %% [markdown]
# ## On paper
#
# The step from above: $h^{\text{next}} = (0.6,\ 0.8)$, and from above arrives $(25,\ 50)$.
#
# 1. The slopes are $1 - 0.36 = 0.64$ and $1 - 0.64 = 0.36$. What is $\delta$?
# 2. Fill in the question marks, with $W^h = \begin{pmatrix} 0 & 1 \\ 2 & 3 \end{pmatrix}$,
#    $W^x = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$, $h^{\text{prev}} = (0.5,\ 0)$ and $x = (2, -1)$.
#
# | gradient of | as a sum | value |
# |:--|:--|--:|
# | $h^{\text{prev}}_0$ | $\delta_0 \cdot 0 + \delta_1 \cdot 1$ | ? |
# | $h^{\text{prev}}_1$ | $\delta_0 \cdot 2 + \delta_1 \cdot 3$ | ? |
# | $x_0$ | ? | ? |
# | $W^h_{01}$ | $h^{\text{prev}}_0\, \delta_1$ | ? |
# | $W^x_{10}$ | ? | ? |
#
# The next cells have the answers, so write yours down first. Which entries of $\partial L/\partial W^h$
# are zero, and why?

# %% [markdown]
# ## Exercise 2: one step, backward
#
# - Compute `da` first. Everything else is made of it.
# - Five lines follow. Check each by its shape: a gradient has the shape of what it belongs to.
# - `dnext_h` and the cache belong to the caller. Do not write into them.


# %% nbgrader={"grade": false, "grade_id": "rnn_step_backward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rnn_step_backward(dnext_h, cache):
    """Gradients of one recurrent step.

    Arguments:
        dnext_h: float array of shape (N, H), the gradient of the loss with respect to next_h.
        cache: the tuple (x, prev_h, Wx, Wh, next_h), of shapes (N, D), (N, H), (D, H), (H, H)
            and (N, H), or whatever your rnn_step_forward returned.

    Returns (dx, dprev_h, dWx, dWh, db), float arrays of shapes (N, D), (N, H), (D, H), (H, H)
    and (H,).
    """
    ### BEGIN SOLUTION
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h**2)
    dx = da @ Wx.T
    dprev_h = da @ Wh.T
    dWx = x.T @ da
    dWh = prev_h.T @ da
    db = np.sum(da, axis=0)
    return dx, dprev_h, dWx, dWh, db
    ### END SOLUTION


# %%
def paper_step():
    """The five gradients of the paper example, after a forward pass."""
    _, kept = rnn_step_forward(paper_x, paper_prev_h, paper_wx, paper_wh, paper_b)
    return rnn_step_backward(np.array([[25.0, 50.0]]), kept)


attempt(lambda: paper_step()[0], expected=[[52, 120]])
attempt(lambda: paper_step()[1], expected=[[18, 86]])
attempt(lambda: paper_step()[2], expected=[[32, 36], [-16, -18]])
attempt(lambda: paper_step()[3], expected=[[8, 9], [0, 0]])
attempt(lambda: paper_step()[4], expected=[16, 18])

# %% [markdown]
# Row 1 of $\partial L/\partial W^h$ is zero. Its entries are $h^{\text{prev}}_1\,\delta_k$, and
# $h^{\text{prev}}_1 = 0$: a weight that was multiplied by 0 moves nothing.

# %% nbgrader={"grade": true, "grade_id": "rnn_step_backward", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(rnn_step_backward)

# %% [markdown]
# # Part II. Through time
#
# ## The picture
#
# Written out in time, the network is a chain of equal steps. Each state is read **twice**: by the layers
# above, and by the next step. Press *Next* and follow the gradients back.

# %% tags=["picture"]
pictures.recurrent.unrolled()

# %% [markdown]
# ## Forward
#
# $$ h_t = \tanh\bigl(x_t W^x + h_{t-1} W^h + b\bigr), \qquad t = 0, 1, \dots, T-1, $$
#
# beginning with $h_{-1}$, which is `h0`. A state needs the one before it, so there must be a loop over
# $t$. There need be none over sequences or numbers: a step does all of them at once.

# %% [markdown]
# ## Backward, one state first
#
# `dh[:, t]` is what the layers above say about $h_t$, as if nobody else had read it. But step $t+1$
# read it as well. Let $G_t$ be the whole gradient of the loss with respect to $h_t$. The chain rule adds over
# both readers:
#
# $$ G_t = \underbrace{\texttt{dh[:, t]}}_{\text{from above}}
#        + \underbrace{\delta_{t+1}\, W^{h\top}}_{\text{from the next step}},
#    \qquad \delta_t = G_t \odot (1 - h_t^2), $$
#
# where $\odot$ multiplies entry by entry. The second part is the gradient with respect to `prev_h` that your
# `rnn_step_backward` returned **for step $t+1$**. We call it `dh_carry`, since it is carried over.
#
# - After the last step there is none: `dh_carry` **begins with zeros**, anew for every sequence.
# - $G_t$ needs $\delta_{t+1}$. So the loop runs **from the last step to the first**.
# - What is carried out of step 0 belongs to $h_{-1}$. It is the gradient `dh0`.
#
# **The weights.** There is one $W^h$, and every step uses it. What is used several times collects its
# gradients: they are **added up** over all steps. The same holds for $W^x$ and $b$:
#
# $$ \frac{\partial L}{\partial W^h} = \sum_{t=0}^{T-1} h_{t-1}^\top\, \delta_t, \qquad
#    \frac{\partial L}{\partial W^x} = \sum_{t=0}^{T-1} x_t^\top\, \delta_t, \qquad
#    \frac{\partial L}{\partial b} = \sum_{t=0}^{T-1} \sum_n \delta_{t, n}. $$
#
# Every $x_t$, on the other hand, is used by one step alone.

# %% [markdown]
# ## Predict before you code
#
# Write your answers into the next cell. Nobody grades them, but you will meet each of them again.
#
# 1. `x` has shape `(2, 5, 3)` and `h` has shape `(2, 5, 4)`. Which shapes have `dh`, `dx`, `dh0`, `dWx`, `dWh`
#    and `db`?
# 2. Only the **last** state is used: `dh` is zero except in `dh[:, -1]`. In which steps is `dx` not zero?
# 3. Only the **first** state is used: `dh` is zero except in `dh[:, 0]`. In which steps is `dx` not zero?
#    Is `dWh` zero?
# 4. One state number, $W^h = 0.5$. By how much can $h_{10}$ change at most when $h_0$ changes by a tiny
#    $\varepsilon$?

# %% [markdown]
# *My predictions (double-click to edit):*
#
# 1. ...
# 2. ...
# 3. ...
# 4. ...

# %% [markdown]
# ## A worked example for paper
#
# One sequence, one input, one state number, three steps. $W^x = 2$, $W^h = 0.5$, and the states are
# $h_{-1} = 0.5$ and then $0.6,\ 0.8,\ 0$. From above arrive $8,\ 20,\ 10$. The backward pass begins at the
# bottom of this table. Its last row and half of the next are done.
#
# | $t$ | from above | `dh_carry` | $G_t$ | $1 - h_t^2$ | $\delta_t$ | carried on |
# |--:|--:|--:|--:|--:|--:|--:|
# | 0 | 8 | ? | ? | 0.64 | ? | ? |
# | 1 | 20 | 5 | 25 | 0.36 | ? | ? |
# | 2 | 10 | 0 | 10 | 1 | 10 | $10 \cdot 0.5 = 5$ |
#
# Then:
#
# - `dx` is $\delta_t W^x$ for each step. What are its three numbers?
# - `db` is the sum of all $\delta_t$.
# - `dWh` is $h_{-1}\delta_0 + h_0 \delta_1 + h_1 \delta_2$. Mind the shift: $\delta_t$ goes with the state
#   **before** step $t$.
# - Which number of the table is `dh0`?

# %% [markdown]
# The answers: $\delta = (8,\ 9,\ 10)$, so `dx` is $(16, 18, 20)$ and `db` is 27. `dWh` is
# $0.5 \cdot 8 + 0.6 \cdot 9 + 0.8 \cdot 10 = 17.4$. What is carried out of step 0, $8 \cdot 0.5 = 4$, is `dh0`.
#
# Somebody who forgets `dh_carry` finds $\delta = (5.12,\ 7.2,\ 10)$. The last step is right. The further back, the
# more is missing.

# %% [markdown]
# ## Step by step: a chain of single numbers
#
# All of this fits into a network with one state number: $h_t = \tanh(x_t + u\, h_{t-1})$ with a single weight
# $u$. Its forward pass is given. Read it, and say what `prev` is in the first round.


# %%
def chain_forward(x, h0, u):
    """h[t] = tanh(x[t] + u * h[t - 1]): x (T,), numbers h0 and u; returns h (T,)."""
    h = np.zeros(len(x))
    prev = h0
    for t in range(len(x)):
        h[t] = np.tanh(x[t] + u * prev)
        prev = h[t]
    return h


chain_x = np.arctanh([0.6, 0.8, 0.0]) - 0.5 * np.array([0.5, 0.6, 0.8])
chain_h = chain_forward(chain_x, h0=0.5, u=0.5)
print(np.round(chain_h, 3) + 0.0)

# %% [markdown]
# ### Step 1: one blank
#
# The backward pass of `x` and `h0`. Everything is there, except the line that makes `whole`, the whole
# gradient $G_t$ of `h[t]`. Which two numbers meet here?
#
# In this chain `x[t]` is added inside the tanh as it is, as if $W^x$ were 1. So `dx[t]` and $\delta_t$ are
# the same number, and what is carried on is that number times $u$.


# %% nbgrader={"grade": false, "grade_id": "chain_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def chain_backward(dh, h, u):
    """Gradients of chain_forward: dh (T,) and h (T,) give dx (T,) and the number dh0."""
    dx = np.zeros(len(h))
    carry = 0.0
    for t in reversed(range(len(h))):
        ### BEGIN SOLUTION
        whole = dh[t] + carry
        ### END SOLUTION
        dx[t] = whole * (1 - h[t] ** 2)
        carry = dx[t] * u
    return dx, carry


# %%
attempt(lambda: chain_backward([8, 20, 10], chain_h, 0.5)[0], expected=[8, 9, 10])
attempt(lambda: chain_backward([8, 20, 10], chain_h, 0.5)[1], expected=4)

# %% [markdown]
# ### Step 2: the weight
#
# The gradient of $u$ collects a share from every step. `dx[t]` is $\delta_t$ here. Which state goes with it,
# and which one in step 0?


# %% nbgrader={"grade": false, "grade_id": "chain_weight", "locked": false, "schema_version": 3, "solution": true, "task": false}
def chain_weight(dh, h, h0, u):
    """Gradient of chain_forward with respect to u, a number."""
    dx, _ = chain_backward(dh, h, u)
    du = 0.0
    for t in range(len(h)):
        ### BEGIN SOLUTION
        before = h[t - 1] if t > 0 else h0
        du += before * dx[t]
        ### END SOLUTION
    return du


# %%
attempt(lambda: chain_weight([8, 20, 10], chain_h, 0.5, 0.5), expected=17.4)

# %% [markdown]
# If you see 13.4, the share of step 0 is missing. Or it was made with `h[t - 1]`, which looks innocent: for `t = 0` NumPy
# reads `h[-1]`, the **last** state, without a word, and that is 0 here. If you see 12, each step was given the state that
# it *made* instead of the state that it *read*.
#
# ### Step 3: two predictions
#
# The chain answers predictions 2 and 3 at once. Were you right?

# %%
attempt(lambda: chain_backward([0, 0, 10], chain_h, 0.5)[0], expected=[0.576, 1.8, 10])
attempt(lambda: chain_backward([10, 0, 0], chain_h, 0.5)[0], expected=[6.4, 0, 0])

# %% [markdown]
# The loss at the end reaches every step, and fades on the way. The loss at the beginning reaches the first step
# alone: no later input can influence an earlier state. The gradient of the weight is not zero even then, for step 0
# used the weight, too, with `h0`. (It is zero if `h0` is: then the weight was multiplied by 0.)

# %% [markdown]
# ## Exercise 3: whole sequences, forward
#
# - Call `rnn_step_forward` once for each step.
# - The first step starts from `h0`, not from zeros.
# - The docstring proposes a cache. The list of the caches of your steps is as good. So is any other, as long
#   as your own backward can work with it.


# %% nbgrader={"grade": false, "grade_id": "rnn_forward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rnn_forward(x, h0, Wx, Wh, b):
    """A recurrent network over whole sequences.

    Arguments:
        x: array of shape (N, T, D), floats or integers; T is 1 or more.
        h0: array of shape (N, H), the state before the first step; floats or integers.
        Wx, Wh, b: float arrays of shapes (D, H), (H, H) and (H,).

    Returns (h, cache):
        h: float array of shape (N, T, H); h[:, t] is the state after step t.
        cache: the tuple (x, h0, Wx, Wh, h), or another form that your rnn_backward knows.
    """
    ### BEGIN SOLUTION
    N, T, _ = x.shape
    h = np.zeros((N, T, Wh.shape[0]))
    prev_h = h0
    for t in range(T):
        prev_h, _ = rnn_step_forward(x[:, t], prev_h, Wx, Wh, b)
        h[:, t] = prev_h
    cache = (x, h0, Wx, Wh, h)
    return h, cache
    ### END SOLUTION


# %% [markdown]
# The paper example again, now as a batch of one sequence with one input and one state number.

# %%
sequence_x = chain_x.reshape(1, 3, 1) / 2
sequence_h0, sequence_wx, sequence_wh = np.array([[0.5]]), np.array([[2.0]]), np.array([[0.5]])
attempt(
    lambda: rnn_forward(sequence_x, sequence_h0, sequence_wx, sequence_wh, np.zeros(1))[0],
    expected=[[[0.6], [0.8], [0.0]]],
)

# %% nbgrader={"grade": true, "grade_id": "rnn_forward", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(rnn_forward)

# %% [markdown]
# ## Exercise 4: whole sequences, backward
#
# Your chain, with matrices. Each round of the loop calls `rnn_step_backward` once.
#
# - What is handed to the step is the *whole* gradient of `h[:, t]`. Make it without writing into `dh`.
# - The step needs the cache of step $t$. From the cache of the docstring it is put together: the input of the step,
#   the state **before** it (`h[:, t - 1]`, or `h0`), and the state **after** it.
# - Three gradients are added up over the steps, one is filled in step by step, one is carried.
# - `dx` and the sums are fresh arrays of floats in every call, whatever `x` is.


# %% nbgrader={"grade": false, "grade_id": "rnn_backward_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rnn_backward(dh, cache):
    """Gradients of a recurrent network: backpropagation through time.

    Arguments:
        dh: float array of shape (N, T, H); dh[:, t] is the gradient that arrives at h[:, t] from
            above. What arrives from the next step is not in it.
        cache: the tuple (x, h0, Wx, Wh, h), of shapes (N, T, D), (N, H), (D, H), (H, H) and
            (N, T, H), or whatever your rnn_forward returned.

    Returns (dx, dh0, dWx, dWh, db), float arrays of shapes (N, T, D), (N, H), (D, H), (H, H)
    and (H,).
    """
    ### BEGIN SOLUTION
    x, h0, Wx, Wh, h = cache
    dx = np.zeros(x.shape)
    dWx, dWh, db = np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(Wh.shape[1])
    dh_carry = np.zeros(h0.shape)
    for t in reversed(range(x.shape[1])):
        prev_h = h[:, t - 1] if t > 0 else h0
        step_cache = (x[:, t], prev_h, Wx, Wh, h[:, t])
        shares = rnn_step_backward(dh[:, t] + dh_carry, step_cache)
        dx[:, t] = shares[0]
        dh_carry = shares[1]
        dWx += shares[2]
        dWh += shares[3]
        db += shares[4]
    return dx, dh_carry, dWx, dWh, db
    ### END SOLUTION


# %%
def paper_sequence():
    """The five gradients of the paper example with three steps, after a forward pass."""
    _, kept = rnn_forward(sequence_x, sequence_h0, sequence_wx, sequence_wh, np.zeros(1))
    return rnn_backward(np.array([[[8.0], [20.0], [10.0]]]), kept)


attempt(lambda: paper_sequence()[0], expected=[[[16], [18], [20]]])
attempt(lambda: paper_sequence()[1], expected=[[4]])
attempt(lambda: paper_sequence()[3], expected=[[17.4]])
attempt(lambda: paper_sequence()[4], expected=[27])

# %% [markdown]
# <details><summary>Prediction 1</summary>
#
# A gradient has the shape of what it belongs to. <code>dh</code> is (2, 5, 4), <code>dx</code> (2, 5, 3),
# <code>dh0</code> (2, 4), <code>dWx</code> (3, 4), <code>dWh</code> (4, 4) and <code>db</code> (4,).
#
# </details>
#
# If you put step caches together and your own step has another cache, hand the step *its* form. And if the check
# below finds much wrong, ask `check(rnn_step_backward)` first: a loop over a wrong step is wrong, too.

# %% nbgrader={"grade": true, "grade_id": "rnn_backward", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(rnn_backward)

# %% [markdown]
# # Part III. What time does to a gradient
#
# On the way from step $t$ to step 0 a gradient is multiplied $t$ times by $W^{h\top}$ and by slopes of the tanh,
# which are at most 1. What becomes of its size?
#
# Take $W^h = \rho\, Q$ with a rotation $Q$, which changes no length. All eigenvalues of $W^h$ then have the size
# $\rho$, which is called its *spectral radius*. The drawing measures a gradient with **your functions**: 30 steps, a
# gradient that arrives at the last step alone, and the length of `dx[:, t]` for each step. It takes $W^x$ to be the
# identity, so that `dx[:, t]` is $\delta_t$, and begins with `h0` and `b` zero.
#
# If all inputs are 0 as well, all states are 0 and all slopes are 1. Then a gradient that is carried over $k$ steps has
# exactly $\rho^k$ times its length.

# %% tags=["picture"]
pictures.recurrent.norms(rnn_forward, rnn_backward)

# %% [markdown]
# Read both from right to left, as the gradient goes: it has length 1 at step 29, on the right.
#
# Left, three straight lines (the axis is logarithmic), which end at step 0 with $0.8^{29} \approx 0.0015$, $1^{29} = 1$
# and $1.25^{29} \approx 646$. On its way back the gradient **vanishes**, stays, or **explodes**. There is a wide range
# of $\rho$ for the first and the last, and a single number for what lies between.
#
# Right, the same weights with random inputs. The states move away from 0 and the slopes fall below 1. Now all three
# become smaller on the way back: the network that exploded before is held back by its own saturation, and more than
# that.
#
# **Prediction 4.** With $W^h = 0.5$ and slopes of at most 1, a change of $h_0$ by $\varepsilon$ changes $h_{10}$ by
# at most $0.5^{10}\, \varepsilon \approx 0.001\, \varepsilon$. That is why such a network is slow to learn from what
# happened ten steps ago: the gradient of that is a thousandth of the gradient of now, or less.

# %% [markdown]
# ## Learning to remember
#
# A task that shows it: at each step the network sees $+1$ or $-1$, and its state number 0 shall say what it saw
# **six steps ago**. Your two functions and gradient descent do the rest, once from each of three spectral radii.
# It takes some seconds.


# %%
def learn_to_remember(radius, delay=6, rounds=200, width=20):
    """Train a network to say in h[:, :, 0] half of what it saw `delay` steps ago; its losses."""
    random = np.random.default_rng(5)
    Wx, b, losses = random.normal(size=(1, width)) / 2, np.zeros(width), []
    rotation, _ = np.linalg.qr(random.normal(size=(width, width)))
    Wh = radius * rotation
    for _ in range(rounds):
        x = random.choice([-1.0, 1.0], size=(32, 12, 1))
        h, kept = rnn_forward(x, np.zeros((32, width)), Wx, Wh, b)
        error = h[:, delay:, 0] - 0.5 * x[:, :-delay, 0]
        losses.append(np.mean(error**2))
        dh = np.zeros(h.shape)
        dh[:, delay:, 0] = 2 * error / error.size
        _, _, dWx, dWh, db = rnn_backward(dh, kept)
        Wx, Wh, b = Wx - 0.3 * dWx, Wh - 0.3 * dWh, b - 0.3 * db
    return losses


# %% tags=["picture"]
pictures.recurrent.remembered(learn_to_remember)

# %% [markdown]
# The line of radius 0.3 stays near 0.25. What should be said is 0.5 or $-0.5$: whoever says 0 always has a mean square
# error of $0.5^2 = 0.25$, and who remembers nothing cannot do better. On this plateau a network waits until it has
# found a trace of what it saw.
#
# The network with radius 0.3 is built like the others, and it *could* do the task. It does not learn it in 200
# rounds: what it should have remembered reaches the loss, and the loss reaches back, with at most
# $0.3^6 \approx 0.0007$ of the size. A small gradient makes learning slow, not impossible. With
# `learn_to_remember(0.3, rounds=400)`, twice as many rounds, it gets there.
#
# **Remedies.** For vanishing: begin with $\rho$ near 1, or build the step so that the state is *added to* instead of
# replaced, as LSTM and GRU do. For exploding: scale the gradients of all weights down together when they are longer
# than some limit, which is called *clipping*. That is the business of whoever updates the weights. A backward
# that clips returns something that is not the gradient, and no check of yours will ever agree with it again.

# %% [markdown]
# # Written question
#
# Answer in three to six sentences, before you read on: what follows tells more than half of it.
#
# (a) A colleague tests `rnn_backward` with `h0 = np.zeros(...)` and a loss that uses the last state alone. All
# gradients agree with differences. Name two mistakes that this test cannot see, and say for each why not.
#
# (b) At every step two gradients are *added*, and the gradients of the weights are *added up* over all steps. It is the
# same rule both times. Which rule, and what is used twice in the one case and many times in the other?

# %% [markdown] nbgrader={"grade": true, "grade_id": "recurrent_question", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# **Your answer**
#
# ### BEGIN SOLUTION
# *Model answer.* (a) `h0` taken for zero in `dWh` (its share is `h0.T @ da` of step 0, which is zero for the right
# code, too). The gradients from above dropped at all steps but the last (they are zero in the test). (b) The chain
# rule adds over all ways on which a number reaches the loss. A state is read twice, by the layers above and by the
# next step. A weight is used at every step, $T$ times.
#
# *Marking guide.*
#
# - (a), 1 point: half a point for each mistake with its reason. Also right: sums or a carry that survive the call, if
#   the answer says that the test calls once; clipping, if it says that the gradients are small. No points for mistakes
#   that the test does see, such as a dropped carry, a missing transpose, or the last state read as the first.
# - (b), 1 point: half a point for "several ways to the loss, so their gradients are added", half a point for naming
#   both: the state with its two readers, the weight with its $T$ steps.
# ### END SOLUTION

# %% [markdown]
# # What goes wrong in practice
#
# We read 24 public versions of `rnn_backward` in the form of the best-known course (read, not run). The formulas are right in all of
# them. That is not luck: the course comes with a gradient check that has a random gradient at *every* step and a first
# state other than zero. What its check does once, it does once, though:
#
# - **3 of the 24 (12.5 %) empty the cache.** The caches of the steps are a list, and the backward takes them off with
#   `cache.pop()`. The first call is right. The second one finds an empty list.
# - **1 (4 %) begins its carry with `np.empty`** instead of `np.zeros`: with whatever the memory held before. It would be
#   right as long as that happens to be zero. (This one does not even run, for its typing errors.)
#
# Without such a check, more goes wrong. `check` can name all that is in this table:
#
# | mistake | a test does not see it if |
# |:--|:--|
# | `da @ Wh` without the transpose | $H = 1$; it raises no exception for any $H$, since `Wh` is square |
# | `dWh` transposed | $H = 1$; no exception either |
# | what comes from the next step is dropped | $T = 1$ |
# | `dh` read at the last step alone | the loss uses the last state alone, as in a classifier of sentences |
# | `h[:, t - 1]` for $t = 0$: the *last* state | `h0` and the last state are equal |
# | `h0` taken for zero | it *is* zero, as in nearly every test |
# | `=` where `+=` is meant, for a weight | $T = 1$ |
# | $1 - a^2$ for $1 - h^2$ | all sums are near 0 |
# | carry or sums that survive the call | the function is called once |
# | a cache that is used up | the function is called once |
# | a carry that begins with `np.empty` | the memory happens to hold zeros |
# | gradients clipped inside the backward | they are smaller than the limit |
#
# One sentence on tests follows from the right column: take $T \ge 3$, $H \ge 2$, no two sizes equal, `h0` not
# zero, a gradient at **every** step, and two calls in a row.

# %% [markdown]
# # Optional A: a cell with a memory
#
# This part and the next give bonus credit.
#
# Libraries often write a recurrent layer as an *object* that is fed one step at a time: forward, forward, forward,
# and then backward, backward, backward. It has to keep what the cache kept. So it has *state*, and state is where new
# kinds of mistakes live.
#
# | when | the cell |
# |:--|:--|
# | `start(h0)` | begins a new sequence and **forgets all** that the one before has left; the weights stay |
# | `forward(x)` | goes one step on, keeps what the way back will need, returns the new state |
# | `backward(dh_out)` | goes one step **back**, the last one first: takes what arrives from above, adds what it carries, adds to its sums, returns `dx` of that step |
#
# A sequence leaves three things behind: its last state, the carry, and the sums of the gradients. And there is a fourth
# if the sequence was *left*, by someone who truncates or stops at an error and never walks all the way back: the steps
# that were kept and not taken. `start` puts `h0`, zeros and an empty list in their places. What it forgets to replace, the
# next sequence meets. What it must not forget are the weights and biases, which belong to no sequence. One public library
# has a cell that forgets too much: the method that flushes its carry breaks the next sequence.
#
# **Two biases.** This cell adds two: $a = x W^x + b^x + h W^h + b^h$. Many libraries do, because input and state have
# a layer each. Predict: how do the gradients of the two compare? And if both are moved against their gradients at the
# same rate, how fast does their sum move, compared with a single bias?


# %% nbgrader={"grade": false, "grade_id": "RNNCell_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
class RNNCell:
    """A recurrent step with a memory: forward step by step, then backward step by step.

    Attributes after any number of backward steps, of the sequence since start:
        dh_carry: (N, H), what is carried to the step before; after all steps the gradient of h0.
        dWx, dWh, dbx, dbh: the sums of the gradients so far, each of the shape of its weight.
    """

    def __init__(self, Wx, Wh, bx, bh):
        """Keep the weights: arrays of shapes (D, H), (H, H), (H,) and (H,)."""
        ### BEGIN SOLUTION
        self.Wx, self.Wh, self.bx, self.bh = Wx, Wh, bx, bh
        ### END SOLUTION

    def start(self, h0):
        """Begin a sequence whose first state is h0 (N, H); forget the one before."""
        ### BEGIN SOLUTION
        self.steps = []
        self.h = h0
        self.dh_carry = np.zeros(h0.shape)
        self.dWx, self.dWh = np.zeros(self.Wx.shape), np.zeros(self.Wh.shape)
        self.dbx, self.dbh = np.zeros(self.bx.shape), np.zeros(self.bh.shape)
        ### END SOLUTION

    def forward(self, x):
        """Go one step on: x (N, D); returns the state after it (N, H)."""
        ### BEGIN SOLUTION
        h = np.tanh(x @ self.Wx + self.bx + self.h @ self.Wh + self.bh)
        self.steps.append((x, self.h, h))
        self.h = h
        return h
        ### END SOLUTION

    def backward(self, dh_out):
        """Go one step back: dh_out (N, H) arrives from above; returns dx of that step (N, D)."""
        ### BEGIN SOLUTION
        x, prev_h, h = self.steps.pop()
        da = (dh_out + self.dh_carry) * (1 - h**2)
        self.dWx += x.T @ da
        self.dWh += prev_h.T @ da
        self.dbx += np.sum(da, axis=0)
        self.dbh += np.sum(da, axis=0)
        self.dh_carry = da @ self.Wh.T
        return da @ self.Wx.T
        ### END SOLUTION


# %% [markdown]
# The example with three steps once more. You know all its numbers.


# %%
def paper_cell():
    """What is carried out of step 0, and both bias gradients, for the paper example."""
    cell = RNNCell(sequence_wx, sequence_wh, np.zeros(1), np.zeros(1))
    cell.start(sequence_h0)
    for t in range(3):
        cell.forward(sequence_x[:, t])
    for dh_out in (10.0, 20.0, 8.0):
        cell.backward(np.array([[dh_out]]))
    return [cell.dh_carry.item(), cell.dbx.item(), cell.dbh.item()]


attempt(paper_cell, expected=[4, 27, 27])

# %% [markdown]
# The gradients of the two biases are equal. Moved at the same rate, their sum moves twice as fast as a single bias
# would.
#
# The check reads a sequence with a cell that is new, and another one after a sequence that was left after one step back.

# %% nbgrader={"grade": true, "grade_id": "RNNCell", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"] bonus=2
check(RNNCell)

# %% [markdown]
# # Optional B: truncated backpropagation through time
#
# A text has a million steps. Nobody keeps a million states to walk back through. *Truncated* backpropagation cuts the
# sequence into pieces of $s$ steps. **The state goes on** from piece to piece, as ever. **The gradient does not**: what
# is carried out of a piece is dropped.
#
# So a piece is a sequence of its own, whose first state happens to be known and counts as a constant. For one piece
# after the other: go forward through it, go backward through it, keep its last state for the next piece.
#
# | piece | steps | its first state |
# |:--|:--|:--|
# | 0 | $0, \dots, s-1$ | `h0` |
# | 1 | $s, \dots, 2s-1$ | the last state of piece 0 |
# | ... | ... | ... |
# | the last | what is left, perhaps fewer than $s$ | the last state of the piece before |
#
# - Pieces are counted from the **first** step.
# - The gradients of weights and bias are added up over the pieces.
# - `dh0` is what is carried out of the *first* piece.
#
# The result is *not* the gradient of the loss, and its name says so. It is quick, needs the memory of a single piece, and
# is carried over no more than $s$ steps. It cannot learn what lies further back than a piece, either.
#
# **Predict** for the example with three steps and pieces of $s = 2$: which steps are in which piece? Which of the three
# $\delta_t = (8, 9, 10)$ stay as they were?


# %% nbgrader={"grade": false, "grade_id": "truncated_gradients_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def truncated_gradients(x, h0, Wx, Wh, b, dh, steps):
    """Gradients by truncated backpropagation through time, in pieces of so many steps.

    Arguments:
        x, h0, Wx, Wh, b: what rnn_forward takes.
        dh: float array of shape (N, T, H), the gradient from above at every step.
        steps: the length of a piece, 1 or more; the last piece may be shorter.

    Returns (dx, dh0, dWx, dWh, db), of the shapes that rnn_backward returns.
    """
    ### BEGIN SOLUTION
    dx, prev_h = np.zeros(x.shape), h0
    dWx, dWh, db = np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(b.shape)
    for start in range(0, x.shape[1], steps):
        piece = slice(start, start + steps)
        h, cache = rnn_forward(x[:, piece], prev_h, Wx, Wh, b)
        shares = rnn_backward(dh[:, piece], cache)
        dx[:, piece] = shares[0]
        if start == 0:
            dh0 = shares[1]
        dWx += shares[2]
        dWh += shares[3]
        db += shares[4]
        prev_h = h[:, -1]
    return dx, dh0, dWx, dWh, db
    ### END SOLUTION


# %%
def paper_pieces():
    """dx of the paper example with three steps, in pieces of two."""
    weights = sequence_wx, sequence_wh, np.zeros(1)
    paper_dh = np.array([[[8.0], [20.0], [10.0]]])
    return truncated_gradients(sequence_x, sequence_h0, *weights, paper_dh, 2)[0]


attempt(paper_pieces, expected=[[[14.848], [14.4], [20]]])

# %% [markdown]
# Steps 0 and 1 are piece 0, step 2 is piece 1. Step 2 keeps its $\delta_2 = 10$. Nothing of it reaches step 1, so
# $\delta_1 = 20 \cdot 0.36 = 7.2$. That goes on within its piece: $\delta_0 = (8 + 3.6) \cdot 0.64 = 7.424$.
# (`dx` is $\delta_t W^x$, twice that.)

# %% nbgrader={"grade": true, "grade_id": "truncated_gradients", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"] bonus=2
check(truncated_gradients)

# %% [markdown]
# # Further reading
#
# - P. Werbos, *Backpropagation through time: what it does and how to do it* (Proceedings of the IEEE, 1990): the
#   derivation, by one of its inventors.
# - Y. Bengio, P. Simard and P. Frasconi, *Learning long-term dependencies with gradient descent is difficult* (IEEE
#   Transactions on Neural Networks, 1994): the gradient vanishes just where the network remembers well.
# - R. Pascanu, T. Mikolov and Y. Bengio, *On the difficulty of training recurrent neural networks* (2013),
#   arXiv:1211.5063: exploding gradients, and clipping by norm.
# - S. Hochreiter and J. Schmidhuber, *Long short-term memory* (Neural Computation, 1997): a state that is added to.
# - R. Williams and J. Peng, *An efficient gradient-based algorithm for on-line training of recurrent network
#   trajectories* (Neural Computation, 1990): truncated backpropagation through time.
# - The PyTorch page of `RNN`: two biases `b_ih` and `b_hh`, and `batch_first` for the order of axes used here.
