"""To have more than one process."""

from attacks.attack import attempts, endings

KIND = "processes"

ATTACKS = [
    *attempts(
        KIND,
        {
            "fork": "return os.fork() or os._exit(0)",
            "fork by a raw call": "return system_call('fork') or os._exit(0)",
            "vfork by a raw call": "return system_call('vfork') or os._exit(0)",
            "clone by a raw call": "return system_call('clone', 17, 0, 0, 0, 0) or os._exit(0)",
            "clone without the rest of a thread": (
                "return system_call('clone', 0x10900, 0, 0, 0, 0) or os._exit(0)"
            ),
            "clone3": "return system_call('clone3', ctypes.create_string_buffer(88), 88)",
            "a terminal of its own": "return os.forkpty()[0] or os._exit(0)",
            "a command": "import subprocess; return subprocess.run(['/bin/true'])",
            "a shell": "return os.system('true') == 0 or raise_(OSError('it does not run'))",
            "a pipe to a shell": """
                import subprocess
                return subprocess.check_output("id", shell=True)
            """,
            "posix_spawn": "return os.posix_spawn('/bin/true', ['true'], {})",
            "exec": "return os.execv('/bin/true', ['true'])",
            "exec of a file in memory": (
                "return system_call('execveat', 0, b'/bin/true', None, None, 0)"
            ),
            "the interpreter again": "return os.execv(sys.executable, ['python', '-c', ''])",
            "the dynamic loader": (
                "return os.execv('/lib64/ld-linux-x86-64.so.2', ['ld', '/bin/true'])"
            ),
            "a process of multiprocessing": """
                import multiprocessing
                return multiprocessing.get_context("fork").Process(target=print).start()
            """,
            "a pool of processes": """
                from concurrent.futures import ProcessPoolExecutor
                with ProcessPoolExecutor(4) as pool:
                    return list(pool.map(abs, range(4)))
            """,
            "a manager": "import multiprocessing; return multiprocessing.Manager()",
            "descriptors that nobody sees": "return system_call('close_range', 60, 70, 2)",
        },
    ),
    *endings(
        KIND,
        {
            "many threads": (
                "threads",
                "more than 64 threads",
                """
                import threading
                threading.stack_size(65536)
                for _ in range(300):
                    threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
                time.sleep(20)
                """,
            ),
        },
    ),
]
