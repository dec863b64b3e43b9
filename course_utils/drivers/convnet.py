"""The life of a layer and of an optimiser in scenes: what ``08_convnet`` asks of its classes.

Each scene is shown to students as it stands when it is the one that fails.
"""

# The classes are the student's, and stand where the text of a scene is run.  What a frozen
# layer raises is left to its author: an assert refuses as well as a RuntimeError.
# mypy: disable-error-code="name-defined, no-untyped-def"

from course_utils.drivers.registry import driver

__all__ = [
    "affine_frozen",
    "affine_lists_not_retained",
    "affine_nested",
    "affine_not_retained",
    "affine_on_lists",
    "affine_once",
    "affine_retained_one",
    "affine_thawed",
    "affine_used_twice",
    "affine_zeroed",
    "conv_frozen",
    "conv_nested",
    "conv_not_retained",
    "conv_once",
    "conv_thawed",
    "conv_zeroed",
    "sgd_frozen",
    "sgd_steps",
    "sgd_with_momentum",
]


@driver
def affine_once(w, b, x, dout):
    layer = Affine(w, b)
    out = layer.forward(x)
    dx = layer.backward(dout)
    w_after, b_after = layer.params["w"], layer.params["b"]
    return out, dx, layer.grads["w"], layer.grads["b"], False, w_after, b_after


@driver
def affine_used_twice(w, b, x, dout, x2, dout2):
    layer = Affine(w, b)
    layer.forward(x)
    layer.backward(dout)
    out = layer.forward(x2)
    dx = layer.backward(dout2)
    w_after, b_after = layer.params["w"], layer.params["b"]
    return out, dx, layer.grads["w"], layer.grads["b"], False, w_after, b_after


@driver
def affine_nested(w, b, x, dout, x2, dout2):
    layer = Affine(w, b)
    out = layer.forward(x)
    layer.forward(x2)
    layer.backward(dout2)
    dx = layer.backward(dout)
    w_after, b_after = layer.params["w"], layer.params["b"]
    return out, dx, layer.grads["w"], layer.grads["b"], False, w_after, b_after


@driver
def affine_not_retained(w, b, x, dout, x2, dout2):
    layer = Affine(w, b)
    layer.forward(x)
    layer.backward(dout)
    out = layer.forward(x2)
    dx = layer.backward(dout2, retain_grads=False)
    w_after, b_after = layer.params["w"], layer.params["b"]
    return out, dx, layer.grads["w"], layer.grads["b"], False, w_after, b_after


@driver
def affine_retained_one(w, b, x, dout, x2, dout2):
    layer = Affine(w, b)
    out = layer.forward(x)
    layer.forward(x2)
    layer.backward(dout2, retain_grads=False)
    dx = layer.backward(dout)
    w_after, b_after = layer.params["w"], layer.params["b"]
    return out, dx, layer.grads["w"], layer.grads["b"], False, w_after, b_after


@driver
def affine_frozen(w, b, x, dout):
    layer = Affine(w, b)
    layer.trainable = False
    out = layer.forward(x)
    try:
        dx = layer.backward(dout)
        refused = False
    except Exception:
        refused = True
        layer.trainable = True
        dx = layer.backward(dout)
    w_after, b_after = layer.params["w"], layer.params["b"]
    return out, dx, layer.grads["w"], layer.grads["b"], refused, w_after, b_after


@driver
def affine_thawed(w, b, x, dout):
    layer = Affine(w, b)
    layer.trainable = False
    out = layer.forward(x)
    layer.trainable = True
    dx = layer.backward(dout)
    w_after, b_after = layer.params["w"], layer.params["b"]
    return out, dx, layer.grads["w"], layer.grads["b"], False, w_after, b_after


@driver
def affine_zeroed(w, b, x, dout, x2, dout2):
    layer = Affine(w, b)
    layer.forward(x)
    layer.backward(dout)
    out = layer.forward(x2)
    layer.zero_grads()
    dx = layer.backward(dout2)
    w_after, b_after = layer.params["w"], layer.params["b"]
    return out, dx, layer.grads["w"], layer.grads["b"], False, w_after, b_after


@driver
def affine_on_lists(w, b, x, dout, x2, dout2):
    layer = Affine(w, b)
    out, out2 = layer.forward([x, x2])
    dx, dx2 = layer.backward([dout, dout2])
    return out, out2, dx, dx2, layer.grads["w"], layer.grads["b"]


@driver
def affine_lists_not_retained(w, b, x, dout, x2, dout2):
    layer = Affine(w, b)
    layer.forward(x)
    layer.backward(dout)
    out, out2 = layer.forward([x, x2])
    dx, dx2 = layer.backward([dout, dout2], retain_grads=False)
    return out, out2, dx, dx2, layer.grads["w"], layer.grads["b"]


@driver
def conv_once(w, b, stride, pad, x, dout):
    layer = Conv(w, b, stride, pad)
    out = layer.forward(x)
    dx = layer.backward(dout)
    w_after, b_after = layer.params["w"], layer.params["b"]
    return out, dx, layer.grads["w"], layer.grads["b"], False, w_after, b_after


@driver
def conv_nested(w, b, stride, pad, x, dout, x2, dout2):
    layer = Conv(w, b, stride, pad)
    layer.forward(x)
    layer.forward(x2)
    layer.backward(dout2)
    dx = layer.backward(dout)
    out = layer.forward(x2)
    w_after, b_after = layer.params["w"], layer.params["b"]
    return out, dx, layer.grads["w"], layer.grads["b"], False, w_after, b_after


@driver
def conv_not_retained(w, b, stride, pad, x, dout, x2, dout2):
    layer = Conv(w, b, stride, pad)
    layer.forward(x)
    layer.backward(dout)
    out = layer.forward(x)
    layer.forward(x2)
    dx = layer.backward(dout2, retain_grads=False)
    layer.backward(dout)
    w_after, b_after = layer.params["w"], layer.params["b"]
    return out, dx, layer.grads["w"], layer.grads["b"], False, w_after, b_after


@driver
def conv_frozen(w, b, stride, pad, x, dout):
    layer = Conv(w, b, stride, pad)
    layer.trainable = False
    out = layer.forward(x)
    try:
        dx = layer.backward(dout)
        refused = False
    except Exception:
        refused = True
        layer.trainable = True
        dx = layer.backward(dout)
    w_after, b_after = layer.params["w"], layer.params["b"]
    return out, dx, layer.grads["w"], layer.grads["b"], refused, w_after, b_after


@driver
def conv_thawed(w, b, stride, pad, x, dout):
    layer = Conv(w, b, stride, pad)
    layer.trainable = False
    out = layer.forward(x)
    layer.trainable = True
    dx = layer.backward(dout)
    w_after, b_after = layer.params["w"], layer.params["b"]
    return out, dx, layer.grads["w"], layer.grads["b"], False, w_after, b_after


@driver
def conv_zeroed(w, b, stride, pad, x, dout, x2, dout2):
    layer = Conv(w, b, stride, pad)
    layer.forward(x)
    layer.backward(dout)
    out = layer.forward(x2)
    layer.zero_grads()
    dx = layer.backward(dout2)
    w_after, b_after = layer.params["w"], layer.params["b"]
    return out, dx, layer.grads["w"], layer.grads["b"], False, w_after, b_after


@driver
def sgd_steps(w, b, w2, dw, db, dw2, new_dw, learning_rate):
    from types import SimpleNamespace

    first = SimpleNamespace(params={"w": w.copy(), "b": b.copy()}, trainable=True)
    second = SimpleNamespace(params={"w": w2.copy()}, trainable=True)
    first.grads, second.grads = {"w": dw, "b": db}, {"w": dw2}
    sgd = SGD([first, second], learning_rate)
    sgd.step()
    first.grads["w"] = new_dw
    sgd.step()
    return first.params["w"], first.params["b"], second.params["w"]


@driver
def sgd_frozen(w, b, w2, dw, db, dw2, learning_rate):
    from types import SimpleNamespace

    first = SimpleNamespace(params={"w": w.copy(), "b": b.copy()}, trainable=False)
    second = SimpleNamespace(params={"w": w2.copy()}, trainable=True)
    first.grads, second.grads = {"w": dw, "b": db}, {"w": dw2}
    SGD([first, second], learning_rate).step()
    return first.params["w"], first.params["b"], second.params["w"]


@driver
def sgd_with_momentum(w, b, w2, dw, db, dw2, new_dw, learning_rate, momentum):
    from types import SimpleNamespace

    first = SimpleNamespace(params={"w": w.copy(), "b": b.copy()}, trainable=True)
    second = SimpleNamespace(params={"w": w2.copy()}, trainable=True)
    first.grads, second.grads = {"w": dw, "b": db}, {"w": dw2}
    sgd = SGD([first, second], learning_rate, momentum)
    sgd.step()
    first.grads["w"] = new_dw
    sgd.step()
    sgd.step()
    return first.params["w"], first.params["b"], second.params["w"]
