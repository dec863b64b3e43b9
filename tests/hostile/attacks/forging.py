"""To say what the process says: replies of its own making, and its parts replaced.

A reply can hold only what the code here could have computed, so none of these knows
the answers; each tries whether the grader believes something else than answers.
"""

from attacks.attack import BACKWARD, Attack, cells, endings, functions

KIND = "forging"

#: Finds the serving loop's own objects: all that a child consists of can be reached.
_REACH = """
import gc, json, struct, threading
_channel = next(o for o in gc.get_objects() if type(o).__name__ == "Channel")
_frame, _notebook = sys._getframe(), None
while _frame:
    if type(_frame.f_locals.get("self")).__name__ == "Notebook":
        _notebook = _frame.f_locals["self"]
    _frame = _frame.f_back

def frame(message, body=b""):
    header = json.dumps(message).encode()
    return struct.pack("<4sIQ", b"BPH1", len(header), len(body)) + header + body

def token():
    return _channel._token

def zero(name):
    return {"array": ["<f8", [1]]}
"""

#: Everything that might be taken for a good result.
_PASSED = """
def passed():
    return dict(token=token(), status="passed", share=1.0, earned=1.0, score=15, has=True,
                passed=True, checks={"list": []}, ready=True, raised=None, problem=None,
                printed="", kept=False, outputs={"tuple": []}, arguments={"tuple": []})
"""


def _forged(
    change: str, body: str = "b''", after: str = "time.sleep(0.05); return dout, dout, dout"
) -> str:
    """A backward that writes a reply before its own is written."""
    return f"""{_REACH}{_PASSED}
def {BACKWARD}(dout, cache):
    message = passed()
    {change}
    os.write(4, frame(message, {body}))
    {after}
"""


_REPLACED = """
import builtins, operator, math
always = lambda *given, **named: True
for name in ("isinstance", "len", "all", "any", "abs", "min", "max", "sum", "type", "print"):
    setattr(builtins, name, always)
OUTCOME = "replaced"
"""

_NUMPY = """
always = lambda *given, **named: True
for name in ("allclose", "array_equal", "isclose", "isfinite", "abs", "max", "all", "isnan"):
    setattr(np, name, always)
np.testing.assert_allclose = np.testing.assert_array_equal = always
np.ndarray, np.generic, np.dtype = dict, dict, dict
np.array = np.frombuffer = always
OUTCOME = "replaced"
"""

_STEALS = f"""{_REACH}{_PASSED}
def steal():
    while True:
        request = os.read(3, 2**16)
        os.write(4, frame(dict(passed(), token=_seen(request))))
def _seen(request):
    place = request.find(b'"token":"')
    return request[place + 9:place + 25].decode("ascii", "replace")
threading.Thread(target=steal, daemon=True).start()
time.sleep(0.05)
"""

_READER = f"""{_REACH}
_notebook._plain.plain_outputs = lambda result, names, keep: (
    tuple(np.zeros(3) for _ in names), "", None)
"""

_NOTEBOOK = f"""{_REACH}
type(_notebook)._call = lambda self, request: {{"status": "passed", "outputs": ()}}
"""

_LATER = f"""{_REACH}
def {BACKWARD}(dout, cache):
    return np.zeros(3), np.zeros(3), np.zeros(3)
def rewrite():
    for _ in range(100):
        time.sleep(0.01)
        globals()["{BACKWARD}"] = lambda dout, cache: tuple(np.ones(a.shape) for a in cache[:3])
threading.Thread(target=rewrite, daemon=True).start()
"""

ATTACKS = [
    Attack(KIND, "a reply that says passed", _forged("pass"), "proper reply|ended|shape"),
    Attack(
        KIND,
        "a reply with gradients of one entry",
        _forged(
            "message.update(outputs={'tuple': [zero(n) for n in 'abc']},"
            "arguments={'tuple': [None, None]})",
            "bytes(24)",
        ),
        "shape|proper reply|wrong",
    ),
    Attack(
        KIND,
        "a reply to somebody else",
        _forged("message.update(token='0' * 16)"),
        "proper reply",
    ),
    Attack(KIND, "a reply without an outcome", _forged("del message['outputs']"), "proper reply"),
    Attack(
        KIND,
        "a reply that is a question",
        _forged("message.update(ask=0)"),
        "proper reply",
    ),
    Attack(
        KIND,
        "two replies at once",
        _forged("pass", after="os.write(4, frame(message)); time.sleep(30)"),
        "proper reply|longer|shape",
    ),
    Attack(
        KIND,
        "a reply that never ends",
        _forged("message.update(printed='x')", after="while True: os.write(4, b'x')"),
        "proper reply|processor time|ended",
    ),
    Attack(
        KIND,
        "a reply that a judge could not read",
        _forged(
            "message.update(outputs={'tuple': [{'array': ['|O', [1]]}] * 3})",
            "bytes(24)",
        ),
        "proper reply",
    ),
    Attack(
        KIND,
        "a handle that was never given",
        _forged("message.update(arguments={'tuple': [{'handle': 1}, {'handle': 2}]})"),
        "proper reply",
    ),
    Attack(KIND, "requests taken by a thread", _STEALS, "proper reply|no function|longer|ended"),
    Attack(KIND, "a thread that rewrites functions later", _LATER, "wrong|shape|entries"),
    Attack(KIND, "a reader of results replaced", _READER, "shape|proper reply|wrong"),
    Attack(KIND, "its own notebook replaced", _NOTEBOOK, "proper reply|damaged the process"),
    Attack(KIND, "builtins that say yes", _REPLACED, "."),
    Attack(KIND, "numpy that says yes", _NUMPY, "."),
    *endings(
        KIND,
        {
            "noise on the reply pipe": (
                "bad reply",
                "proper reply",
                "os.write(4, b'noise' * 100)",
            ),
            "one byte on the reply pipe": ("bad reply", "proper reply", "os.write(4, b'B')"),
            "a flood on the reply pipe": (
                "bad reply",
                "proper reply",
                "while True: os.write(4, bytes(2**16))",
            ),
            "a reply of any length": (
                "bad reply",
                "proper reply",
                "import struct; os.write(4, struct.pack('<4sIQ', b'BPH1', 2**31, 2**62))",
            ),
            "a reply that comes in drops": (
                "wall",
                "took longer than",
                """
                import struct
                os.write(4, struct.pack("<4sIQ", b"BPH1", 10**5, 0))
                for _ in range(200):
                    os.write(4, b" "); time.sleep(0.05)
                """,
            ),
            "a first frame kept for later": (
                "bad reply",
                "proper reply",
                "import struct; os.write(4, struct.pack('<4sIQ', b'BPH1', 2, 0) + b'{}')",
            ),
        },
    ),
    *cells(
        KIND,
        {
            "writing to the request pipe": (
                "denied",
                """
                try:
                    OUTCOME = f"done: {os.write(3, b'x')}"
                except OSError as error:
                    OUTCOME = f"denied: {error}"
                """,
            ),
            "comparisons in a numpy of its own": (
                ".",
                """
                import types
                fake = types.ModuleType("numpy")
                fake.allclose = fake.array_equal = lambda *given, **named: True
                sys.modules["numpy"] = sys.modules["numpy.testing"] = fake
                OUTCOME = "replaced"
                """,
            ),
            "a course_utils of its own": (
                "replaced",
                """
                import types
                fake = types.ModuleType("course_utils")
                fake.check = lambda *given, **named: print("passed")
                sys.modules["course_utils"] = fake
                OUTCOME = "replaced"
                """,
            ),
            "a hook for imports": (
                "replaced",
                """
                class Finder:
                    def find_spec(self, name, path=None, target=None):
                        raise SystemExit(0)
                sys.meta_path.insert(0, Finder())
                sys.path_hooks.insert(0, Finder().find_spec)
                OUTCOME = "replaced"
                """,
            ),
            "a transformer of input": (
                "replaced",
                """
                get_ipython().input_transformers_post.append(lambda lines: ["pass"])
                get_ipython().ast_transformers.append(None)
                get_ipython().run_cell("import os; os._exit(0)")
                OUTCOME = "replaced"
                """,
            ),
            "modules planted beside the notebook": (
                "planted",
                """
                for name in ("matplotlib", "numpy", "course_utils", "sitecustomize", "conftest"):
                    with open(name + ".py", "w") as file:
                        file.write("raise SystemExit(0)")
                sys.path.insert(0, os.getcwd())
                OUTCOME = "planted"
                """,
            ),
            "tracing every line": (
                "traced",
                """
                def tracer(frame, event, argument):
                    frame.f_locals.update(status="passed", share=1.0)
                    return tracer
                sys.settrace(tracer); sys.setprofile(tracer)
                sys.settrace(None); sys.setprofile(None)
                OUTCOME = "traced"
                """,
            ),
            "a hook for audits": (
                ".",
                """
                def audit(event, given):
                    if event == "compile": raise RuntimeError
                sys.addaudithook(audit)
                """,
            ),
            "an encoder of its own": (
                ".",
                """
                import json
                json.JSONEncoder.encode = lambda self, value: '{"status":"passed"}'
                json.JSONDecoder.decode = lambda self, text: {"kind": "cell", "source": ""}
                OUTCOME = "replaced"
                """,
            ),
            "the grade cell's text in place of an answer": (
                "replaced",
                "auto_score = score = 15.0; check = lambda f: 15.0; OUTCOME = 'replaced'",
            ),
        },
    ),
    *functions(
        KIND,
        {
            "noise while a function is called": ("proper reply", "os.write(4, b'x'); return zeros"),
            "a message to itself": ("BlockingIOError|raised|wrong|longer", "os.write(3, b'x')"),
        },
    ),
]
