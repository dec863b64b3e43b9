"""To have a hundred gigabytes.  None of them is touched where it is granted."""

from attacks.attack import attempts, functions

KIND = "memory"

ATTACKS = [
    *attempts(
        KIND,
        {
            "an array of 100 GB": "return len(np.empty(100 * 2**27))",
            "bytes": "return len(bytes(100 * 2**30))",
            "a list": "return len([None] * (100 * 2**27))",
            "text": "return len('x' * (100 * 2**30))",
            "an anonymous mapping": "import mmap; return mmap.mmap(-1, 100 * 2**30)",
            "a private mapping": """
                import mmap
                return mmap.mmap(-1, 100 * 2**30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            """,
            "a buffer of C": "return len(ctypes.create_string_buffer(100 * 2**30))",
            "malloc": """
                _libc.malloc.restype = ctypes.c_void_p
                return _libc.malloc(ctypes.c_size_t(100 * 2**30)) or raise_(MemoryError())
            """,
            "a hundred steps": """
                kept = []
                for _ in range(100): kept.append(np.empty(40 * 2**17))
                return len(kept)
            """,
            "an integer": "return (1 << (8 * 100 * 2**30)).bit_length()",
            "mapped pages of a large kind": """
                import mmap
                flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40000
                return mmap.mmap(-1, 100 * 2**30, flags=flags)
            """,
            "locked pages": """
                buffer = ctypes.create_string_buffer(2**20)
                return _libc.mlock(buffer, 2**20) and raise_(OSError(ctypes.get_errno(), "mlock"))
            """,
            "memory that is a file": "return os.memfd_create('x')",
            "secret memory": "return system_call('memfd_secret', 0)",
            "shared memory of System V": "return system_call('shmget', 0, 2**20, 0o1600)",
            "messages of System V": "return system_call('msgget', 0, 0o1600)",
            "shared memory of POSIX": """
                from multiprocessing import shared_memory
                return shared_memory.SharedMemory("hostile", create=True, size=10)
            """,
            "a pipe that holds a gigabyte": """
                import fcntl
                return fcntl.fcntl(os.pipe()[1], 1031, 2**30)
            """,
            "stacks of threads": """
                import threading
                threading.stack_size(2**30)
                for _ in range(20):
                    try:
                        threading.Thread(target=time.sleep, args=(1,), daemon=True).start()
                    except RuntimeError as error:
                        raise MemoryError(str(error)) from None
            """,
            "a larger limit": """
                import resource
                return resource.setrlimit(resource.RLIMIT_AS, (2**40, 2**40))
            """,
        },
    ),
    *functions(
        KIND,
        {
            "an array of 100 GB in a function": ("MemoryError", "return np.empty(100 * 2**27)"),
            "text without end in an exception": (
                "raised ValueError",
                "raise ValueError('x' * 10**8)",
            ),
        },
    ),
]
