"""To return what is no gradient, and would deceive whoever believed it."""

from attacks.attack import BACKWARD, CPU, WALL, Attack, cells, functions

KIND = "replies"

_HOSTILE = f"""
class Hostile(np.ndarray):
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = (
        lambda self, other: np.ones(np.shape(self), bool)
    )
    __sub__ = __rsub__ = __abs__ = lambda self, *other: np.zeros(np.shape(self))
    __bool__ = lambda self: True
    __array_priority__ = 1e9
    def __array_ufunc__(self, ufunc, method, *given, **options): return np.ones(1, bool)[0]
    def __array_function__(self, function, types, given, named): return True
    def __array__(self, *given, **named): os._exit(0)
    def __reduce__(self): os._exit(0)
    __reduce_ex__ = __copy__ = __deepcopy__ = __iter__ = __len__ = __reduce__
    dtype = property(lambda self: np.dtype(object))
    shape = property(lambda self: (10**9,))

def {BACKWARD}(dout, cache):
    return tuple(np.zeros(a.shape).view(Hostile) for a in cache[:3])
"""

_PRETENDS = f"""
class Pretends:
    __class__ = np.ndarray
    dtype, ndim, size, nbytes = np.dtype(float), 1, 1, 8
    shape = strides = (1,)
    __eq__ = lambda self, other: True
    __hash__ = None
    def __array__(self, *given, **named): return np.zeros(1)
    def __getattr__(self, name): os._exit(0)

def {BACKWARD}(dout, cache):
    return Pretends(), Pretends(), Pretends()
"""

_POINTER = f"""
class Points:
    __array_interface__ = dict(version=3, shape=(10**6,), typestr="<f8", data=(4096, False))

def {BACKWARD}(dout, cache):
    return Points(), Points(), Points()
"""

_TUPLE = f"""
class Triple(tuple):
    def __iter__(self): os._exit(0)
    __len__ = __getitem__ = __eq__ = __iter__

def {BACKWARD}(dout, cache):
    return Triple([np.zeros(a.shape) for a in cache[:3]])
"""

_CACHE = """
class Cache(tuple):
    def __iter__(self): raise ValueError("a hostile cache")
def conv_forward_naive(x, w, b, conv_param):
    return np.zeros(3), Cache((x, w, b))
OUTCOME = "a hostile cache"
"""

ATTACKS = [
    Attack(KIND, "arrays of a hostile class", _HOSTILE, "wrong|shape|differs|entries"),
    Attack(KIND, "objects that say they are arrays", _PRETENDS, "Pretends"),
    Attack(KIND, "objects that point into memory", _POINTER, "Points"),
    Attack(KIND, "a hostile tuple", _TUPLE, "wrong|shape"),
    Attack(KIND, "a hostile cache of the forward", _CACHE, "a hostile cache"),
    *functions(
        KIND,
        {
            "an array of 400 GB by broadcasting": (
                "far too large",
                "return (np.broadcast_to(0.0, (50_000, 1_000_000)),) * 3",
            ),
            "arrays that are too large together": (
                # On a busy machine its time is over before that is found out.
                f"far too large|shape|together|{CPU}|{WALL}",
                "return np.zeros(2**21 - 1), np.zeros(2**21 - 1), np.zeros(2**21 - 1)",
            ),
            "arrays of objects": ("dtype object", "return tuple(a.astype(object) for a in zeros)"),
            "not a number": ("nan|wrong", "return tuple(a * np.nan for a in zeros)"),
            "infinity": ("inf|wrong", "return tuple(a + np.inf for a in zeros)"),
            "signalling numbers": (
                "wrong|nan",
                "return tuple(np.full(a.shape, 0x7FF4 << 48, np.int64).view(float) for a in zeros)",
            ),
            "complex numbers": ("dtype complex", "return tuple(a + 0j for a in zeros)"),
            "masked arrays": (
                "masked array",
                "return tuple(np.ma.masked_all(a.shape) for a in zeros)",
            ),
            "structured arrays": (
                "dtype",
                "return tuple(np.zeros(a.shape, [('value', float)]) for a in zeros)",
            ),
            "record arrays": ("dtype", "return (np.rec.array([(1.0, 2)], dtype='f8,i4'),) * 3"),
            "texts": ("dtype", "return tuple(a.astype(str) for a in zeros)"),
            "times": ("dtype", "return tuple(a.astype('M8[s]') for a in zeros)"),
            "half numbers": ("wrong|entries", "return tuple(a.astype(np.float16) for a in zeros)"),
            "long numbers": (
                "wrong|entries",
                "return tuple(a.astype(np.longdouble) for a in zeros)",
            ),
            "truth values": ("wrong|entries", "return tuple(a.astype(bool) for a in zeros)"),
            "bytes of another order": ("wrong", "return tuple(a.astype('>f8') for a in zeros)"),
            "many axes": ("shape", "return (np.zeros((1,) * 60),) * 3"),
            "an empty array of huge axes": ("shape", "return (np.empty((2**20, 0, 2**20)),) * 3"),
            "scalars": ("shape", "return np.float64(0), 0.0, False"),
            "memory maps": (
                "wrong|entries",
                "return tuple(np.memmap('m', float, 'w+', shape=a.shape) for a in zeros)",
            ),
            "arrays that overlap": (
                f"wrong|shape|together|{CPU}|{WALL}",
                "s = np.lib.stride_tricks.as_strided; return (s(x, (2**20, 2), (0, 0)),) * 3",
            ),
            "a generator": ("generator", "return (a for a in zeros)"),
            "a dictionary": ("dict", "return dict(dx=x, dw=w, db=b)"),
            "a list without end": ("expected 3|far too large", "a = []; a.append(a); return a"),
            "many values": ("expected 3", "return (x,) * 100_000"),
            "nothing": ("None", "return None"),
            "its arguments": ("wrong|shape", "return x, w, b"),
            "arguments that are hostile": (
                "wrong|entries",
                """
                conv_param.clear()
                conv_param.update({"\\x1b[2J": [conv_param], 3: np.ma.ones(3), "s": "\\ud800"})
                dout[...] = np.nan; x[...] = np.inf; x.shape = (-1,)
                return np.zeros(w.shape), np.zeros(w.shape), np.zeros(b.shape)
                """,
            ),
            "an exception that lies": (
                r"os\._exit or a crash",
                """
                class Lies(Exception):
                    __name__ = __class__ = __module__ = property(lambda self: os._exit(0))
                    def __str__(self): raise Lies
                    __repr__ = __str__
                raise Lies
                """,
            ),
            "an exception that is a class of its own making": (
                "raised",
                "raise type('\\x1b[31mpassed\\u202e' * 1000, (BaseException,), {})('passed')",
            ),
            "an exception without a traceback": (
                "raised ValueError",
                "raise ValueError('status: passed').with_traceback(None)",
            ),
            "a group of exceptions": (
                "raised ExceptionGroup",
                "raise ExceptionGroup('g', [ValueError(str(i)) for i in range(1000)])",
            ),
        },
    ),
    *cells(
        KIND,
        {
            "functions that are no functions": (
                "raised|not callable|no function",
                f"{BACKWARD} = type('F', (), {{'__call__': None}})()",
            ),
            "a function that is a class": (
                "raised|expected",
                f"class {BACKWARD}(np.ndarray): __new__ = lambda *given: np.zeros(3)",
            ),
            "a function made by C": ("raised|expected", f"{BACKWARD} = np.add"),
        },
    ),
]
