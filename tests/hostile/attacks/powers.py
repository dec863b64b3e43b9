"""To have a hold on other processes, on the machine, or on one's own limits."""

from attacks.attack import attempts

KIND = "powers"

ATTACKS = attempts(
    KIND,
    {
        "signal the grader": "return os.kill(os.getppid() or 1, 0)",
        "signal its own group": "return os.killpg(0, 0)",
        "signal everybody": "return os.kill(-1, 0)",
        "signal itself": "return os.kill(os.getpid(), 0)",
        "signal by a descriptor": "return os.pidfd_open(os.getppid() or 1)",
        "signal by way of a file": """
            import fcntl
            return fcntl.fcntl(0, fcntl.F_SETOWN, os.getppid() or 1)
        """,
        "signal by way of a pipe": """
            import fcntl
            return fcntl.fcntl(os.pipe()[0], fcntl.F_SETFL, os.O_ASYNC) or fcntl.fcntl(0, 8, -1)
        """,
        "trace the grader": "return system_call('ptrace', 16, os.getppid() or 1, 0, 0)",
        "be traced": "return system_call('ptrace', 0, 0, 0, 0)",
        "read another's memory": (
            "return system_call('process_vm_readv', os.getppid() or 1, 0, 0, 0, 0, 0)"
        ),
        "write another's memory": (
            "return system_call('process_vm_writev', os.getppid() or 1, 0, 0, 0, 0, 0)"
        ),
        "compare with another": (
            "return system_call('kcmp', os.getpid(), os.getppid() or 1, 0, 0, 0)"
        ),
        "enter a namespace": "return system_call('setns', 0, 0)",
        "new namespaces": "return system_call('unshare', 0x10000000)",
        "a namespace of users": "return system_call('unshare', 0x10000000 | 0x00020000)",
        "mount": "return system_call('mount', b'x', b'.', b'tmpfs', 0, 0)",
        "mount by a newer call": "return system_call('fsopen', b'tmpfs', 0)",
        "copy a tree of mounts": "return system_call('open_tree', -100, b'/', 1)",
        "change the root": "return os.chroot('.')",
        "turn the root": "return system_call('pivot_root', b'.', b'.')",
        "become root": "return os.setuid(0)",
        "become somebody": "return os.setresgid(1, 1, 1)",
        "more groups": "return os.setgroups([0])",
        "programs in the kernel": "return system_call('bpf', 0, 0, 0)",
        "performance counters": """
            return system_call("perf_event_open", ctypes.create_string_buffer(128), 0, -1, -1, 0)
        """,
        "keys": "return system_call('keyctl', 0, -3, 0)",
        "a key": "return system_call('add_key', b'user', b'hostile', b'x', 1, -3)",
        "faults of its own": "return system_call('userfaultfd', 0)",
        "a filter of its own": "return system_call('seccomp', 0, 0, 0)",
        "a rule of its own": "return system_call('landlock_restrict_self', 0, 0)",
        "another personality": "return system_call('personality', 0x0040000)",
        "dumpable or not": "return system_call('prctl', 4, 1, 0, 0, 0)",
        "no more death with the grader": "return system_call('prctl', 1, 0, 0, 0, 0)",
        "adopt orphans": "return system_call('prctl', 36, 1, 0, 0, 0)",
        "raise its own limits": """
            import resource
            return resource.setrlimit(resource.RLIMIT_AS, (2**40, 2**40))
        """,
        "raise its own limits by a raw call": """
            return system_call("setrlimit", 9, (ctypes.c_ulong * 2)(2**40, 2**40))
        """,
        "raise the grader's limits": """
            import resource
            return resource.prlimit(os.getppid() or 2, resource.RLIMIT_AS)
        """,
        "become less nice": "return os.nice(-5)",
        "be real time": "return os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))",
        "choose its processors": "return os.sched_setaffinity(0, {0})",
        "set the clock": "return time.clock_settime(time.CLOCK_REALTIME, 0)",
        "name the machine": "import socket; return socket.sethostname('hostile')",
        "restart the machine": "return _libc.reboot(0) and raise_(OSError(ctypes.get_errno(), ''))",
        "load a module of the kernel": """
            return _libc.init_module(None, 0, b"") and raise_(OSError(ctypes.get_errno(), ""))
        """,
        "a session of its own": "return os.setsid()",
        "a line on the grader's terminal": """
            import fcntl
            return fcntl.ioctl(0, 0x5412, b"x")
        """,
        "a locked file of the grader": """
            import fcntl
            return fcntl.flock(os.open(FOLDER, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
        """,
    },
)
