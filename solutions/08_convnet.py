# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 8. A network from your own layers
#
# A backward pass is a function of `dout` and a cache. A *network* needs more: something must keep the
# caches until they are wanted, collect the gradients of every parameter, and decide when to learn from
# them. In this notebook that becomes three small classes of yours, and at the end they read handwriting.
#
# **What you will be able to do**
#
# - derive the gradient of the softmax cross-entropy loss, and compute both without overflow;
# - write layers as classes that remember their forward passes and add up their gradients;
# - say, for seven rules of such a layer, what breaks when one of them is broken;
# - train a convolutional network on real digits with your own optimiser, to 97 % on digits it never saw;
# - look into it: what its filters see, what it confuses, and which pixels decide.
#
# You need the chain rule, Python classes, and the idea of a convolution and of max pooling; fast versions
# of both are given. Plan 110 minutes, and about 20 more for the optional part at the end. There are five
# graded exercises and one written question.

# %% [markdown]
# ## Notation card
#
# | on paper | in code | meaning |
# |:--|:--|:--|
# | $N,\ D,\ M,\ C$ | | images in a batch, inputs and outputs of a layer, classes |
# | $x$ | `x (N, D)` or `x (N, C, H, W)` | the input of a layer |
# | $s_{nc}$ | `scores (N, C)` | the output of the last layer: one number for each class |
# | $y_n$ | `y (N,)` | the right class of image $n$, an integer from 0 to $C - 1$ |
# | $p_{nc}$ | | the probability that the network gives to class $c$ |
# | $L$ | `loss` | one number: the mean of $-\log p_{n y_n}$ over the batch |
# | $\partial L/\partial s$ | `dscores`, shape of `scores` | where every backward pass begins |
# | $g = \partial L/\partial\,\mathrm{out}$ | `dout`, shape of `out` | the upstream gradient of a layer, which is given |
# | $\partial L/\partial w$ | `layer.grads["w"]` | the sum over all backward passes since the last `zero_grads()` |
# | $[\,\text{statement}\,]$ | | 1 if the statement is true, 0 if not |
# | $\eta$ | `learning_rate` | how far one step goes along the gradient |
#
# Everything is counted from 0.

# %%
import numpy as np

from course_utils import check, pictures
from course_utils.digits import digits

# %% [markdown]
# For the small steps, `attempt` prints what your code gives beside what it should give.


# %%
def attempt(call, expected):
    """Print what call() gives and what it should give; unwritten code is no error."""
    try:
        got = np.asarray(call())
    except NotImplementedError:
        print("Not yet: write the code above, then run this cell again.")
        return
    agree = got.shape == np.shape(expected) and np.allclose(got, expected)
    print("yours:", got, "expected:", np.array(expected), sep="\n")
    print("They agree." if agree else "They differ.")


# %% [markdown]
# ## The picture
#
# 1797 digits, written by 13 people, scanned and shrunk to 8 by 8 pixels. (Source and licence are in
# `course_utils/data/README.md`.) Every fifth one is *held out*: the network is never trained on it, and
# judged by it.

# %%
images, labels = digits()
held_out = np.arange(len(labels)) % 5 == 0
print("images", images.shape, "labels", labels.shape, "of them held out", held_out.sum())

# %% tags=["picture"]
pictures.convnet.samples(images, labels)

# %% [markdown]
# And this is the network. A forward pass goes from left to right and leaves something in the memory of
# every layer. The backward pass goes from right to left and uses it up.

# %% tags=["picture"]
pictures.convnet.roads()

# %% [markdown]
# ## Predict before you code
#
# Write your answers into the next cell, before you read on. Nobody grades them, but you will meet each of
# them again.
#
# 1. A network knows nothing and gives all ten classes the same score. What is its loss?
# 2. One layer is used twice in a network (two images are compared, say). Its parameter `w` reaches the
#    loss on two roads. What belongs into `grads["w"]`?
# 3. A layer has seen `x`, then `x2`. Now a gradient arrives. Whose is it?
# 4. How many numbers does the network above learn?

# %% [markdown]
# *My predictions (double-click to edit):*
#
# 1. ...
# 2. ...
# 3. ...
# 4. ...

# %% [markdown]
# # The loss
#
# ## One image first
#
# One image, scores $s_0, \dots, s_{C-1}$. *Softmax* makes probabilities of them, and the loss is large
# when the right class $y$ got little:
#
# $$ p_c = \frac{e^{s_c}}{\sum_k e^{s_k}}, \qquad
#    \ell = -\log p_y = \log\Bigl(\sum_k e^{s_k}\Bigr) - s_y. $$
#
# Take one score, $s_c$. It occurs in the sum, always. It is $s_y$ itself if $c = y$. So
#
# $$ \frac{\partial \ell}{\partial s_c}
#    = \frac{e^{s_c}}{\sum_k e^{s_k}} - [\,c = y\,] = p_c - [\,c = y\,]. $$
#
# That is all: **what it said, minus what was right.** No derivative of the softmax by itself is needed.
#
# **A batch.** The loss is the *mean* over the $N$ images, $L = \frac1N \sum_n \ell_n$. So every row is
# divided by $N$, in the loss and in the gradient:
#
# $$ \frac{\partial L}{\partial s_{nc}} = \frac{p_{nc} - [\,c = y_n\,]}{N}. $$
#
# It is a convention, and here it is the rule. The division happens here and nowhere else: no layer
# divides by $N$ again.

# %% [markdown]
# ## A worked example for paper
#
# Three classes, scores $s = (\log 1,\ \log 2,\ \log 5)$, right class $y = 1$.
#
# 1. The exponentials are 1, 2 and 5, their sum is 8. So $p = (1/8,\ 2/8,\ 5/8)$.
# 2. The loss is $-\log(2/8) = \log 4 = 1.386$.
# 3. The gradient is $(1/8,\ 2/8 - 1,\ 5/8) = (0.125,\ -0.75,\ 0.625)$.
#
# Now you: the same scores, but $y = 2$. What is the loss, and what the gradient? And what becomes of both
# if these two are a batch, $y = (1, 2)$?
#
# A test that costs nothing: **the entries of each row of `dscores` add up to 0**, because the
# probabilities add up to 1.

# %% tags=["picture"]
pictures.convnet.loss_of_one([0.0, np.log(2), np.log(5)], 1)

# %% [markdown]
# ## Large scores
#
# The formula is right, and the code that is closest to it fails. `np.exp(1000)` is infinite, and
# `np.exp(-1000)` is 0. Two rules keep every intermediate number in range.
#
# **Subtract the largest score of the row.** With $m = \max_k s_k$, the factor $e^{-m}$ cancels:
# $p_c = e^{s_c - m} / \sum_k e^{s_k - m}$. The largest exponent is now 0. It must be the maximum of
# *each row*: with the maximum of the whole batch, a row that lies far below it becomes $0/0$.
#
# **Take no logarithm of a probability.** If $s_y$ is 1000 below the maximum, $p_y$ is 0 in the computer,
# and its logarithm is $-\infty$. The right loss is 1000. Use the form that has no quotient:
#
# $$ \ell = \log\Bigl(\sum_k e^{s_k - m}\Bigr) - (s_y - m). $$
#
# The sum is at least $e^0 = 1$, so this logarithm is never of 0. (A small number inside the logarithm,
# `log(p + 1e-12)`, hides the problem: the loss then ends at 27.6, and the network looks better than it is.)

# %% [markdown]
# ### Step 1: one row
#
# Everything is there but the line for the loss.


# %% nbgrader={"grade": false, "grade_id": "loss_of_one_row", "locked": false, "schema_version": 3, "solution": true, "task": false}
def loss_of_one_row(s, y):
    """Loss of one image: scores s (C,), right class y; returns one number."""
    shifted = s - np.max(s)
    ### BEGIN SOLUTION
    return np.log(np.sum(np.exp(shifted))) - shifted[y]
    ### END SOLUTION


# %%
attempt(lambda: loss_of_one_row(np.log([1.0, 2.0, 5.0]), 1), expected=np.log(4))

# %%
attempt(lambda: loss_of_one_row(np.array([1000.0, 0.0]), 1), expected=1000)

# %% [markdown]
# ### Step 2: an index for each row
#
# In a batch, row $n$ has its own right class. `scores[:, y]` is *not* what is wanted: it takes all the
# columns $y_0, y_1, \dots$ in every row. A pair of index arrays takes one entry for each pair:

# %%
table = np.array([[10, 11, 12], [20, 21, 22]])
classes = np.array([2, 0])
print("table[:, classes]", table[:, classes], sep="\n")
print("table[np.arange(2), classes]", table[np.arange(2), classes], sep="\n")

# %% [markdown]
# ## Exercise 1: softmax cross-entropy


# %% nbgrader={"grade": false, "grade_id": "softmax_cross_entropy_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def softmax_cross_entropy(scores, y):
    """Loss of a batch, and its gradient.

    Arguments:
        scores: float array of shape (N, C), of any size: 1000 and -1000 are allowed.
        y: integer array of shape (N,), the right classes, from 0 to C - 1.

    Returns (loss, dscores):
        loss: one number, the mean over the batch of -log(probability of the right class).
        dscores: array of shape (N, C), the gradient of loss with respect to scores.

    Changes neither of its arguments.
    """
    ### BEGIN SOLUTION
    N = len(scores)
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    totals = np.sum(exponentials, axis=1, keepdims=True)
    loss = np.mean(np.log(totals[:, 0]) - shifted[np.arange(N), y])
    dscores = exponentials / totals
    dscores[np.arange(N), y] -= 1
    dscores /= N
    return loss, dscores
    ### END SOLUTION


# %%
attempt(
    lambda: softmax_cross_entropy(np.log([[1.0, 2.0, 5.0], [1.0, 2.0, 5.0]]), np.array([1, 2]))[1],
    expected=[[0.0625, -0.375, 0.3125], [0.0625, 0.125, -0.1875]],
)

# %% nbgrader={"grade": true, "grade_id": "softmax_cross_entropy", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(softmax_cross_entropy)

# %% [markdown]
# **The questions for paper.** For $y = 2$ the loss is $-\log(5/8) = 0.470$ and the gradient
# $(0.125,\ 0.25,\ -0.375)$. Of the batch the loss is the mean, $0.928$, and each row of the gradient is half of what
# it was.
#
# **The first prediction.** Ten equal scores give $p_c = 1/10$ and a loss of $\log 10 = 2.303$. Remember this
# number: it is what guessing costs. A training run of ten classes begins a little above it, because the first weights
# prefer some classes for no reason (the network below begins at 2.62). If yours begins far above it, the first weights
# are too large.

# %% [markdown]
# # Layers that remember
#
# So far the cache was the caller's business: `out, cache = forward(x)`, later `backward(dout, cache)`. With
# twenty layers that is tedious, so a layer keeps its cache itself. Here is the smallest one, complete. It
# has no parameters, only a **memory**: a list to whose end `forward` puts what `backward` takes from there.


# %% nbgrader={"grade": false, "grade_id": "relu_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
class ReLU:
    """Negative entries become 0; x of any shape."""

    def __init__(self):
        """A layer that has learned nothing, because there is nothing to learn."""
        self.params, self.grads = {}, {}
        self.trainable = True
        self.memory = []

    def forward(self, x):
        """The positive part of x."""
        self.memory.append(x > 0)
        return np.maximum(x, 0)

    def backward(self, dout, retain_grads=True):
        """The gradient with respect to the x of the last forward that still waits."""
        return dout * self.memory.pop()

    def zero_grads(self):
        """There are none."""


# %% [markdown]
# **Why a list, and why its end?** Suppose `forward(x)` and then `forward(x2)` was called, and then two
# gradients come back. A network runs backward through what it computed, so the gradient that arrives first
# belongs to what was computed last: **last in, first out**. A single slot, `self.x = x`, forgets `x` when
# `x2` arrives, and both gradients meet `x2`. Nothing crashes; the numbers are wrong.
#
# Step through it. The layer is the one that you will write in a moment, with one weight $w = 2$ and one bias
# $b = 1$. (Its numbers stand for arrays of shape (1, 1).)

# %% tags=["picture"]
pictures.convnet.memory()

# %% [markdown]
# ### Step 3: one blank
#
# *Flatten* turns images into rows: `(N, C, H, W)` becomes `(N, C*H*W)`. No number changes, so the gradient
# needs the old shape only. One line is missing.


# %% nbgrader={"grade": false, "grade_id": "Flatten_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
class Flatten:
    """(N, C, H, W) becomes (N, C*H*W)."""

    def __init__(self):
        """Nothing to learn."""
        self.params, self.grads = {}, {}
        self.trainable = True
        self.memory = []

    def forward(self, x):
        """One row for each image."""
        self.memory.append(x.shape)
        return x.reshape(len(x), -1)

    def backward(self, dout, retain_grads=True):
        """The gradient in the shape of the x of the last forward that still waits."""
        ### BEGIN SOLUTION
        return dout.reshape(self.memory.pop())
        ### END SOLUTION

    def zero_grads(self):
        """There are none."""


# %%
def two_shapes():
    """Forward twice, backward twice; the shapes that come back."""
    flatten = Flatten()
    flatten.forward(np.zeros((2, 1, 2, 3)))
    flatten.forward(np.zeros((4, 1, 1, 2)))
    last, first = flatten.backward(np.zeros((4, 2))), flatten.backward(np.zeros((2, 6)))
    return [last.shape, first.shape]


attempt(two_shapes, expected=[[4, 1, 1, 2], [2, 1, 2, 3]])

# %% [markdown]
# ## A layer that learns
#
# The affine layer is $\mathrm{out}_{nm} = \sum_d x_{nd}\, w_{dm} + b_m$, in code `x @ w + b`.
#
# **One entry first.** Where does $w_{dm}$ appear? In $\mathrm{out}_{nm}$ for every image $n$, with factor
# $x_{nd}$. Where does $b_m$? In the same places, with factor 1. And $x_{nd}$? In $\mathrm{out}_{nm}$ for every
# $m$, with factor $w_{dm}$. So
#
# $$ \frac{\partial L}{\partial w_{dm}} = \sum_n x_{nd}\, g_{nm}, \qquad
#    \frac{\partial L}{\partial b_m} = \sum_n g_{nm}, \qquad
#    \frac{\partial L}{\partial x_{nd}} = \sum_m g_{nm}\, w_{dm}. $$
#
# As matrix products these are `x.T @ dout`, `dout.sum(axis=0)` and `dout @ w.T`.
#
# **Used twice.** If the same layer has worked on `x` and on `x2`, the weight has twice as many places to
# appear in, and the sum runs over both batches: the shares of the two backward passes are *added*. That is
# why `grads` is not assigned but accumulated.

# %% [markdown]
# ## Seven rules
#
# | | rule | what breaks without it |
# |--:|:--|:--|
# | 1 | `backward` **adds** its share to `grads` | a layer used twice learns from one use only |
# | 2 | a `backward` belongs to the **last** `forward` that has not had one | the gradient of one input is mixed with another input |
# | 3 | `retain_grads=False` returns dx, takes its forward out of the memory as ever, and adds nothing to `grads` | whoever only wants dx (a map of what matters) changes the next step |
# | 4 | a **frozen** layer (`trainable` is False) refuses `backward`: it raises, before it touches anything | a mistake in the network goes unnoticed |
# | 5 | `backward` **never changes parameters** | whoever asks for a gradient changes the network by asking |
# | 6 | `zero_grads` starts the gradients anew, and leaves the memory alone | gradients of old batches pile up |
# | 7 | what is given (`x`, `dout`) is **never written to** | a second branch of the network gets something else |
#
# Rule 4 is a decision. (PyTorch decides otherwise: with `requires_grad=False` it computes dx and skips the rest.)
# A frozen layer still runs forward and remembers, for it may be thawed before the backward; it only has no gradients
# to give while it is frozen. So where frozen layers lie below and trainable ones above, `backward_through` has to be
# called with the layers above the border only. Layers without parameters (`ReLU`, `MaxPool`, `Flatten`) have nothing
# to freeze, and do not refuse.
#
# **For paper,** with the layer of the picture ($w = 2$, $b = 1$): `forward(3)` gives 7, `forward(5)` gives 11.
# Then `backward(10)`: it belongs to 5, so $dx = 20$ and the shares are 50 for `w`, 10 for `b`. Then
# `backward(-1)`: it belongs to 3, $dx = -2$, shares $-3$ and $-1$. In the end `grads` holds 47 and 9. What would
# it hold with a single slot instead of a list?

# %% [markdown]
# ## Exercise 2: the affine layer
#
# `__init__` is given; leave it as it is. Write the three methods. Whatever raises in rule 4 will do;
# `RuntimeError` with a sentence is good manners.


# %% nbgrader={"grade": false, "grade_id": "Affine_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
class Affine:
    """out = x @ w + b for each row of x (N, D); out (N, M).

    params: {"w": (D, M), "b": (M,)}. grads: sums of gradients, of the same names and shapes.
    trainable: False for a frozen layer. memory: a list of what waits for a backward.
    """

    def __init__(self, w, b):
        """Keep copies of w (D, M) and b (M,); gradients are zeros."""
        self.params = {"w": np.array(w, dtype=float), "b": np.array(b, dtype=float)}
        self.grads = {name: np.zeros(value.shape) for name, value in self.params.items()}
        self.trainable = True
        self.memory = []

    def forward(self, x):
        """Return x @ w + b, and put into the memory what backward will need.

        In the optional part x may be a list of arrays: see there, or ignore it until then.
        """
        ### BEGIN SOLUTION
        if isinstance(x, list):
            return [self.forward(each) for each in x]
        self.memory.append(x)
        return x @ self.params["w"] + self.params["b"]
        ### END SOLUTION

    def backward(self, dout, retain_grads=True):
        """Return dx for the last forward that waits, and add its shares to grads.

        dout: (N, M). With retain_grads=False nothing is added; dx is returned, and the forward
        taken out of the memory, all the same. Raises an exception, before anything else, if
        trainable is False. Changes neither parameters nor dout. In the optional part dout may
        be a list of arrays.
        """
        ### BEGIN SOLUTION
        if isinstance(dout, list):
            return [self.backward(each, retain_grads) for each in reversed(dout)][::-1]
        if not self.trainable:
            raise RuntimeError("this layer is frozen: it has no gradients to give")
        x = self.memory.pop()
        if retain_grads:
            self.grads["w"] += x.T @ dout
            self.grads["b"] += np.sum(dout, axis=0)
        return dout @ self.params["w"].T
        ### END SOLUTION

    def zero_grads(self):
        """Start the gradients anew: zeros for every parameter. The memory stays as it is."""
        ### BEGIN SOLUTION
        for grad in self.grads.values():
            grad[...] = 0
        ### END SOLUTION


# %%
def paper_gradients():
    """The example for paper: forward twice, backward twice; both gradients."""
    layer = Affine([[2.0]], [1.0])
    layer.forward(np.array([[3.0]]))
    layer.forward(np.array([[5.0]]))
    layer.backward(np.array([[10.0]]))
    layer.backward(np.array([[-1.0]]))
    return [layer.grads["w"].item(), layer.grads["b"].item()]


attempt(paper_gradients, expected=[47, 9])

# %% nbgrader={"grade": true, "grade_id": "Affine", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(Affine)

# %% [markdown]
# # What goes wrong in practice
#
# The rules were not invented for this notebook. Each is broken in public code that people learn from:
#
# - **An update inside `backward`** (rule 5). A convolution layer subtracts `alpha` times the gradient from its own
#   filters while it computes dx, partly with the filters that it has just changed. No gradient check can be run on
#   it, and no optimiser but its own.
# - **Assigned, not added** (rule 1). Several small libraries write `self.params["dw"] = dw` or `self.dbias = db`. Right
#   until the day a layer is used twice, or a batch is split in two because it does not fit into memory.
# - **A forward called twice differentiates the first input** (rule 2). A well-known library keeps a list of inputs
#   and reads it from the *front*. After a second `forward` the gradient of `x2` is computed with `x`, without a word.
# - **A flush that breaks what comes next** (rule 6). The method that was meant to reset a recurrent layer's gradients
#   also sets its state to something that the next sequence cannot use.
#
# What these have in common: **one forward, one backward, one step** never shows them. Most of the checks above are a
# second use of something.

# %% [markdown]
# # A convolutional layer
#
# The formulas of the convolution are not the subject here. Its two functions, and those of max pooling, come as a file
# beside this notebook, `fast_layers.py`: they are the solutions of `04_im2col`. `conv_param` is a dictionary with
# `"stride"` and `"pad"`.

# %%
from fast_layers import (
    conv_backward_im2col,
    conv_forward_im2col,
    max_pool_backward_im2col,
    max_pool_forward_im2col,
)

# %% [markdown]
# ## Exercise 3: the layer around it
#
# The seven rules are the same, only the formulas are others. This time the memory holds the cache that
# `conv_forward_im2col` returns.
#
# - `conv_forward_im2col(x, w, b, conv_param)` returns `(out, cache)`;
# - `conv_backward_im2col(dout, cache)` returns `(dx, dw, db)`.


# %% nbgrader={"grade": false, "grade_id": "Conv_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
class Conv:
    """Convolution of images x (N, C, H, W) with F filters; out (N, F, H', W').

    params: {"w": (F, C, HH, WW), "b": (F,)}; all else as for Affine, and the same rules.
    """

    def __init__(self, w, b, stride=1, pad=0):
        """Keep copies of w (F, C, HH, WW) and b (F,); gradients are zeros."""
        self.params = {"w": np.array(w, dtype=float), "b": np.array(b, dtype=float)}
        self.grads = {name: np.zeros(value.shape) for name, value in self.params.items()}
        self.conv_param = {"stride": stride, "pad": pad}
        self.trainable = True
        self.memory = []

    def forward(self, x):
        """Return the convolution of x with w, plus b, and remember the cache."""
        ### BEGIN SOLUTION
        out, cache = conv_forward_im2col(x, self.params["w"], self.params["b"], self.conv_param)
        self.memory.append(cache)
        return out
        ### END SOLUTION

    def backward(self, dout, retain_grads=True):
        """Return dx for the last forward that waits, and add its shares to grads.

        dout: (N, F, H', W'). With retain_grads=False nothing is added; dx is returned, and the
        forward taken out of the memory, all the same. A frozen layer: as for Affine.
        """
        ### BEGIN SOLUTION
        if not self.trainable:
            raise RuntimeError("this layer is frozen: it has no gradients to give")
        dx, dw, db = conv_backward_im2col(dout, self.memory.pop())
        if retain_grads:
            self.grads["w"] += dw
            self.grads["b"] += db
        return dx
        ### END SOLUTION

    def zero_grads(self):
        """Start the gradients anew: zeros for every parameter. The memory stays as it is."""
        ### BEGIN SOLUTION
        for grad in self.grads.values():
            grad[...] = 0
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "Conv", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(Conv)

# %% [markdown]
# Max pooling has no parameters: its memory holds the cache, and that is all.


# %% nbgrader={"grade": false, "grade_id": "maxpool_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
class MaxPool:
    """The largest of each 2 by 2 window, side by side; x (N, C, H, W)."""

    def __init__(self):
        """Nothing to learn."""
        self.params, self.grads = {}, {}
        self.trainable = True
        self.memory = []

    def forward(self, x):
        """The largest entries, (N, C, H // 2, W // 2)."""
        windows = {"pool_height": 2, "pool_width": 2, "stride": 2}
        out, cache = max_pool_forward_im2col(x, windows)
        self.memory.append(cache)
        return out

    def backward(self, dout, retain_grads=True):
        """The gradient with respect to the x of the last forward that still waits."""
        return max_pool_backward_im2col(dout, self.memory.pop())

    def zero_grads(self):
        """There are none."""


# %% [markdown]
# # A network is a list
#
# Its forward pass goes through the list. **Predict:** in which order does the backward pass go, and what is the
# `dout` of a layer in the middle?


# %% nbgrader={"grade": false, "grade_id": "forward_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
def forward_through(layers, x):
    """Run x through all layers, in their order; returns the output of the last one."""
    for layer in layers:
        x = layer.forward(x)
    return x


# %% nbgrader={"grade": false, "grade_id": "backward_through_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def backward_through(layers, dout, retain_grads=True):
    """Run dout back through all layers; returns the gradient by the input of the first one.

    Passes retain_grads on to every layer.
    """
    ### BEGIN SOLUTION
    for layer in reversed(layers):
        dout = layer.backward(dout, retain_grads)
    return dout
    ### END SOLUTION


# %% [markdown]
# The first weights are random, and not too large: with variance $2/\text{fan-in}$ the size of the numbers stays about
# the same from layer to layer (*He initialisation*; fan-in is how many numbers enter each sum). The 2 makes up for the
# ReLU, which lets half of the numbers through; the last layer has none behind it, and its variance is
# $1/\text{fan-in}$. Biases begin at 0.


# %% nbgrader={"grade": false, "grade_id": "network_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
def small_network(filters, seed):
    """A network for images (N, 1, 8, 8): convolution, ReLU, max pooling, affine; 10 scores."""
    random = np.random.default_rng(seed)
    kernels = random.normal(size=(filters, 1, 3, 3)) * np.sqrt(2 / 9)
    weights = random.normal(size=(filters * 16, 10)) * np.sqrt(1 / (filters * 16))
    return [
        Conv(kernels, np.zeros(filters), pad=1),
        ReLU(),
        MaxPool(),
        Flatten(),
        Affine(weights, np.zeros(10)),
    ]


# %% [markdown]
# **Count the parameters** for 16 filters: $16 \cdot 9 + 16$ in the convolution, $16 \cdot 4 \cdot 4 \cdot 10 + 10$ in
# the affine layer. That makes $160 + 2570 = 2730$, the answer to the fourth prediction.
#
# **Does it fit together?** Every part was checked by itself; now all of it at once. For one random direction $d$ in
# the space of images, the slope of the loss along $d$ must be $\sum \partial L/\partial x \cdot d$. The cell prints
# the difference of that and of a central difference, rounded to eight digits.


# %%
def slope_gap():
    """Backward pass of the whole network against a central difference along one direction."""
    layers, random = small_network(3, seed=1), np.random.default_rng(2)
    x, y = random.normal(size=(4, 1, 8, 8)), np.array([0, 3, 3, 9])
    direction = random.normal(size=x.shape)
    _, dscores = softmax_cross_entropy(forward_through(layers, x), y)
    dx = backward_through(layers, dscores)
    losses = [
        softmax_cross_entropy(forward_through(layers, x + h * direction), y)[0]
        for h in (1e-6, -1e-6)
    ]
    return round(np.sum(dx * direction) - (losses[0] - losses[1]) / 2e-6, 8)


attempt(slope_gap, expected=0)

# %% [markdown]
# # Learning
#
# Move every parameter $\theta$ a little against its gradient, $\theta \leftarrow \theta - \eta\, \partial L/\partial\theta$.
# To first order the loss then falls by $\eta \sum (\partial L/\partial\theta)^2$, which is never negative. Each batch is
# only a sample of the images, so the gradient is a sample, too: *stochastic gradient descent*.
#
# The optimiser is where learning happens, and the only place (rule 5). It **reads** `grads` and does not clear or change
# them: when to start anew is the decision of the loop that trains.
#
# ## Exercise 4: SGD


# %% nbgrader={"grade": false, "grade_id": "SGD_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
class SGD:
    """Stochastic gradient descent on the parameters of some layers."""

    def __init__(self, layers, learning_rate, momentum=0.0):
        """Remember the layers (objects with params, grads and trainable) and the rate.

        momentum is for the optional part: ignore it until then.
        """
        self.layers = layers
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocities = {}

    def step(self):
        """Change every parameter by -learning_rate times its gradient of this moment.

        Layers whose trainable is False stay as they are. Gradients are not changed.
        """
        ### BEGIN SOLUTION
        for place, layer in enumerate(self.layers):
            if not layer.trainable:
                continue
            for name, grad in layer.grads.items():
                velocity = self.momentum * self.velocities.get((place, name), 0.0) + grad
                self.velocities[place, name] = velocity
                layer.params[name] -= self.learning_rate * velocity
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "SGD", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(SGD)

# %% [markdown]
# ## One epoch
#
# An *epoch* uses every training image once, in batches. For each batch:
#
# 1. start the gradients anew, in every layer;
# 2. forward through all layers, then the loss;
# 3. backward through all layers;
# 4. one step of the optimiser.
#
# **The order of the images matters.** If they are sorted by class, a batch holds sevens only, and the network learns
# to say "seven" to everything, then "eight". So draw a fresh random order for every epoch. Shuffle *indices*, not
# the arrays: an image must keep its label, and the arrays are the caller's.


# %% nbgrader={"grade": false, "grade_id": "train_epoch_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_epoch(layers, sgd, x, y, batch_size, random):
    """Train on every image once, in a random order drawn from random (a numpy Generator).

    layers: a list; sgd: the optimiser of the same layers. x: (N, 1, 8, 8), y: (N,).
    Returns the mean of the losses of the batches. Changes neither x nor y.
    """
    ### BEGIN SOLUTION
    order = random.permutation(len(x))
    losses = []
    for start in range(0, len(x), batch_size):
        batch = order[start : start + batch_size]
        for layer in layers:
            layer.zero_grads()
        loss, dscores = softmax_cross_entropy(forward_through(layers, x[batch]), y[batch])
        backward_through(layers, dscores)
        sgd.step()
        losses.append(loss)
    return np.mean(losses)
    ### END SOLUTION


# %% [markdown]
# To ask the network, take the class with the largest score. A forward pass that will get no backward leaves caches
# behind that wait for ever, so `predict` clears the memories: all of them, also what another forward left there. Do not
# call it between a forward and its backward.


# %% nbgrader={"grade": false, "grade_id": "predict_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
def predict(layers, x):
    """The class with the largest score for each image: x (N, 1, 8, 8) gives integers (N,)."""
    scores = forward_through(layers, x)
    for layer in layers:
        layer.memory.clear()
    return np.argmax(scores, axis=1)


# %% [markdown]
# ## Exercise 5: learn to read
#
# Everything together. You get 400 digits with their labels, **sorted by class**, and 200 digits without labels. Build a
# network (`small_network` is one; any other is welcome), train it, and say what the 200 are. It is judged by the result:
# **at least 80 % right**, on digits that are not among the 400. A sound training run reaches 90 % and more within
# about a second; you have about ten seconds of processor time.
#
# Start with 8 filters, a learning rate of 0.3, batches of 20 and 15 epochs. If the loss becomes `nan`, or all answers
# become one class, the rate may be too large. If it hardly moves from 2.3, something does not learn: which of the four lines of the loop is missing?


# %% nbgrader={"grade": false, "grade_id": "digit_classes_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def digit_classes(images, labels, new_images):
    """Train a network on the given digits, and read new ones.

    Arguments:
        images: float array of shape (N, 1, 8, 8), values from 0 to 1, sorted by class.
        labels: integer array of shape (N,), the classes, 0 to 9.
        new_images: float array of shape (K, 1, 8, 8).

    Returns integers of shape (K,): the class of each of the new images. Changes none of
    its arguments.
    """
    ### BEGIN SOLUTION
    random = np.random.default_rng(0)
    layers = small_network(8, seed=0)
    sgd = SGD(layers, learning_rate=0.3)
    for _ in range(15):
        train_epoch(layers, sgd, images, labels, batch_size=20, random=random)
    return predict(layers, new_images)
    ### END SOLUTION


# %% [markdown]
# Try it on digits of your own choice first. The cell sorts 400 digits by class, and reads 200 of those that were held out.


# %%
def share_right():
    """The share of 200 held-out digits that digit_classes reads after training on 400."""
    some = np.flatnonzero(~held_out)[:400]
    some = some[np.argsort(labels[some], kind="stable")]
    asked = np.flatnonzero(held_out)[:200]
    return np.mean(digit_classes(images[some], labels[some], images[asked]) == labels[asked])


# %% tags=["training"]
try:
    print(f"{share_right():.1%} of 200 digits are right")
except NotImplementedError:
    print("Not yet: write the function above, then run this cell again.")

# %% nbgrader={"grade": true, "grade_id": "digit_classes", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(digit_classes)

# %% [markdown]
# # All digits
#
# Now the large run: 1437 digits to learn from, 16 filters, 20 epochs, and after each epoch one look at the 360 digits
# that were held out. It takes a few seconds.

# %% tags=["training"]
history = {"loss": [], "train": [], "held out": []}
network = small_network(16, seed=0)
try:
    order, sgd = np.random.default_rng(0), SGD(network, learning_rate=0.3)
    for _ in range(20):
        loss = train_epoch(network, sgd, images[~held_out], labels[~held_out], 32, order)
        history["loss"].append(loss)
        for name, chosen in (("train", ~held_out), ("held out", held_out)):
            right = predict(network, images[chosen]) == labels[chosen]
            history[name].append(right.mean())
    print(f"held out: {history['held out'][-1]:.1%} of {held_out.sum()} digits are right")
except NotImplementedError:
    print("Not yet: write the exercises above, then run this cell again.")

# %% tags=["picture"]
pictures.convnet.curves(history)

# %% [markdown]
# Before the first step the loss was 2.62, and in the mean over the first epoch it is far below that already. The share
# of right answers on the digits that the network learned from ends higher than on those that were held out: the
# distance between the two curves is what it has learned by heart.
#
# **What did it learn?** Each filter is nine numbers. Where one is positive (blue, +), ink raises what the filter puts
# out; where it is negative (orange, −), ink lowers it; those without a sign are small. A filter with plus on one side
# and minus on the other answers to an edge.

# %% tags=["picture"]
pictures.convnet.filters(network[0].params["w"])

# %% [markdown]
# **What does it confuse?** Row: what was written. Column: what the network read.

# %% tags=["picture"]
pictures.convnet.confusion(lambda: predict(network, images[held_out]), labels[held_out])

# %% [markdown]
# **Which pixels decide?** The backward pass does not have to begin with the loss. Let `dscores` be 1 for one class and
# 0 elsewhere: then dx says, for every pixel, how much more ink there would raise the score of that class. Nothing may be
# learned from this question, so it asks with `retain_grads=False` (rule 3).


# %% nbgrader={"grade": false, "grade_id": "saliency_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
def saliency(layers, x, classes):
    """Gradient of the score of classes[n] with respect to x[n]: x (N, 1, 8, 8), same shape."""
    scores = forward_through(layers, x)
    dscores = np.zeros(scores.shape)
    dscores[np.arange(len(x)), classes] = 1
    return backward_through(layers, dscores, retain_grads=False)


# %% tags=["picture"]
pictures.convnet.saliency(
    lambda: saliency(network, images[[10, 1, 14, 8]], labels[[10, 1, 14, 8]]),
    images[[10, 1, 14, 8]],
)

# %% [markdown]
# Did the question leave a trace? The cell asks once more, and prints how far the gradients of the first layer's
# filters have moved meanwhile.


# %% tags=["training"]
def trace_of_saliency():
    """The largest change of grads["w"] of the first layer by one question."""
    before = network[0].grads["w"].copy()
    saliency(network, images[:2], labels[:2])
    return np.max(np.abs(network[0].grads["w"] - before))


attempt(trace_of_saliency, expected=0)

# %% [markdown]
# Look at the places without ink that are orange: ink there would speak *against* this digit. In the hole of the 0 they
# are the darkest: a bar across its middle would make an 8 of it, and the network has noticed.

# %% [markdown]
# # Written question
#
# Answer in three to six sentences.
#
# (a) A batch of 64 images does not fit into memory. A colleague runs two batches of 32, forward and backward each, and
# one step of plain SGD after both, and finds that it moves every parameter about twice as far as with one batch of 64.
# Which rule of the layer makes this way of splitting possible at all, why does it go twice as far, and what has to be
# changed?
#
# (b) A layer writes `self.x = x` in `forward` and reads `self.x` in `backward`. It passes a gradient check, and the
# network above trains well with it. Describe one use of the layer in which it is wrong, and what it computes there.

# %% [markdown] nbgrader={"grade": true, "grade_id": "convnet_question", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# **Your answer**
#
# ### BEGIN SOLUTION
# *Model answer.* (a) Rule 1: backward adds to grads, so after both halves grads holds the sum over all 64 images. But
# each loss is the mean over its own 32, so each half was divided by 32 instead of by 64, and the sum is twice the
# gradient of the mean over 64. Divide each half's loss (or dscores) by 2, or halve the learning rate for this step.
# (b) Two forwards before the first backward, for instance one layer used on two images that are compared, or at two
# steps of a sequence. Both backward passes then use the second input; dw is (x2 for x) wrong, although dx of an affine
# layer is still right.
#
# *Marking guide.*
#
# - (a), 1 point: half a point for accumulation (rule 1), half a point for the mean over 32 instead of 64 together with a
#   remedy that fits. "zero_grads between the halves" is wrong: it throws half of the images away.
# - (b), 1 point: half a point for a use with two forwards before a backward, half a point for saying that the second
#   input is used for both. An evaluation between forward and backward (`predict` in the middle of a step) is right, too.
# ### END SOLUTION

# %% [markdown]
# # Optional: lists
#
# This part gives bonus credit. You extend `Affine` and `SGD` *above*: go back to their cells, change them, run them
# and their checks again, then come here.
#
# Some libraries let a layer take several inputs in one call. `layer.forward([x, x2])` returns the list
# `[out, out2]`, and `layer.backward([dout, dout2])` the list `[dx, dx2]`; the gradients of both add up. Each item is a
# batch of its own, and the two may have different numbers of rows.
#
# A trap lies in the second line. The memory now holds `x`, then `x2` on top of it. Which item of the list must be taken
# first? And in which order is the list returned?

# %% nbgrader={"grade": true, "grade_id": "Affine_lists", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"] bonus=1
check(Affine, part="lists")

# %% [markdown]
# # Optional: momentum
#
# A step along the gradient of one batch zigzags. *Momentum* lets every parameter keep a part $\mu$ of its motion: it has
# a velocity $v$, zero at first, and
#
# $$ v \leftarrow \mu\, v + \frac{\partial L}{\partial\theta}, \qquad \theta \leftarrow \theta - \eta\, v. $$
#
# With $\mu = 0$ this is what you have. If the gradient were always the same, $v$ would grow to $1/(1-\mu)$ times of it:
# for $\mu = 0.9$, ten times. So the learning rate must be smaller.
#
# **For paper:** $\theta = 10$, $\eta = 1$, $\mu = 1/2$, the gradients are 4, 0, 0. Where is $\theta$ after three steps?
# (It goes to 6, to 4, to 3.)
#
# Two layers may both have a parameter called `w`. Each has its own velocity.

# %% nbgrader={"grade": true, "grade_id": "SGD_momentum", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"] bonus=1
check(SGD, part="momentum")

# %% [markdown]
# # Further reading
#
# - E. Alpaydin and C. Kaynak, *Optical recognition of handwritten digits* (1998), UCI Machine Learning Repository: the
#   data, and what nearest neighbours reach on it.
# - Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, *Gradient-based learning applied to document recognition* (Proceedings
#   of the IEEE, 1998): the network that this one is a small sister of.
# - K. He and others, *Delving deep into rectifiers* (2015), arXiv:1502.01852: the size of the first weights.
# - I. Sutskever, J. Martens, G. Dahl and G. Hinton, *On the importance of initialization and momentum in deep learning*
#   (ICML 2013).
# - K. Simonyan, A. Vedaldi and A. Zisserman, *Deep inside convolutional networks* (2013), arXiv:1312.6034: saliency from dx.
# - The PyTorch notes on `torch.autograd` and `torch.optim`: `retain_graph`, `requires_grad`, `zero_grad(set_to_none=True)`.
