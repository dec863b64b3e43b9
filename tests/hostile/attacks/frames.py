"""To find the answers in frames, objects and memory, and to leave something for the next."""

from attacks.attack import cells, functions

KIND = "frames"

ATTACKS = [
    *functions(
        KIND,
        {
            "arrays of the right shape in frames": (
                "wrong|shape|entries",
                """
                seen, frame = [], sys._getframe()
                while frame:
                    seen += [v for v in frame.f_locals.values() if isinstance(v, np.ndarray)]
                    frame = frame.f_back
                return tuple(
                    next((s for s in seen if s.shape == a.shape and s is not a), np.zeros(a.shape))
                    for a in (x, w, b)
                )
                """,
            ),
            "arrays of the right shape in memory": (
                "wrong|shape|entries",
                """
                import gc
                seen = [o for o in gc.get_objects() if isinstance(o, np.ndarray)]
                seen += [v for o in gc.get_objects() if type(o) is dict for v in o.values()
                         if isinstance(v, np.ndarray)]
                given = (x, w, b, dout)
                return tuple(
                    next((s for s in seen if s.shape == a.shape and all(s is not g for g in given)),
                         np.zeros(a.shape))
                    for a in (x, w, b)
                )
                """,
            ),
            "the request that asks": (
                "request: ",
                """
                frame, found = sys._getframe(), {}
                while frame:
                    found.update(frame.f_locals)
                    frame = frame.f_back
                print("request:", {k: type(v) for k, v in found.get("request", {}).items()})
                return zeros
                """,
            ),
            "answers among the keys of what it is asked": (
                "keys: ",
                """
                import gc
                keys = {k for o in gc.get_objects() if type(o) is dict for k in o if type(k) is str}
                print("keys:", sorted(k for k in keys if k in (
                    "expected", "answers", "reference", "seed", "secret", "tolerance")))
                return zeros
                """,
            ),
            "what its arguments are a view of": (
                "wrong|shape|entries",
                """
                bases = [a if a.base is None else a.base for a in (x, w, b)]
                return tuple(np.asarray(v).ravel()[:a.size].reshape(a.shape) * 0
                             for v, a in zip(bases, (x, w, b)))
                """,
            ),
        },
    ),
    *cells(
        KIND,
        {
            "traces in the interpreter": (
                "left behind",
                """
                import builtins, locale, random, signal, warnings
                builtins.hostile = np.hostile = os.hostile = sys.hostile = 1
                sys.modules["hostile"] = sys.modules["numpy"]
                os.environ["HOSTILE"] = os.environ["OPENBLAS_NUM_THREADS"] = "99"
                random.seed(1); np.random.seed(1); np.set_printoptions(precision=1)
                np.seterr(all="raise"); warnings.simplefilter("error")
                sys.setrecursionlimit(77777); sys.setswitchinterval(1)
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                sys.path.append("/hostile"); sys.argv.append("hostile")
                sys.dont_write_bytecode = True
                os.umask(0o777)
                OUTCOME = "left behind"
                """,
            ),
            "files and a working directory": (
                "left behind",
                """
                for name in ("hostile", "numpy.py", "sitecustomize.py"):
                    open(name, "w").write("raise SystemExit")
                os.mkdir("deep"); os.chdir("deep")
                OUTCOME = "left behind"
                """,
            ),
            "threads that go on": (
                "entries are wrong",
                """
                import threading
                def haunt():
                    while True:
                        time.sleep(0.01)
                        sys.stdout = None
                threading.Thread(target=haunt, daemon=False).start()
                OUTCOME = "left behind"
                """,
            ),
            "open files and pipes": (
                "left behind",
                """
                kept = [os.pipe() for _ in range(20)]
                for number in range(40):
                    try: os.set_inheritable(number, True)
                    except OSError: pass
                OUTCOME = "left behind"
                """,
            ),
            "constants of the interpreter": (
                "left behind",
                """
                # Small integers and interned texts are shared by all of an interpreter.
                ctypes.c_char.from_address(id(257) + 24).value = b"\\x01"
                np.float64.__doc__
                np.core = None
                OUTCOME = "left behind"
                """,
            ),
            "alarms for later": (
                "left behind",
                """
                import signal
                signal.signal(signal.SIGALRM, lambda *given: None)
                signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
                OUTCOME = "left behind"
                """,
            ),
        },
    ),
]
