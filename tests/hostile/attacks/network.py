"""To reach anybody.  PORT is one of this machine at which somebody listens and counts."""

from attacks.attack import attempts, endings

KIND = "network"

ATTACKS = [
    *attempts(
        KIND,
        {
            "a stream": "import socket; return socket.create_connection(('127.0.0.1', PORT))",
            "a datagram": """
                import socket
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                    return s.sendto(b"x", ("127.0.0.1", PORT))
            """,
            "version 6": "import socket; return socket.create_connection(('::1', PORT))",
            "a listener": "import socket; return socket.create_server(('127.0.0.1', 0))",
            "a page": """
                import urllib.request
                return urllib.request.urlopen(f"http://127.0.0.1:{PORT}/", timeout=2).read()
            """,
            "a socket of this machine": "import socket; return socket.socket(socket.AF_UNIX)",
            "an abstract socket": """
                import socket
                return socket.socket(socket.AF_UNIX).connect("\\0hostile")
            """,
            "a pair of sockets": "import socket; return socket.socketpair()",
            "netlink": "import socket; return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
            "raw packets": "import socket; return socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
            "raw internet": (
                "import socket; return socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)"
            ),
            "the host of a virtual machine": "import socket; return socket.socket(40, 1)",
            "the kernel's ciphers": "import socket; return socket.socket(38, 5)",
            "every other family": """
                for family in range(64):
                    for kind in (1, 2, 3, 5):
                        try:
                            return system_call("socket", family, kind, 0)
                        except OSError as error:
                            last = error
                raise last
            """,
            "a name": "import socket; return socket.getaddrinfo('localhost', PORT)",
            "an event loop": """
                import asyncio
                return asyncio.run(asyncio.open_connection("127.0.0.1", PORT))
            """,
            "calls without calls": """
                return system_call("io_uring_setup", 1, ctypes.create_string_buffer(120))
            """,
            "a descriptor of another process": """
                return system_call("pidfd_getfd", os.getppid() or 1, 0, 0)
            """,
        },
    ),
    *endings(
        KIND,
        {
            "the calls of 32-bit programs": (
                "ended",
                "SIGSYS|SIGSEGV|SIGILL",
                # mov eax, 359 (socket); mov ebx, 2; mov ecx, 1; int 0x80; ret, for x86-64.
                """
                import mmap
                code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
                code.write(b"\\x53\\xb8\\x67\\x01\\x00\\x00\\xbb\\x02\\x00\\x00\\x00"
                           b"\\xb9\\x01\\x00\\x00\\x00\\xcd\\x80\\x5b\\xc3")
                start = ctypes.addressof(ctypes.c_char.from_buffer(code))
                ctypes.CFUNCTYPE(ctypes.c_long)(start)()
                """,
            ),
            "the calls of x32 programs": (
                "ended",
                "SIGSYS|crash",
                "_libc.syscall(ctypes.c_long(0x40000000 + 41), 2, 1, 0)\nctypes.string_at(0)",
            ),
        },
    ),
]
