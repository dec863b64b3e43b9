"""Raw system calls by name, where neither Python nor the C library offers them."""

from collections.abc import Mapping


def _numbers(text: str) -> dict[str, int]:
    words = iter(text.split())
    return {name: int(number) for name, number in zip(words, words, strict=True)}


#: The same on every architecture.
_ALIKE = _numbers("""
pidfd_send_signal 424  io_uring_setup 425  open_tree 428  move_mount 429  fsopen 430
pidfd_open 434  clone3 435  close_range 436  pidfd_getfd 438  process_madvise 440
mount_setattr 442  landlock_restrict_self 446  memfd_secret 447  fchmodat2 452
setxattrat 463
""")

#: By name, for each architecture.
NUMBERS: Mapping[str, Mapping[str, int]] = {
    "x86_64": _ALIKE
    | _numbers("""
        shmget 29  socket 41  clone 56  fork 57  vfork 58  exit 60  kill 62  semget 64
        msgget 68  ptrace 101  personality 135  pivot_root 155  prctl 157  setrlimit 160
        chroot 161  mount 165  swapon 167  tkill 200  tgkill 234  add_key 248  keyctl 250
        unshare 272  splice 275  perf_event_open 298  name_to_handle_at 303
        open_by_handle_at 304  setns 308  process_vm_readv 310  process_vm_writev 311
        kcmp 312  seccomp 317  memfd_create 319  bpf 321  execveat 322  userfaultfd 323
    """),
    "aarch64": _ALIKE
    | _numbers("""
        mount 40  pivot_root 41  chroot 51  splice 76  personality 92  exit 93  unshare 97
        ptrace 117  kill 129  tkill 130  tgkill 131  setrlimit 164  prctl 167  msgget 186
        semget 190  shmget 194  socket 198  add_key 217  keyctl 219  clone 220  swapon 224
        perf_event_open 241  name_to_handle_at 264  open_by_handle_at 265  setns 268
        process_vm_readv 270  process_vm_writev 271  kcmp 272  seccomp 277  memfd_create 279
        bpf 280  execveat 281  userfaultfd 282
    """),
}
