"""To read what others keep: each of these files and variables holds the marker.

GRADEBOOK, VERDICTS, SOLUTIONS, SECRET, OTHER (another submission), KEY (in the home folder),
LINK (a link to the gradebook) and FOLDER (of the class) are paths.  What can be read is
printed, raised and returned, so that it would be found in what is produced.
"""

from attacks.attack import attempts, cells, functions

KIND = "secrets"

_FILES = {
    "the gradebook": "GRADEBOOK",
    "the verdicts": "VERDICTS",
    "the solutions": "SOLUTIONS",
    "the course's secret": "SECRET",
    "another submission": "OTHER",
    "a key in the home folder": "KEY",
    "the gradebook by a link": "LINK",
}

#: Reads memory by way of a pipe, so that what cannot be read is an error and no crash.  Of
#: the marker only the beginning is known.
_SCAN = """
    import re
    page, found, looked = 4096, set(), 0
    pattern = re.compile(BEGINNING.encode() + rb"[0-9a-f]{16}")
    out, into = os.pipe()
    starts = {id(thing) >> 20 << 20 for thing in (*globals().values(), *sys.modules.values())}
    until = time.process_time() + 0.3
    for start in sorted(starts):
        for place in range(start - 2**20, start + 2**21, page):
            if time.process_time() > until:
                break
            if _libc.write(into, ctypes.c_void_p(place), page) == page:
                found.update(pattern.findall(os.read(out, page)))
                looked += 1
"""

ATTACKS = [
    *attempts(
        KIND,
        {name: f"return open({path}).read()" for name, path in _FILES.items()}
        | {
            f"{name} by a relative path": f"return open(os.path.relpath({path})).read()"
            for name, path in list(_FILES.items())[:3]
        }
        | {
            "the gradebook from the root of proc": "return open('/proc/1/root' + GRADEBOOK).read()",
            "the gradebook from the grader's root": (
                "return open(f'/proc/{os.getppid()}/root' + GRADEBOOK).read()"
            ),
            "the gradebook by its parent's parent": (
                "return open(os.path.join('..', '..', '..', GRADEBOOK.lstrip('/'))).read()"
            ),
            "the gradebook by a directory's descriptor": """
                return os.open("gradebook.db", os.O_RDONLY, dir_fd=os.open(FOLDER, os.O_PATH))
            """,
            "the gradebook from its own directory": (
                "os.chdir(FOLDER)\nreturn open('gradebook.db', 'rb').read()"
            ),
            "the solutions as a module": """
                from importlib.machinery import SourceFileLoader
                return SourceFileLoader("mine", str(SOLUTIONS)).load_module()
            """,
            "the names of the students": "return os.listdir(os.path.join(FOLDER, 'submitted'))",
            "the environment of the grader": "return open(f'/proc/{os.getppid()}/environ').read()",
            "the memory of the grader": "return open(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
            "the descriptors of the grader": "return os.listdir(f'/proc/{os.getppid()}/fd')",
            "the command of the grader": "return open(f'/proc/{os.getppid()}/cmdline').read()",
            "the processes of others": "return [open(f'/proc/{n}/environ').read() for n in (1, 2)]",
            "its own first environment": "return open('/proc/self/environ').read()",
            "its own maps": "return open('/proc/self/maps').read()",
            "its own memory": "return open('/proc/self/mem', 'rb').read(1)",
            "the homes of all users": "return os.listdir('/home') + os.listdir('/root')",
            "passwords": "return open('/etc/passwd').read() + open('/etc/shadow').read()",
            "the kernel's log": "return open('/dev/kmsg').read(1)",
            "the grader's own code": "import autograder; return autograder",
            "the exercises": "import autograder.exercises; return autograder.exercises.QUESTIONS",
            "the solutions as a package": (
                "sys.path.insert(0, os.path.dirname(os.path.dirname(SOLUTIONS)))\n"
                "import solutions; return solutions"
            ),
            "nbgrader": "import nbgrader; return nbgrader",
        },
    ),
    *cells(
        KIND,
        {
            "every file that it can walk to": (
                "walked: ",
                """
                import re
                pattern = re.compile(BEGINNING.encode() + rb"[0-9a-f]{16}")
                found, until = [], time.process_time() + 0.3
                for top in (FOLDER, os.path.dirname(KEY), "/proc", "/home", "/root", "/tmp", "/"):
                    for directory, _, names in os.walk(top):
                        for name in names:
                            if time.process_time() > until:
                                break
                            try:
                                with open(os.path.join(directory, name), "rb") as file:
                                    found += pattern.findall(file.read(2**20))
                            except OSError: pass
                OUTCOME = f"walked: {found}"
                """,
            ),
            "the environment": (
                "environment: ",
                """
                _libc.getenv.restype = ctypes.c_char_p
                raw = ctypes.POINTER(ctypes.c_char_p).in_dll(_libc, "environ")
                listed = []
                while raw and raw[len(listed)] and len(listed) < 99: listed.append(raw[len(listed)])
                OUTCOME = f"environment: {dict(os.environ)} {listed} {sys.orig_argv}"
                """,
            ),
            "all memory near its own": (
                r"looked at [1-9]\d* pages",
                _SCAN + '\n    OUTCOME = f"looked at {looked} pages: {found}"',
            ),
            "all modules and all they hold": (
                "held: ",
                """
                import gc
                texts = [o for o in gc.get_objects() if type(o) is dict]
                held = [v for d in texts for v in d.values() if type(v) in (str, bytes)]
                OUTCOME = f"held: {[v for v in held if BEGINNING in str(v) and len(v) < 99]}"
                """,
            ),
            "the answers of the course's package": (
                "course_utils: None",
                """
                import course_utils.recorded, course_utils.gradients
                from course_utils import check
                OUTCOME = f"course_utils: {course_utils.recorded.load('conv_backward_naive')}"
                """,
            ),
        },
    ),
    *functions(
        KIND,
        {
            "the gradebook in a function's text": (
                "PermissionError|FileNotFoundError",
                "raise ValueError(open(GRADEBOOK).read())",
            ),
            "the gradebook as an array": (
                "PermissionError|FileNotFoundError",
                "return np.fromfile(GRADEBOOK, np.uint8), w, b",
            ),
        },
    ),
]
