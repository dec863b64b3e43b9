"""To change, fill or hide files.  PATH is a file of the class that is not the student's."""

from attacks.attack import attempts, cells, endings

KIND = "files"

#: What is tried with PATH.
ON_PATH = attempts(
    KIND,
    {
        "read": "return open(PATH).read()",
        "read by a relative path": "return open(os.path.relpath(PATH)).read()",
        "read by way of proc": "return open('/proc/self/root' + PATH).read()",
        "read by its handle": (
            "return system_call('name_to_handle_at', -100, PATH.encode(), None, None, 0)"
        ),
        "list its directory": "return os.listdir(os.path.dirname(PATH))",
        "map into memory": """
            import mmap
            return mmap.mmap(os.open(PATH, os.O_RDONLY), 0, prot=mmap.PROT_READ)
        """,
        "read with numpy": "return np.fromfile(PATH)",
        "write": "return open(PATH, 'w').write('x')",
        "append": "return open(PATH, 'a').write('x')",
        "open for truncation": "return os.open(PATH, os.O_RDONLY | os.O_TRUNC)",
        "truncate": "return os.truncate(PATH, 0)",
        "create a neighbour": "return open(PATH + '.new', 'w')",
        "create a nameless neighbour": (
            "return os.open(os.path.dirname(PATH), os.O_TMPFILE | os.O_WRONLY)"
        ),
        "make a directory beside": "return os.mkdir(PATH + '.new')",
        "remove": "return os.remove(PATH)",
        "rename": "return os.rename(PATH, PATH + '.new')",
        "replace by a file of its own": (
            "open('mine', 'w').close()\nreturn os.replace('mine', PATH)"
        ),
        "link into the scratch": "return os.link(PATH, 'linked')",
        "link symbolically": "return os.symlink(PATH, 'linked')",
        "chmod": "return os.chmod(PATH, 0o777)",
        "chmod by a newer call": ("return system_call('fchmodat2', -100, PATH.encode(), 0o777, 0)"),
        "chmod by descriptor of the directory": """
            return os.fchmod(os.open(os.path.dirname(PATH), os.O_RDONLY | os.O_DIRECTORY), 0o777)
        """,
        "chmod by a descriptor that may not read": """
            return os.chmod(f"/proc/self/fd/{os.open(PATH, os.O_PATH)}", 0o777)
        """,
        "chown": "return os.chown(PATH, os.getuid(), os.getgid())",
        "chown of a link": "return os.lchown(PATH, os.getuid(), os.getgid())",
        "utime": "return os.utime(PATH)",
        "set an attribute": "return os.setxattr(PATH, 'user.x', b'x')",
        "set an attribute by a newer call": (
            "return system_call('setxattrat', -100, PATH.encode(), 0, b'user.x', None, 0)"
        ),
        "open as database": """
            import sqlite3
            return sqlite3.connect(PATH).execute("select * from sqlite_master").fetchall()
        """,
        "copy": "import shutil; return shutil.copyfile(PATH, 'copied')",
    },
)

ELSEWHERE = attempts(
    KIND,
    {
        "a file in shared memory": "return open('/dev/shm/hostile', 'w')",
        "a file in the folder of temporary files": "return open('/tmp/hostile', 'w')",
        "a file in the other folder of temporary files": "return open('/var/tmp/hostile', 'w')",
        "a file in the folder above": "return open('../hostile', 'w')",
        "a file in the root": "return open('/hostile', 'w')",
        "a module in the standard library": (
            "return open(os.path.join(os.path.dirname(os.__file__), 'hostile.py'), 'w')"
        ),
        "a module beside numpy": (
            "return open(os.path.join(os.path.dirname(np.__file__), 'hostile.py'), 'w')"
        ),
        "a compiled module of numpy": """
            place = os.path.join(os.path.dirname(np.__file__), "__pycache__")
            return open(os.path.join(place, "hostile.pyc"), "wb")
        """,
        "a file of 10 GB": """
            with open("big", "wb") as file:
                file.seek(10 * 2**30)
                return file.write(b"x")
        """,
        "a file made long": """
            return os.truncate(os.open("long", os.O_CREAT | os.O_RDWR), 10 * 2**30)
        """,
        "10 GB set aside": """
            return os.posix_fallocate(os.open("aside", os.O_CREAT | os.O_RDWR), 0, 10 * 2**30)
        """,
        "a link": "return os.symlink('/etc/passwd', 'link')",
        "a second name": "open('one', 'w').close()\nreturn os.link('one', 'two')",
        "a named pipe": "return os.mkfifo('pipe')",
        "a device": "return os.mknod('device', 0o020666, os.makedev(1, 1))",
        "the whole memory": "return open('/dev/mem', 'rb').read(1)",
        "a disk": "return open('/dev/vda', 'rb').read(1)",
        "the kernel's settings": "return open('/proc/sys/kernel/core_pattern', 'w')",
        "its own limits in proc": "return open('/proc/self/oom_score_adj', 'w')",
        "control groups": "return os.mkdir('/sys/fs/cgroup/hostile')",
        "a file with the rights of its owner": (
            "open('mine', 'w').close()\nreturn os.chmod('mine', 0o4755)"
        ),
    },
)

#: What is no harm, whatever comes of it: the scratch is of a size, and goes with its child.
FILLING = [
    *endings(
        KIND,
        {
            "100,000 files": (
                "files",
                "more than 1000 files",
                "for i in range(100_000): open(f'{i}', 'w').close()",
            ),
            "files below a path that is too long": (
                "files",
                "cannot be counted",
                """
                for _ in range(100): os.mkdir('d' * 50); os.chdir('d' * 50)
                open('hidden', 'wb').write(bytes(2**20))
                time.sleep(20)
                """,
            ),
        },
    ),
    *cells(
        KIND,
        {
            "a gigabyte in files": (
                "MiB of files|No space left",
                """
                try:
                    for i in range(80): open(f"{i}", "wb").write(bytes(13 * 2**20))
                    time.sleep(20)
                except OSError as error:
                    OUTCOME = str(error)
                """,
            ),
            "a gigabyte in files without a name": (
                "MiB of files|No space left",
                """
                kept = []
                try:
                    for i in range(80):
                        kept.append(open("unseen", "wb"))
                        os.remove("unseen")
                        kept[-1].write(bytes(13 * 2**20))
                    time.sleep(20)
                except OSError as error:
                    OUTCOME = str(error)
                """,
            ),
            # Root can look into them; to any other grader they are hidden.
            "directories that nobody may enter": (
                "nothing was tried|cannot be counted",
                """
                os.umask(0o777)
                for i in range(20): os.mkdir(f"closed{i}")
                """,
            ),
        },
    ),
]

ATTACKS = [*ON_PATH, *ELSEWHERE, *FILLING]
