"""To end the process that judges, or to take its pipes away."""

from attacks.attack import cells, endings, functions

KIND = "ends"

ATTACKS = [
    *endings(
        KIND,
        {
            "os._exit": ("ended", r"os\._exit or a crash", "os._exit(3)"),
            "os._exit as if all were well": ("ended", r"os\._exit or a crash", "os._exit(0)"),
            "the exit code of a broken child": ("ended", "damaged the process", "os._exit(70)"),
            "the exit of its first thread alone": (
                "wall",
                "took longer than",
                """
                import threading
                threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
                system_call("exit", 0)
                """,
            ),
            "a segmentation fault": ("ended", "SIGSEGV", "ctypes.string_at(0)"),
            "an abort": ("ended", "SIG(ABRT|SEGV|ILL|BUS)|crash", "_libc.abort()"),
            "an illegal instruction": (
                "ended",
                "SIG(ILL|SEGV|BUS)|crash",
                """
                import mmap
                code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
                code.write(b"\\x0f\\x0b" * 8 + b"\\x00" * 16)
                ctypes.CFUNCTYPE(None)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
                """,
            ),
            "a stack that is too small": (
                "ended",
                "SIGSEGV",
                """
                sys.setrecursionlimit(10**9)
                class Deep:
                    def __getattr__(self, name): return getattr(self, name + "x")
                class Deeper:
                    __call__ = None
                Deeper.__call__ = Deeper()
                Deeper()()
                ctypes.string_at(0)
                """,
            ),
            "a closed reply pipe": ("ended", "connection|ended|damaged", "os.close(4)"),
            "closed descriptors": ("ended", "", "os.closerange(0, 64)"),
            "a reply pipe that leads elsewhere": (
                "ended",
                "",
                "os.dup2(os.open('/dev/null', os.O_RDWR), 4)",
            ),
            "a serving loop without its functions": (
                "ended",
                "damaged|ended",
                """
                frame = sys._getframe()
                while frame:
                    if "serve" in frame.f_globals:
                        frame.f_globals.update(_write=None, _read=None)
                    frame = frame.f_back
                """,
            ),
        },
    ),
    *cells(
        KIND,
        {
            "sys.exit": ("nothing was tried", "sys.exit(0)"),
            "an interruption": ("nothing was tried", "raise KeyboardInterrupt"),
            "the end of a generator": ("nothing was tried", "raise GeneratorExit"),
            "a closed request pipe": (".", "os.close(3)"),
            "closed output": (".", "os.close(1); os.close(2)"),
            "an exit handler": (
                "registered",
                "import atexit; atexit.register(os._exit, 0); OUTCOME = 'registered'",
            ),
            "a fault handler": (
                "registered|denied",
                """
                import faulthandler, signal
                try:
                    faulthandler.enable(); faulthandler.register(signal.SIGUSR1)
                    OUTCOME = "registered"
                except (OSError, RuntimeError) as error:
                    OUTCOME = f"denied: {error}"
                """,
            ),
            "syntax that is none": ("nothing was tried", "exec('def (')"),
            "text that cannot be parsed": ("nothing was tried", "exec('(' * 10**5)"),
            "text that is nested too deep": ("nothing was tried", "eval('-' * 10**5 + '1')"),
        },
    ),
    *functions(
        KIND,
        {
            "os._exit in a function": (r"os\._exit or a crash", "os._exit(0)"),
            "sys.exit in a function": ("raised SystemExit", "sys.exit(0)"),
            "a segmentation fault in a function": ("SIGSEGV", "ctypes.string_at(0)"),
            "closed descriptors in a function": (".", "os.closerange(0, 64); return zeros"),
            "an end that comes a little later": (
                ".",
                """
                import threading
                def later():
                    time.sleep(0.02); os._exit(0)
                threading.Thread(target=later).start()
                return zeros
                """,
            ),
            "a function that is not there yet": ("(?i)not started", "raise NotImplementedError"),
        },
    ),
]
