"""To flood whoever reads, or to do something to the place where it is read.

ESCAPES are texts that must not be found as they are in any page or terminal.  They are
put together here, so that the attack's own source, which a page may quote, holds none.
"""

from attacks.attack import BACKWARD, Attack, cells, functions

KIND = "output"

#: Text that would act: in a terminal, in a page, in a line, in a spreadsheet.
ESCAPES = (
    "\x1b]0;hostile\x07",
    "\x1b[2Jhostile",
    "<script>hostile()</script>",
    "<img src=x onerror=hostile()>",
    "\u202ehostile",
    "hostile\x00",
)
_ACTIVE = f"ACTIVE = ''.join(map(chr, {[ord(c) for c in ''.join(ESCAPES)]}))\n"

ATTACKS = [
    Attack(
        KIND,
        "escapes, script and turned text in what is printed",
        f"{_ACTIVE}OUTCOME = 'seen ' + ACTIVE",
        "seen ",
    ),
    Attack(
        KIND,
        "escapes, script and turned text in an exception",
        f"{_ACTIVE}\ndef {BACKWARD}(dout, cache):\n    raise ValueError('seen ' + ACTIVE)",
        "seen ",
    ),
    Attack(
        KIND,
        "escapes, script and turned text in the name of an exception",
        f"{_ACTIVE}\ndef {BACKWARD}(dout, cache):\n"
        "    raise type('seen' + ACTIVE[:-1], (Exception,), {})",
        "seen",
    ),
    Attack(
        KIND,
        "escapes, script and turned text in the type that is returned",
        f"{_ACTIVE}\ndef {BACKWARD}(dout, cache):\n"
        "    return type('seen' + ACTIVE[:-1], (), {})()",
        "seen",
    ),
    Attack(
        KIND,
        "escapes, script and turned text written past Python",
        f"{_ACTIVE}\ndef {BACKWARD}(dout, cache):\n"
        "    os.write(1, ('seen ' + ACTIVE).encode()); os.write(2, ACTIVE.encode())\n"
        "    return dout, dout, dout",
        "seen ",
    ),
    Attack(
        KIND,
        "escapes, script and turned text in a line of code",
        f"{_ACTIVE}\nexec(compile('def {BACKWARD}(dout, cache):\\n    raise ValueError(1) # ' + "
        "ACTIVE[:-1], 'cell 2', 'exec'))",
        "raised ValueError",
    ),
    *cells(
        KIND,
        {
            "a gigabyte of print": (
                "characters were printed|nothing was tried|no function",
                "for _ in range(1000): print('x' * 2**20)",
            ),
            "a million lines": (".", "for i in range(10**6): sys.stdout.write('x\\n')"),
            "a gigabyte past Python": (
                "processor time|longer|nothing was tried",
                "for _ in range(2**14): os.write(1, bytes(2**16))",
            ),
            "a question to the keyboard": (
                "denied: EOFError",
                """
                try:
                    OUTCOME = f"done: {input()}"
                except (EOFError, RuntimeError) as error:
                    OUTCOME = f"denied: {type(error).__name__}"
                """,
            ),
            "deep recursion": (
                "denied: RecursionError",
                """
                def deep(n): return deep(n + 1)
                try:
                    OUTCOME = deep(0)
                except RecursionError as error:
                    OUTCOME = f"denied: {type(error).__name__}"
                """,
            ),
            "recursion without a limit": (
                "SIGSEGV|processor time|lack of memory",
                """
                sys.setrecursionlimit(10**9)
                def deep(n): return [deep(n + 1) for _ in range(1)]
                try:
                    deep(0)
                except (RecursionError, MemoryError): pass
                ctypes.string_at(0)
                """,
            ),
            "text that is no text": (
                "nothing|seen",
                "OUTCOME = 'seen \\ud800\\udfff\\ufffe' * 10",
            ),
            "warnings": (
                "nothing was tried",
                "import warnings\nfor i in range(1000): warnings.warn(f'hostile {i}')",
            ),
            "an output of its own": (
                ".",
                "sys.stdout = sys.stderr = sys.__stdout__ = None; OUTCOME = 'replaced'",
            ),
        },
    ),
    *functions(
        KIND,
        {
            "a million characters in every call": (
                "x{100}",
                "print('x' * 10**6); return zeros",
            ),
            "formulas for a spreadsheet": (
                "raised",
                "raise type('=1+1', (Exception,), {})('=1+1')",
            ),
            "markup of a terminal's library": (
                "\\[bold",
                "raise ValueError('[bold red]passed[/]')",
            ),
        },
    ),
]
