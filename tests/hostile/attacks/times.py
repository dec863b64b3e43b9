"""To take for ever: in Python, in C, asleep, unwilling to end, and a little at a time."""

from attacks.attack import BACKWARD, CPU, WALL, Attack, attempts, cells, endings, functions

KIND = "time"

_LATER = f"""
_calls = 0
def {BACKWARD}(dout, cache):
    global _calls
    _calls += 1
    if _calls == 3:
        while True: pass
    return np.zeros(3), np.zeros(3), np.zeros(3)
"""

ATTACKS = [
    *endings(
        KIND,
        {
            "an endless loop": ("cpu", CPU, "while True: pass"),
            "an endless loop in C": ("cpu", CPU, "sum(iter(int, 1))"),
            "an endless loop in numpy": (
                "cpu",
                CPU,
                """
                a = np.ones((400, 400))
                for _ in range(10**6): a = np.sin(a @ a)
                """,
            ),
            "an endless loop in threads": (
                "cpu",
                CPU,
                """
                import threading
                def spin():
                    while True: pass
                for _ in range(4): threading.Thread(target=spin, daemon=True).start()
                spin()
                """,
            ),
            "a catastrophic pattern": ("cpu", CPU, "import re; re.match('(a+)+b', 'a' * 60)"),
            "an integer of endless digits": ("cpu", CPU, "x = 7 ** 7 ** 9"),
            "an endless loop that ignores every exception": (
                "cpu",
                CPU,
                """
                while True:
                    try:
                        while True: pass
                    except BaseException: pass
                """,
            ),
            "an endless loop that ignores every signal": (
                "cpu",
                CPU,
                """
                import signal
                for number in range(1, 65):
                    try:
                        signal.signal(number, signal.SIG_IGN)
                    except (OSError, ValueError): pass
                while True: pass
                """,
            ),
            "an exception whose text never ends": (
                "cpu",
                CPU,
                """
                class Endless(Exception):
                    def __str__(self):
                        while True: pass
                raise Endless
                """,
            ),
            "an endless loop when it is collected": (
                "cpu",
                CPU,
                """
                class Last:
                    def __del__(self):
                        while True: pass
                Last()
                """,
            ),
            "a long sleep": ("wall", WALL, "time.sleep(60)"),
            "a lock that nobody opens": (
                "wall",
                WALL,
                "import threading; l = threading.Lock(); l.acquire(); l.acquire(timeout=60)",
            ),
            "a pipe that nobody writes to": (
                "wall",
                WALL,
                "import select; r, w = os.pipe(); select.select([r], [], [], 60)",
            ),
        },
    ),
    *cells(
        KIND,
        {
            # The first process of a namespace does not hear it.
            "an alarm": (
                f"SIGALRM|{WALL}",
                "import signal; signal.alarm(1); time.sleep(60)",
            ),
        },
    ),
    *functions(
        KIND,
        {
            "a function that never ends": (CPU, "while True: pass"),
            "a function that sleeps": (WALL, "time.sleep(60)"),
            "a function that sleeps a little in each call": (
                "together|took longer",
                "time.sleep(1)\nreturn zeros",
            ),
        },
    ),
    Attack(KIND, "a function that never ends at its third call", _LATER, CPU),
    *attempts(
        KIND,
        {
            "stopping itself": """
                import signal
                return os.kill(os.getpid(), signal.SIGSTOP)
            """,
            "stopping its own thread": """
                import signal
                return signal.raise_signal(signal.SIGSTOP)
            """,
            "stopping itself by a raw call": """
                return system_call("tgkill", os.getpid(), os.getpid(), 19)
            """,
            "waiting for a terminal": "return open('/dev/tty').read(1)",
        },
    ),
]
